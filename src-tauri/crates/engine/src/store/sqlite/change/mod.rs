//! The changes, one file each: what is refused, what is written, and which events tell of it.

mod account;
mod append_logs;
mod billing;
mod breaker_events;
mod cancel_run;
mod claim;
mod create_run;
mod decide_gate;
mod end_attempt;
mod pass_time;
mod probe;
mod record;
mod recover_run;
mod retry_step;

pub(super) use account::{Accept, Arrive, BeginSession, KeyUsed, Rotate, standing};
pub(super) use append_logs::AppendLogs;
pub(super) use billing::{KeepBillingAct, KeepCustomer, TakeStripeEvent};
pub(super) use breaker_events::KeepBreakerEvents;
pub(super) use cancel_run::CancelRun;
pub(super) use claim::ClaimStep;
pub(super) use create_run::CreateRun;
pub(super) use decide_gate::DecideGate;
pub(super) use end_attempt::EndAttempt;
pub(super) use pass_time::PassTime;
pub(super) use probe::Probe;
pub(super) use record::{Record, RecordRefusals};
pub(super) use recover_run::RecoverRun;
pub(super) use retry_step::RetryStep;

use super::{
    table::idempotency_keys::{self, Kept},
    writer::Tx,
};
use crate::{Error, engine::Act, idempotency, store::Idempotency};
use domain::{RunId, RunStatus};
use serde_json::Value;

/// One act under its idempotency key, if it has one. `body` is everything that makes it this act and no other.
struct Once<'a> {
    act: &'a Act,
    key: Option<Idempotency>,
}

impl<'a> Once<'a> {
    fn new(act: &'a Act, body: &Value) -> Self {
        let fingerprint = |key: &String| Idempotency { key: key.clone(), fingerprint: idempotency::fingerprint(body) };
        Self { act, key: act.idempotency_key.as_ref().map(fingerprint) }
    }

    /// Whether it was done before.
    async fn was_done(&self, tx: &mut Tx<'_>) -> Result<bool, Error> {
        let Some(key) = &self.key else { return Ok(false) };
        Ok(idempotency_keys::kept(tx.conn, &self.act.caller.principal(), key, tx.now).await?.is_some())
    }

    /// Remembers it. To be called when nothing refuses the act any more: what is refused may be asked for again.
    async fn remember(&self, tx: &mut Tx<'_>, run: &RunId) -> Result<(), Error> {
        match &self.key {
            Some(key) => {
                let kept = Kept { subject: run.to_string(), answer: None };
                idempotency_keys::remember(tx.conn, &self.act.caller.principal(), key, &kept, tx.now).await
            }
            None => Ok(()),
        }
    }
}

/// The refusal of an act on a run that is over.
fn is_terminal(run: &RunId, status: RunStatus, remedy: &str) -> Error {
    Error::Conflict {
        code: "run_is_terminal",
        message: format!(
            "{run} has already {}",
            if status == RunStatus::Cancelled { "been cancelled" } else { status.as_str() }
        ),
        remedy: remedy.to_owned(),
    }
}
