//! Records how an attempt ended, exactly once, and decides what that means for its step.

use super::super::{
    run_change::{RunChange, fact, number},
    table::{attempts, gates, steps},
    writer::{Change, Tx},
};
use super::append_logs::append;
use crate::{
    Error,
    store::{AttemptEnd, EndedAs},
};
use domain::{EventKind, Failure, GateState, OnRestart, RunId, StepStatus, WaitingFor};

/// Records how an attempt ended.
pub(in super::super) struct EndAttempt(pub(in super::super) AttemptEnd);

#[async_trait::async_trait]
impl Change for EndAttempt {
    type Reply = EndedAs;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Reply, Error> {
        let Self(end) = self;
        let Some(ordinal) = steps::ordinal(tx.conn, &end.step).await? else {
            return Ok(EndedAs::Late);
        };
        let mut step = steps::by_ordinal(tx.conn, ordinal).await?;
        if step.status.0 != StepStatus::Running || step.attempts != number(end.attempt) {
            return Ok(EndedAs::Late);
        }
        let mut change = RunChange::begin(tx, &RunId::new(&*step.run_id), None).await?;
        append(tx, &end.lines).await?;
        let again = step.on_restart.0 == OnRestart::Rerun;
        let ended = settle_attempt(tx, &mut change, &mut step, end, again).await?;
        change.settle(tx).await?;
        Ok(ended)
    }
}

/// Ends a running attempt within a change of its run. `again` says whether an interrupted one is queued once more.
pub(super) async fn settle_attempt(
    tx: &mut Tx<'_>,
    change: &mut RunChange,
    step: &mut steps::Row,
    end: &AttemptEnd,
    again: bool,
) -> Result<EndedAs, Error> {
    // What stops because its run was cancelled did not fail, whatever its tool says; what ended well did end well.
    let stopped = change.head.cancel_requested && end.status != StepStatus::Succeeded;
    let status = if stopped { StepStatus::Cancelled } else { end.status };
    let failure = end.failure.as_ref().filter(|_| status.is_failure());
    attempts::end(tx.conn, end, status, failure, tx.now).await?;
    if let Some(usage) = &end.usage {
        step.add_usage(usage);
    }
    match (status, failure) {
        (StepStatus::Interrupted, _) if again => {
            // The plane's own stop is no try of the step: its budget stays what it was.
            step.attempts_allowed += 1;
            change.make_ready(tx, step, EventKind::StepRequeued).await?;
            return Ok(EndedAs::Again);
        }
        (StepStatus::Failed | StepStatus::TimedOut, Some(failure))
            if failure.retryable && step.attempts < step.attempts_allowed =>
        {
            schedule_retry(tx, change, step, end, failure).await?;
            return Ok(EndedAs::Again);
        }
        _ => {}
    }
    close_gate(tx, change, step, status, failure).await?;
    if status == StepStatus::Succeeded {
        steps::set_output(tx.conn, step.ordinal, end.output.as_ref()).await?;
    }
    change.end_step(tx, step, status, failure).await?;
    Ok(EndedAs::Final(status))
}

async fn schedule_retry(
    tx: &mut Tx<'_>,
    change: &mut RunChange,
    step: &mut steps::Row,
    end: &AttemptEnd,
    failure: &Failure,
) -> Result<(), Error> {
    let until = tx.now.plus(end.retry_in);
    let reason = if failure.code == "breaker_open" { WaitingFor::Breaker } else { WaitingFor::Retry };
    step.wait(reason, Some(until), tx.now);
    step.failure = Some(super::super::column::document(failure)?);
    steps::save(tx.conn, step).await?;
    let mut data = fact("until", until.to_string());
    data.insert("failure".to_owned(), serde_json::to_value(failure).unwrap_or_default());
    if let Some(met) = &end.breaker {
        data.insert("breaker".to_owned(), met.id.as_str().into());
    }
    change.tell_step(tx.now, EventKind::StepRetryScheduled, step, data);
    tx.after.due(until);
    Ok(())
}

/// The verdict of a gate that a command decides is how the command ended.
async fn close_gate(
    tx: &mut Tx<'_>,
    change: &mut RunChange,
    step: &steps::Row,
    status: StepStatus,
    failure: Option<&Failure>,
) -> Result<(), Error> {
    if !step.tool.starts_with("gate:") {
        return Ok(());
    }
    let (state, kind, reason) = match status {
        StepStatus::Succeeded => (GateState::Approved, EventKind::GateApproved, "the command passed".to_owned()),
        StepStatus::Cancelled => (GateState::Expired, EventKind::GateExpired, "the run was cancelled".to_owned()),
        _ => (
            GateState::Rejected,
            EventKind::GateRejected,
            failure.map_or_else(String::new, |failure| failure.message.clone()),
        ),
    };
    gates::decide(tx.conn, &step.id, state, None, Some(&reason), tx.now).await?;
    change.tell_step(tx.now, kind, step, fact("reason", reason));
    Ok(())
}
