//! Records a person's verdict on an open gate.

use super::super::{
    run_change::{Facts, RunChange, fact},
    table::{gates, steps},
    writer::{Change, Tx},
};
use super::record::record;
use crate::{Error, accounts::Deed, engine::Act};
use domain::{EventKind, Failure, GateState, RunId, StepStatus, TeamId, Verdict, WaitingFor};
use serde_json::json;

/// Decides a gate.
pub(in super::super) struct DecideGate {
    pub(in super::super) run: RunId,
    pub(in super::super) step: String,
    pub(in super::super) verdict: Verdict,
    pub(in super::super) reason: Option<String>,
    pub(in super::super) act: Act,
}

#[async_trait::async_trait]
impl Change for DecideGate {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let mut change = RunChange::begin(tx, &self.run, Some(&self.act)).await?;
        let body = json!(["decide", self.run, self.step, self.verdict, self.reason]);
        let once = super::Once::new(&self.act, &body);
        if once.was_done(tx).await? {
            return Ok(());
        }
        let ordinal = steps::named(tx.conn, &self.run, &self.step).await?;
        let status = change.head.status.0;
        if status.is_terminal() {
            return Err(super::is_terminal(&self.run, status, "Nothing waits for a verdict here any more."));
        }
        let mut step = steps::by_ordinal(tx.conn, ordinal).await?;
        let asked = step.waiting_for.is_some_and(|reason| reason.0 == WaitingFor::Approval);
        // A gate whose time is over counts as no, also in the moment before that is recorded.
        if !asked || step.waiting_until.is_some_and(|until| until <= tx.now.as_millis()) {
            return Err(Error::Conflict {
                code: "gate_not_open",
                message: format!("`{}` does not wait for a verdict now", step.name),
                remedy: "Read the run again: it may have been decided or have expired.".to_owned(),
            });
        }
        once.remember(tx, &self.run).await?;
        let actor = self.act.caller.actor();
        let (reason, actor) = (self.reason.as_deref(), actor.as_str());
        let (state, kind) = match self.verdict {
            Verdict::Approve => (GateState::Approved, EventKind::GateApproved),
            Verdict::Reject => (GateState::Rejected, EventKind::GateRejected),
        };
        gates::decide(tx.conn, &step.id, state, Some(actor), reason, tx.now).await?;
        change.tell_step(tx.now, kind, &step, reason.map_or_else(Facts::new, |reason| fact("reason", reason)));
        match self.verdict {
            Verdict::Approve => {
                let output = json!({ "decided_by": actor, "reason": reason });
                steps::set_output(tx.conn, ordinal, Some(&output)).await?;
                change.end_step(tx, &mut step, StepStatus::Succeeded, None).await?;
            }
            Verdict::Reject => {
                let failure = rejected(actor, reason);
                change.end_step(tx, &mut step, StepStatus::Failed, Some(&failure)).await?;
            }
        }
        let team = TeamId::from(&*change.head.team);
        change.settle(tx).await?;
        let act = match self.verdict {
            Verdict::Approve => "gate.approve",
            Verdict::Reject => "gate.reject",
        };
        let deed = Deed::new(act, format!("{}/{}", self.run, step.name)).team(&team).because(reason);
        record(tx, &self.act, deed).await
    }
}

fn rejected(actor: &str, reason: Option<&str>) -> Failure {
    Failure {
        code: "rejected".to_owned(),
        message: format!("Rejected by {actor}: {}", reason.unwrap_or("no reason given")),
        remedy: Some("Settle the reason, then retry the step to ask again.".to_owned()),
        retryable: false,
    }
}
