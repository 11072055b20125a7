//! Settles what a dead process left of a run: attempts that were running are over, and everything else goes on.

use super::{
    super::{
        run_change::{Facts, RunChange},
        table::{attempts, dependencies, events, steps},
        writer::{Change, Tx},
    },
    end_attempt::settle_attempt,
};
use crate::{Error, recovery, store::AttemptEnd};
use domain::{EventKind, Failure, OnRestart, RunId, StepStatus};
use std::time::Duration;

/// Takes a run up after a restart.
pub(in super::super) struct RecoverRun(pub(in super::super) RunId);

#[async_trait::async_trait]
impl Change for RecoverRun {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let mut change = RunChange::begin(tx, &self.0, None).await?;
        if change.head.status.0.is_terminal() {
            return Ok(());
        }
        change.tell(tx.now, EventKind::RunRecovered, Facts::new());
        for ordinal in steps::in_state(tx.conn, &self.0, StepStatus::Running).await? {
            let mut step = steps::by_ordinal(tx.conn, ordinal).await?;
            let (again, failure) = verdict(tx, &step).await?;
            let end = AttemptEnd {
                step: step.step_id(),
                attempt: super::super::column::small(step.attempts),
                status: StepStatus::Interrupted,
                failure: Some(failure),
                output: None,
                exit_code: None,
                usage: None,
                breaker: None,
                retry_in: Duration::ZERO,
                lines: Vec::new(),
            };
            settle_attempt(tx, &mut change, &mut step, &end, again).await?;
        }
        for ordinal in dependencies::releasable(tx.conn, &self.0).await? {
            let mut step = steps::by_ordinal(tx.conn, ordinal).await?;
            change.make_ready(tx, &mut step, EventKind::StepQueued).await?;
        }
        change.settle(tx).await
    }
}

/// Whether an attempt that a dead process left is made again, and why it ended. A step that was executing each time the
/// plane died may be what kills it, so trust in `rerun` has an end.
async fn verdict(tx: &mut Tx<'_>, step: &steps::Row) -> Result<(bool, Failure), Error> {
    if step.on_restart.0 == OnRestart::Fail {
        return Ok((false, recovery::interrupted()));
    }
    // An operator who retries the step begins the count anew.
    let retried_after = events::last_retry(tx.conn, &step.run_id, &step.id).await?;
    let in_a_row = attempts::interrupted_since(tx.conn, &step.id, retried_after).await?;
    if in_a_row < recovery::MOST_INTERRUPTIONS {
        return Ok((true, recovery::interrupted()));
    }
    Ok((false, recovery::interrupted_too_often(in_a_row)))
}
