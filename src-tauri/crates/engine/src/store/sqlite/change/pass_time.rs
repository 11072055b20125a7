//! Lets everything happen that is due: pauses end, waits are over, and gates that nobody decided fail closed.

use super::super::{
    run_change::{RunChange, fact},
    table::{gates, steps},
    writer::{Change, Tx},
};
use crate::Error;
use domain::{EventKind, Failure, GateState, RunId, StepStatus, WaitingFor};
use serde_json::json;

/// Most steps in one change, so that other changes get their turn.
const STEPS: i64 = 64;

/// Lets everything happen that is due.
pub(in super::super) struct PassTime;

#[async_trait::async_trait]
impl Change for PassTime {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        for ordinal in steps::due(tx.conn, tx.now, STEPS).await? {
            let mut step = steps::by_ordinal(tx.conn, ordinal).await?;
            // A step that an earlier one of this round has changed is no longer due.
            let Some(reason) = step.waiting_for else { continue };
            let mut change = RunChange::begin(tx, &RunId::new(&*step.run_id), None).await?;
            match reason.0 {
                WaitingFor::Retry | WaitingFor::Breaker => {
                    change.make_ready(tx, &mut step, EventKind::StepQueued).await?;
                }
                WaitingFor::Time => {
                    let output = json!({ "waited_ms": step.pause_ms });
                    steps::set_output(tx.conn, ordinal, Some(&output)).await?;
                    change.end_step(tx, &mut step, StepStatus::Succeeded, None).await?;
                }
                WaitingFor::Approval => expire(tx, &mut change, &mut step).await?,
            }
            change.settle(tx).await?;
        }
        if let Some(next) = steps::next_due(tx.conn).await? {
            tx.after.due(next);
        }
        Ok(())
    }
}

async fn expire(tx: &mut Tx<'_>, change: &mut RunChange, step: &mut steps::Row) -> Result<(), Error> {
    let reason = "nobody decided in time";
    gates::decide(tx.conn, &step.id, GateState::Expired, None, Some(reason), tx.now).await?;
    change.tell_step(tx.now, EventKind::GateExpired, step, fact("reason", reason));
    let failure = Failure {
        code: "gate_expired".to_owned(),
        message: "Nobody decided in time, which counts as no.".to_owned(),
        remedy: Some("Retry the step to ask again.".to_owned()),
        retryable: false,
    };
    change.end_step(tx, step, StepStatus::Failed, Some(&failure)).await
}
