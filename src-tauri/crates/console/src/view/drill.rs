//! Drills: what can be rehearsed, how one goes, and what it came to.

use domain::{BreakerEvent, ConnectionId, DrillPhase, DrillRequest, DrillScenario, Timestamp};
use serde::{Deserialize, Serialize};

/// Begins a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct StartDrill {
    /// Which scenario.
    pub scenario: String,
    /// When it ends at the latest, in minutes: 1 to 60. Left out, it ends with its script.
    #[serde(default)]
    pub minutes: Option<u32>,
}

/// How a drill goes, if one does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct DrillStatus {
    /// The one that this process plays.
    pub playing: Option<Drill>,
    /// Whether another process of this user plays one, e.g. a terminal.
    pub elsewhere: bool,
    /// Why none can be played here; `None` if one can.
    pub refused: Option<String>,
}

/// A drill while it goes or after it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Drill {
    /// Unique in this console.
    pub id: String,
    /// What is rehearsed.
    pub scenario: DrillScenario,
    /// Who began it.
    pub actor: String,
    /// The connection on which it is seen while it goes.
    pub connection: ConnectionId,
    /// When its script began.
    pub started_at: Timestamp,
    /// When it ends by itself.
    pub ends_at: Timestamp,
    /// When it ended; `None` while it goes.
    pub ended_at: Option<Timestamp>,
    /// What ended it.
    pub ended_by: Option<DrillEnd>,
    /// What has been played. While it goes, what is to come is not told.
    pub played: Vec<DrillPhase>,
    /// Phases that are to come.
    pub hidden: u32,
    /// When the first attempt failed.
    pub first_symptom_at: Option<Timestamp>,
    /// When a breaker first opened.
    pub opened_at: Option<Timestamp>,
    /// The failure in a row at which it opened.
    pub opened_at_failure: Option<u32>,
    /// What happened to the breakers round the providers, oldest first.
    pub breakers: Vec<BreakerEvent>,
    /// When attempts failed at a provider, oldest first.
    pub failures: Vec<Timestamp>,
    /// Its work by where it stands.
    pub runs: DrillRuns,
    /// What operators did, in order.
    pub acts: Vec<DrillAct>,
    /// From the first symptom to the first right act, in milliseconds.
    pub first_right_after_ms: Option<u64>,
    /// What is asked of the operator.
    pub goals: Vec<DrillGoal>,
    /// What shows that all of this is true.
    pub proof: DrillProof,
}

/// What ended a drill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DrillEnd {
    /// Its script, or the time that was set.
    Script,
    /// An operator.
    Operator,
    /// The console was closed.
    Closed,
}

/// The runs of a drill by where they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DrillRuns {
    /// All of them.
    pub total: u32,
    /// Ended well.
    pub succeeded: u32,
    /// Ended badly.
    pub failed: u32,
    /// Behind a breaker now.
    pub held: u32,
}

/// What an operator did during a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DrillAct {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What, e.g. `isolate_breaker`.
    pub action: String,
    /// To what.
    pub target: String,
    /// The reason that was given.
    pub reason: Option<String>,
    /// Whether it was right.
    pub verdict: DrillVerdict,
    /// Why, one sentence.
    pub because: String,
    /// Calls that it sent into the outage.
    pub calls: u32,
}

/// Whether an act was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DrillVerdict {
    /// It helped.
    Right,
    /// It cost something.
    Cost,
    /// It changed nothing, or has nothing to do with the script.
    Neutral,
}

/// One thing that is asked of the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DrillGoal {
    /// What.
    pub goal: DrillGoalKind,
    /// At most so much: milliseconds or a number, as the goal has it.
    pub limit: u64,
    /// What it came to so far, in the same unit.
    pub yours: Option<u64>,
    /// What it came to in the drill of the same scenario before this one.
    pub last: Option<u64>,
    /// Where it stands.
    pub state: DrillGoalState,
}

/// What can be asked of an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DrillGoalKind {
    /// The first right act, in milliseconds from the first symptom.
    FirstRightAct,
    /// Nothing is done to the breakers that costs something: a number of acts.
    LeftAlone,
    /// No act sends calls into the outage: a number of calls.
    NoCallsIntoOutage,
    /// Work runs again, in milliseconds from the recovery of the provider.
    WorkRunsAgain,
}

/// Where a goal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DrillGoalState {
    /// It is still to come.
    ToDo,
    /// It is kept so far.
    Running,
    /// It is met.
    Met,
    /// It is missed.
    Missed,
}

/// Numbers of three witnesses: the providers, the database of the plane, and the cache that screens read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DrillProof {
    /// Where the providers listened. A drill begins only if all of it is on loopback.
    pub addresses: Vec<String>,
    /// Requests that the providers saw.
    pub requests: Vec<DrillRequest>,
    /// Attempts at a provider in the database of the plane.
    pub attempts: u32,
    /// Of these, how many a breaker did not let through.
    pub refused: u32,
    /// Of these, how many found nobody who listened.
    pub undelivered: u32,
    /// Figures of the runs that were compared between the database and the cache; 0 until the end.
    pub figures: u32,
    /// Of these, how many were the same.
    pub figures_equal: u32,
}

impl DrillProof {
    /// Whether the providers saw exactly what the plane says that it sent.
    pub fn requests_agree(&self) -> bool {
        let sent = self.attempts.saturating_sub(self.refused).saturating_sub(self.undelivered);
        u32::try_from(self.requests.len()) == Ok(sent)
    }
}
