//! Forgetting what is old, so that the cache stays small enough to be quick. The control planes keep their own history.

use crate::core::Core;
use domain::Timestamp;
use std::{sync::Arc, time::Duration};

/// How often.
const EVERY: Duration = Duration::from_hours(6);
/// Not in the first minute, which belongs to a person who wants to see something.
const FIRST: Duration = Duration::from_mins(1);

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
            let age = i64::try_from(core.pace.keep_for.as_millis()).unwrap_or(i64::MAX);
            let older_than = Timestamp::from_millis(core.now().as_millis().saturating_sub(age));
            match core.write.apply_retention(older_than, core.pace.keep_runs).await {
                Ok(forgotten) => tracing::debug!(?forgotten, "what was old is forgotten"),
                Err(error) => tracing::warn!(%error, "what is old is not forgotten"),
            }
        }
    });
}
