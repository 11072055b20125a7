//! The states of runs and steps, and which of them are final.

use serde::{Deserialize, Serialize};

macro_rules! status {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every state, in the order of a normal life.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word on every wire and in every database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownStatus;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|status| status.as_str() == text).ok_or_else(|| UnknownStatus(text.to_owned()))
            }
        }
    };
}

/// A word that names no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a known status")]
pub struct UnknownStatus(String);

status!(
    /// The state of a run.
    RunStatus {
        /// Accepted, no step has started.
        Queued = "queued",
        /// At least one step is executing or ready to.
        Running = "running",
        /// Nothing executes: every open step waits for a person or for time to pass.
        Waiting = "waiting",
        /// Every step ended, no critical one badly. Final.
        Succeeded = "succeeded",
        /// Every step ended, a critical one badly. Final until an operator retries a step.
        Failed = "failed",
        /// Stopped by an operator. Final.
        Cancelled = "cancelled",
    }
);

impl RunStatus {
    /// Whether no further change happens by itself. Only an operator's retry of a step leads out of `failed`, and
    /// nothing leads out of `succeeded` or `cancelled`.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    /// Every state of a run that is not over.
    pub fn open() -> Vec<Self> {
        Self::ALL.iter().copied().filter(|status| !status.is_terminal()).collect()
    }
}

status!(
    /// The state of a step.
    StepStatus {
        /// Not started: its dependencies have not all ended, or there is no free slot.
        Queued = "queued",
        /// An attempt is executing.
        Running = "running",
        /// Held by a person (a gate), by time (a retry or a `wait`), or by an open breaker.
        Waiting = "waiting",
        /// Ended well. Final.
        Succeeded = "succeeded",
        /// Ended badly after its last attempt. Final until an operator retries it.
        Failed = "failed",
        /// Stopped by an operator. Final.
        Cancelled = "cancelled",
        /// Its last attempt was stopped at its time limit. Final until an operator retries it.
        TimedOut = "timed_out",
        /// Not reached because something that it depends on ended badly. Final until an operator retries that.
        Skipped = "skipped",
        /// The control plane died while it executed and the plan does not allow a rerun. Final until retried.
        Interrupted = "interrupted",
    }
);

impl StepStatus {
    /// Whether no further change happens by itself.
    pub const fn is_terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::Running | Self::Waiting)
    }

    /// Whether the step ended without doing what it was for. A skipped step was never tried, so it is not a failure.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut | Self::Interrupted)
    }

    /// Whether an operator may retry the step.
    pub const fn is_retryable(self) -> bool {
        self.is_failure()
    }
}

#[cfg(test)]
mod tests {
    use super::{RunStatus, StepStatus};

    #[test]
    fn every_word_reads_back_as_its_status() {
        for status in RunStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status), "run status {status} round trips");
        }
        for status in StepStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status), "step status {status} round trips");
            assert_eq!(serde_json::to_value(status).ok(), Some(status.as_str().into()), "serde and text agree");
        }
    }
}
