//! The changes, one file each: what is refused, what is written, and which events tell of it.

mod append_logs;
mod cancel_run;
mod claim;
mod create_run;
mod decide_gate;
mod end_attempt;
mod keep_token;
mod pass_time;
mod recover_run;
mod retry_step;

pub(super) use append_logs::AppendLogs;
pub(super) use cancel_run::CancelRun;
pub(super) use claim::ClaimStep;
pub(super) use create_run::CreateRun;
pub(super) use decide_gate::DecideGate;
pub(super) use end_attempt::EndAttempt;
pub(super) use keep_token::{AddToken, Probe, RevokeToken};
pub(super) use pass_time::PassTime;
pub(super) use recover_run::RecoverRun;
pub(super) use retry_step::RetryStep;

use crate::Error;
use domain::{RunId, RunStatus};

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
