//! The words of NOFX for where a run, a step or a gate stands.

use domain::{GateState, RunStatus, StepStatus};

/// The state of a run.
pub(crate) fn run_status(word: &str) -> RunStatus {
    match word {
        // `pending` is the default of the column, which the API itself never writes.
        "queued" | "pending" => RunStatus::Queued,
        "blocked" | "waiting" | "paused" => RunStatus::Waiting,
        "succeeded" | "completed" | "success" => RunStatus::Succeeded,
        "failed" | "error" | "timed_out" | "incomplete" => RunStatus::Failed,
        "cancelled" | "canceled" | "rolled_back" => RunStatus::Cancelled,
        // `running`, and every word that is new: the run is taken for open, so that it stays watched and is not taken for
        // one that ended.
        _ => RunStatus::Running,
    }
}

/// The state of a step.
pub(crate) fn step_status(word: &str) -> StepStatus {
    match word {
        "queued" | "pending" => StepStatus::Queued,
        "blocked" | "waiting" => StepStatus::Waiting,
        "succeeded" | "completed" | "success" => StepStatus::Succeeded,
        "failed" | "error" => StepStatus::Failed,
        "cancelled" | "canceled" => StepStatus::Cancelled,
        "timed_out" => StepStatus::TimedOut,
        "skipped" => StepStatus::Skipped,
        // As with runs: a word that is new is no end.
        _ => StepStatus::Running,
    }
}

/// The state of a gate.
pub(crate) fn gate_state(word: &str) -> GateState {
    match word {
        // `waived` is a person's yes without having looked.
        "passed" | "approved" | "succeeded" | "waived" | "skipped" => GateState::Approved,
        "failed" | "rejected" | "cancelled" => GateState::Rejected,
        // `pending`, and every word that is new: nobody is known to have decided.
        _ => GateState::Open,
    }
}
