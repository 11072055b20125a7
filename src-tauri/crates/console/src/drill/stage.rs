//! What the composition root gives for drills: a plane of its own, with providers that fail.

use crate::parts::NotStarted;
use domain::{BreakerEvent, DrillPhase, DrillRequest, DrillScenario, Run};

/// Builds the scene of a drill and takes it down. One at a time.
#[async_trait::async_trait]
pub trait DrillStage: Send + Sync + std::fmt::Debug {
    /// What can be rehearsed.
    fn scenarios(&self) -> Vec<DrillScenario>;

    /// Takes away what a process left that died in a drill. Answers whether a process that lives plays one.
    async fn tidy(&self) -> bool;

    /// Opens a plane and its providers, begins the script and the work.
    async fn open(&self, scenario: &str) -> Result<OpenedDrill, NotStarted>;

    /// Submits no more work.
    async fn rest(&self);

    /// What the providers and the database of the plane know now; `None` if nothing is open.
    async fn seen(&self) -> Option<DrillSeen>;

    /// Takes everything down, and leaves nothing behind. Harmless if nothing is open.
    async fn close(&self);
}

/// A drill that has just begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedDrill {
    /// Where its plane is reached, e.g. `unix:` and a path.
    pub address: String,
    /// Where its providers listen.
    pub providers: Vec<String>,
    /// What will happen when.
    pub phases: Vec<DrillPhase>,
}

/// What the providers and the plane of a drill know.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DrillSeen {
    /// How far the script is, in milliseconds.
    pub elapsed_ms: u64,
    /// Every request that the providers saw, in order.
    pub requests: Vec<DrillRequest>,
    /// Every run in the database of the plane, with its steps and attempts.
    pub runs: Vec<Run>,
    /// What happened to the breakers round the providers, oldest first.
    pub breakers: Vec<BreakerEvent>,
}
