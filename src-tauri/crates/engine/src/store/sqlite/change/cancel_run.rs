//! Cancels what waits and asks for running attempts to be stopped; the run ends when the last of them has.

use super::super::{
    run_change::{RunChange, fact},
    table::{gates, steps},
    writer::{Change, Tx},
};
use super::record::record;
use crate::{Error, accounts::Deed, engine::Act};
use domain::{EventKind, GateState, RunId, RunStatus, StepStatus, TeamId};
use serde_json::json;

/// Cancels a run.
pub(in super::super) struct CancelRun {
    pub(in super::super) run: RunId,
    pub(in super::super) reason: String,
    pub(in super::super) act: Act,
}

#[async_trait::async_trait]
impl Change for CancelRun {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let mut change = RunChange::begin(tx, &self.run, Some(&self.act)).await?;
        let once = super::Once::new(&self.act, &json!(["cancel", self.run, self.reason]));
        if once.was_done(tx).await? {
            return Ok(());
        }
        let status = change.head.status.0;
        if status == RunStatus::Cancelled || (change.head.cancel_requested && !status.is_terminal()) {
            return Ok(());
        }
        if status.is_terminal() {
            return Err(super::is_terminal(&self.run, status, "There is nothing left to cancel."));
        }
        once.remember(tx, &self.run).await?;
        change.head.cancel_requested = true;
        change.tell(tx.now, EventKind::RunCancelRequested, fact("reason", &*self.reason));
        for status in [StepStatus::Waiting, StepStatus::Queued] {
            for ordinal in steps::in_state(tx.conn, &self.run, status).await? {
                let mut step = steps::by_ordinal(tx.conn, ordinal).await?;
                step.enter(StepStatus::Cancelled, tx.now);
                steps::save(tx.conn, &step).await?;
                let why = "the run was cancelled";
                if gates::decide(tx.conn, &step.id, GateState::Expired, None, Some(why), tx.now).await? {
                    change.tell_step(tx.now, EventKind::GateExpired, &step, fact("reason", why));
                }
                change.tell_step(tx.now, EventKind::StepCancelled, &step, fact("reason", &*self.reason));
            }
        }
        for ordinal in steps::in_state(tx.conn, &self.run, StepStatus::Running).await? {
            tx.after.stop.push(steps::by_ordinal(tx.conn, ordinal).await?.step_id());
        }
        let team = TeamId::from(&*change.head.team);
        change.settle(tx).await?;
        let deed = Deed::new("run.cancel", self.run.as_str()).team(&team).because(Some(&self.reason));
        record(tx, &self.act, deed.from(json!({ "status": status }))).await
    }
}
