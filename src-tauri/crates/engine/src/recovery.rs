//! What happens to work that a dead process left behind, before anything new is started.
//!
//! First every process that still carries this plane's marker is ended: its output would reach nobody, and a rerun must
//! not meet it. Then each open run is settled in one change of its own. What was queued goes on, what waits keeps its due
//! time, and what executed follows its plan: `rerun` queues it again, `fail` ends it as interrupted. A step that was executing
//! through too many restarts in a row ends as interrupted in any case, so that one that kills the plane cannot do so for ever.

use crate::{Error, store::Store, tools::orphans};
use domain::Failure;
use futures::stream::{self, StreamExt, TryStreamExt};

/// Why a step ended that executed when the plane stopped.
pub(crate) fn interrupted() -> Failure {
    Failure {
        code: "interrupted".to_owned(),
        message: "The control plane stopped while the step was executing; how far it got is not known.".to_owned(),
        remedy: Some("Look at what the step has done so far, then retry it if doing it again is harmless.".to_owned()),
        retryable: true,
    }
}

/// Attempts in a row that may be interrupted before a step is no longer made again by itself.
pub(crate) const MOST_INTERRUPTIONS: i64 = 10;

/// Why a step ended that the plan allows to be made again, but that was interrupted so many times in a row.
pub(crate) fn interrupted_too_often(in_a_row: i64) -> Failure {
    Failure {
        code: "interrupted".to_owned(),
        message: format!(
            "The control plane stopped while the step was executing, {in_a_row} times in a row; it is not made again by itself."
        ),
        remedy: Some("Find out whether the step is what ends the control plane, then retry it.".to_owned()),
        retryable: true,
    }
}

/// Ends orphans and settles every open run. Nothing may execute yet.
pub(crate) async fn recover(store: &dyn Store) -> Result<(), Error> {
    /// Changes handed over at once, so that the writer can commit them together.
    const AT_ONCE: usize = 128;

    let orphans = orphans::kill_marked(&marker_prefix(&store.marker().await?)).await;
    if orphans > 0 {
        tracing::warn!(orphans, "ended processes that an earlier life of this control plane left behind");
    }
    let runs = store.open_runs().await?;
    if !runs.is_empty() {
        tracing::info!(runs = runs.len(), "taking up runs of an earlier life");
    }
    let settled = stream::iter(runs).map(|run| async move { store.recover_run(&run).await });
    settled.buffer_unordered(AT_ONCE).try_collect().await
}

/// How the marker of every process of this plane begins.
pub(crate) fn marker_prefix(marker: &str) -> String {
    format!("{marker}-")
}
