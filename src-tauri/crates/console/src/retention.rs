//! Forgetting what is old, so that the cache stays small enough to be quick. The control planes keep their own history.

use crate::core::Core;
use std::{sync::Arc, time::Duration};

/// How often, where the console stays.
const EVERY: Duration = Duration::from_hours(6);
/// How often at most, at the end of a verb that answers and leaves.
const AFTER_VERBS: Duration = Duration::from_hours(24);
/// How long somebody at a terminal is kept waiting for it. What is left over is forgotten next time.
const PATIENCE: Duration = Duration::from_secs(2);
/// Not in the first minute, which belongs to a person who wants to see something.
const FIRST: Duration = Duration::from_mins(1);
/// Under which name it is noted when this was last done.
const NAME: &str = "retention";

/// Starts forgetting what is old, now and then.
pub(crate) fn spawn(core: &Arc<Core>) {
    let core = Arc::clone(core);
    core.tasks.clone().spawn(async move {
        let mut pause = FIRST;
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = core.stop.cancelled() => return,
            }
            pause = EVERY;
            forget(&core).await;
        }
    });
}

/// Forgets what is old, unless that was done within the last day.
pub(crate) async fn if_due(core: &Core) {
    let is_due = match core.read.upkeep(NAME).await {
        Ok(last) => last.is_none_or(|last| core.now().since(last) >= AFTER_VERBS),
        Err(_) => false,
    };
    if is_due && tokio::time::timeout(PATIENCE, forget(core)).await.is_err() {
        tracing::info!("not all that is old is forgotten yet");
    }
}

async fn forget(core: &Core) {
    match core.write.apply_retention(core.kept_from(), core.pace.keep_runs).await {
        Ok(forgotten) => tracing::debug!(?forgotten, "what was old is forgotten"),
        Err(error) => return tracing::warn!(%error, "what is old is not forgotten"),
    }
    if let Err(error) = core.write.note_upkeep(NAME, core.now()).await {
        tracing::warn!(%error, "it is not noted that what was old is forgotten");
    }
}
