//! What a control plane can do. An act that one cannot do is shown with the reason, neither hidden nor failing.

use serde::{Deserialize, Serialize};

/// Everything that one control plane can and cannot do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Capabilities(pub Vec<Capability>);

impl Capabilities {
    /// Everything, without exception.
    pub fn all() -> Self {
        Self(
            Action::ALL
                .iter()
                .map(|&action| Capability { action, availability: Availability::Yes, reason: None })
                .collect(),
        )
    }

    /// What `of` says of each action; a reason goes with whatever is not simply possible.
    pub fn each(of: impl Fn(Action) -> (Availability, Option<&'static str>)) -> Self {
        let entry = |&action: &Action| {
            let (availability, reason) = of(action);
            Capability { action, availability, reason: reason.map(ToOwned::to_owned) }
        };
        Self(Action::ALL.iter().map(entry).collect())
    }

    /// Why an action is not possible, or only so; for a person.
    pub fn reason(&self, action: Action) -> Option<&str> {
        self.0.iter().find(|entry| entry.action == action).and_then(|entry| entry.reason.as_deref())
    }

    /// What is known of one action; an action that is not listed is not available.
    pub fn of(&self, action: Action) -> Availability {
        self.0.iter().find(|entry| entry.action == action).map_or(Availability::No, |entry| entry.availability)
    }
}

/// Whether one action is possible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Capability {
    /// Which action.
    pub action: Action,
    /// Whether it is possible.
    pub availability: Availability,
    /// Why not, or why only so.
    pub reason: Option<String>,
}

/// Whether an action is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// It is.
    Yes,
    /// Inferred from what we see; no act may hang on it.
    Observed,
    /// It is not.
    No,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident),+ $(,)?) => {
        /// What a console may ask of a control plane.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Action { $($(#[$doc])* $variant),+ }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
        }
    };
}

actions!(
    /// Tell what a plan would do.
    Preview,
    /// Start a run.
    CreateRun,
    /// Be asked twice to start a run, and start it once.
    RepeatCreate,
    /// Stop a run.
    CancelRun,
    /// Try a step again.
    RetryStep,
    /// Try a step again with other inputs.
    RetryStepWithInputs,
    /// Decide a gate.
    DecideGate,
    /// Say no at a gate.
    RejectGate,
    /// Tell how far each step of a run has come.
    Steps,
    /// Read the timeline.
    Events,
    /// Read what steps printed.
    Logs,
    /// Be told of events as they happen.
    Stream,
    /// Read templates.
    Templates,
    /// Read dead letters.
    DeadLetters,
    /// Read breakers.
    Breakers,
    /// Close a breaker by hand.
    ResetBreaker,
    /// Provision stores.
    Stores,
    /// Delete a store.
    DeleteStore,
    /// Read and change what belongs to projects.
    Projects,
    /// Read and change teams.
    Teams,
    /// Read, make and revoke API keys.
    ApiKeys,
    /// Read what was done and refused, and check that nothing of it was changed.
    Audit,
    /// Read the queue.
    Queue,
    /// Put dead letters back into the queue.
    RequeueDeadLetters,
    /// Read and change what is subscribed to.
    Billing,
    /// Let a person sign in.
    SignIn,
);
