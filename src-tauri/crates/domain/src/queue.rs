//! The queue of a control plane, and the work that nothing will try again by itself.

use crate::{
    failure::Failure,
    id::{RunId, StepId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What waits in the queue of a plane. A number that its plane does not tell is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Queue {
    /// What it is called on its plane.
    pub name: Option<String>,
    /// Items that wait for a worker.
    pub waiting: Option<u64>,
    /// Items that are worked at.
    pub active: Option<u64>,
    /// Items that wait for their time.
    pub delayed: Option<u64>,
    /// Items that ended well.
    pub completed: Option<u64>,
    /// Items that ended badly.
    pub failed: Option<u64>,
    /// Age of the item that has waited longest, in milliseconds.
    pub oldest_ms: Option<u64>,
    /// Dead letters.
    pub dead_letters: Option<u64>,
    /// The newest dead letters, as far as their plane says what they are.
    pub newest_dead: Vec<DeadLetter>,
}

/// A step that nothing will try again by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DeadLetter {
    /// The run.
    pub run_id: RunId,
    /// The step.
    pub step_id: StepId,
    /// Name of the step.
    pub step: String,
    /// Why it ended so.
    pub failure: Failure,
    /// When.
    pub at: Timestamp,
}
