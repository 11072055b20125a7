//! What breakers do to runs.

use super::Freshness;
use domain::{ConnectionId, RunId, RunStatus, StepId, StepStatus, Timestamp, WaitingFor};
use serde::{Deserialize, Serialize};

/// Whose blast radius is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct BlastQuery {
    /// The connection that the breaker was read from; the built-in plane when left out.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// Its id.
    pub breaker: String,
    /// From when attempts count; when left out, from the first failure of its present outage, or of one that ended in the
    /// last 24 hours.
    #[serde(default)]
    #[ts(optional)]
    pub since: Option<Timestamp>,
}

/// What a breaker of a plane did to runs, does to them, and is about to do. Told from the cache alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct BlastRadius {
    /// Which plane.
    pub connection: ConnectionId,
    /// What the connection to it is called.
    pub connection_name: String,
    /// The breaker.
    pub breaker: String,
    /// From when attempts count.
    pub since: Timestamp,
    /// When the outage opened the breaker; `None` if none is known.
    pub opened_at: Option<Timestamp>,
    /// How many of each.
    pub counts: BlastCounts,
    /// Runs by the workflow that they were started from, most first, at most 20.
    pub workflows: Vec<WorkflowCount>,
    /// Steps: failed ones first, then held, next and delayed ones, at most 500.
    pub steps: Vec<AffectedStep>,
    /// Whether there are more steps than these.
    pub more: bool,
    /// Runs that changed since then and whose steps are not known as they are now; what they met is not counted.
    pub unread_runs: u64,
    /// How old this is.
    pub freshness: Freshness,
}

/// Runs and attempts of a blast radius. A run counts once in each line that it belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct BlastCounts {
    /// Runs in all.
    pub runs: u64,
    /// Runs with a step that it failed.
    pub failed: u64,
    /// Of these, runs of which something was sent and failed; of the others nothing was sent.
    pub failed_after_sending: u64,
    /// Runs with a step that it holds up now.
    pub held: u64,
    /// Runs with a step that will meet it while it lets no calls through.
    pub next: u64,
    /// Runs with a step that it held up and that has gone on.
    pub delayed: u64,
    /// Attempts that failed at it or were refused.
    pub attempts: u64,
    /// Of these, attempts that were sent.
    pub attempts_sent: u64,
    /// When the first of them started.
    pub first_at: Option<Timestamp>,
    /// When the newest of them started.
    pub newest_at: Option<Timestamp>,
}

/// Runs of one workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct WorkflowCount {
    /// The template, or the goal of runs without one.
    pub workflow: String,
    /// How many runs.
    pub runs: u64,
}

/// What a breaker does to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum BreakerEffect {
    /// The step ended badly, and its last attempt failed at the breaker or was refused.
    Failed,
    /// Attempts failed or were refused, and the step is not over.
    Held,
    /// It will call while the breaker lets no calls through.
    Next,
    /// Attempts failed or were refused, and the step has gone on all the same.
    Delayed,
}

/// A step in the blast radius of a breaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct AffectedStep {
    /// What the breaker does to it.
    pub effect: BreakerEffect,
    /// Its run.
    pub run: RunId,
    /// What that is for.
    pub goal: String,
    /// The template that it was started from.
    pub template: Option<String>,
    /// Where the run stands.
    pub run_status: RunStatus,
    /// The step.
    pub step: StepId,
    /// What it is called.
    pub name: String,
    /// What it calls.
    pub tool: String,
    /// Where it stands.
    pub status: StepStatus,
    /// What it waits for.
    pub waiting_for: Option<WaitingFor>,
    /// Until when at the latest.
    pub waiting_until: Option<Timestamp>,
    /// Attempts of it that were sent and failed.
    pub failures: u64,
    /// Attempts of it that were not sent.
    pub refusals: u64,
    /// When the first of these started.
    pub first_at: Option<Timestamp>,
    /// When the newest of these started.
    pub newest_at: Option<Timestamp>,
}
