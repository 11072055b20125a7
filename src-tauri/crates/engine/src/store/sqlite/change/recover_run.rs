//! Settles what a dead process left of a run: attempts that were running are over, and everything else goes on.

use super::{
    super::{
        run_change::{Facts, RunChange},
        table::{dependencies, steps},
        writer::{Change, Tx},
    },
    end_attempt::settle_attempt,
};
use crate::{Error, recovery, store::AttemptEnd};
use domain::{EventKind, RunId, StepStatus};
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
            let end = AttemptEnd {
                step: step.step_id(),
                attempt: super::super::column::small(step.attempts),
                status: StepStatus::Interrupted,
                failure: Some(recovery::interrupted()),
                output: None,
                exit_code: None,
                usage: None,
                breaker: None,
                retry_in: Duration::ZERO,
                lines: Vec::new(),
            };
            settle_attempt(tx, &mut change, &mut step, &end).await?;
        }
        for ordinal in dependencies::releasable(tx.conn, &self.0).await? {
            let mut step = steps::by_ordinal(tx.conn, ordinal).await?;
            change.make_ready(tx, &mut step, EventKind::StepQueued).await?;
        }
        change.settle(tx).await
    }
}
