//! Events: immutable facts about a run, in the order in which they happened.

use crate::{
    id::{CorrelationId, RunId, StepId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One fact. It is stored in the same transaction as the change that it tells of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Event {
    /// The run that it is about.
    pub run_id: RunId,
    /// Counts from 1 within the run, without gap or duplicate.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: EventKind,
    /// The step that it is about.
    pub step_id: Option<StepId>,
    /// The name of that step.
    pub step: Option<String>,
    /// The attempt that it is about.
    pub attempt: Option<u32>,
    /// Who did it, when a person or a token did.
    pub actor: Option<String>,
    /// Joins it to the request that caused it.
    pub correlation_id: Option<CorrelationId>,
    /// Further facts; keys depend on the kind: `reason`, `failure`, `until`, `breaker`, `exit_code`, `inputs_changed`.
    #[serde(default)]
    pub data: Map<String, Value>,
    /// How it is known.
    #[serde(default)]
    pub source: EventSource,
}

/// How an event is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventSource {
    /// The control plane told of it and numbered it.
    #[default]
    Told,
    /// The control plane told of it under a name of its own; the console numbered it in the order in which it heard of it.
    Named {
        /// Unique within the run.
        name: String,
    },
    /// The console saw what it changed. It happened after this moment and no later than its own time.
    Observed {
        /// When the change had not been there yet.
        after: Timestamp,
    },
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
        pub enum EventKind { $($(#[$doc])* #[serde(rename = $text)] $variant),+ }

        impl EventKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name on every wire and in every database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::str::FromStr for EventKind {
            type Err = UnknownKind;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or_else(|| UnknownKind(text.to_owned()))
            }
        }
    };
}

/// A name that stands for no kind of event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a known kind of event")]
pub struct UnknownKind(String);

kinds!(
    /// The plan was accepted.
    RunCreated = "run.created",
    /// Its first step starts.
    RunStarted = "run.started",
    /// Nothing executes any more; people or time are waited for.
    RunWaiting = "run.waiting",
    /// Work goes on after waiting.
    RunResumed = "run.resumed",
    /// The run had ended and goes on: an operator's retry of a step re-opened it, or its control plane changed its mind.
    RunReopened = "run.reopened",
    /// An operator asked for the run to stop.
    RunCancelRequested = "run.cancel_requested",
    /// Every step ended, no critical one badly.
    RunSucceeded = "run.succeeded",
    /// Every step ended, a critical one badly.
    RunFailed = "run.failed",
    /// The run was stopped.
    RunCancelled = "run.cancelled",
    /// Its dependencies ended; it may start.
    StepQueued = "step.queued",
    /// An attempt starts.
    StepStarted = "step.started",
    /// It is held by time or by a breaker.
    StepWaiting = "step.waiting",
    /// An attempt ended badly and another follows.
    StepRetryScheduled = "step.retry_scheduled",
    /// It ended well.
    StepSucceeded = "step.succeeded",
    /// It ended badly.
    StepFailed = "step.failed",
    /// Its last attempt was stopped at its time limit.
    StepTimedOut = "step.timed_out",
    /// It was stopped.
    StepCancelled = "step.cancelled",
    /// It will not be tried, because something that it depends on ended badly.
    StepSkipped = "step.skipped",
    /// It was skipped, and is reached again because an operator's retry let it.
    StepReopened = "step.reopened",
    /// The control plane died while it executed.
    StepInterrupted = "step.interrupted",
    /// The control plane died while it executed, and the plan lets it run again.
    StepRequeued = "step.requeued",
    /// An operator asked for it to be tried again.
    StepRetried = "step.retried",
    /// A person is asked for a verdict.
    GateOpened = "gate.opened",
    /// A person or a command said yes.
    GateApproved = "gate.approved",
    /// A person or a command said no.
    GateRejected = "gate.rejected",
    /// Nobody decided in time, which counts as no.
    GateExpired = "gate.expired",
    /// The step went to the dead letters: nothing will try it again by itself.
    StepDeadLettered = "step.dead_lettered",
    /// The control plane started again and took the run up.
    RunRecovered = "run.recovered",
    /// Something for which there is no word here; `data` says what, in the words of the control plane.
    RunNoted = "run.noted",
);

impl EventKind {
    /// Whether the event brings the run to a final state.
    pub const fn ends_run(self) -> bool {
        matches!(self, Self::RunSucceeded | Self::RunFailed | Self::RunCancelled)
    }
}

impl std::fmt::Display for EventKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
