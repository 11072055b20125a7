//! What is asked of readiness, and how it changed.

use domain::{CheckChange, ConnectionId, ScorePoint, Timestamp};
use serde::{Deserialize, Serialize};

/// Whose readiness is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReadinessQuery {
    /// Of this connection and this console; the built-in plane when left out.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
}

/// Whether probes are run now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReadinessStatus {
    /// How far they have come; `None` if none are run.
    pub progress: Option<ReadinessProgress>,
}

/// How far a round of probes has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReadinessProgress {
    /// Whose.
    pub connection: ConnectionId,
    /// Checks that have answered.
    pub done: u32,
    /// Checks of the round.
    pub total: u32,
    /// Title of the first check that has not answered yet.
    pub current: Option<String>,
}

/// Which part of the past of readiness is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReadinessHistoryQuery {
    /// Of this connection and this console; the built-in plane when left out.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// From this moment on; all that is kept when left out.
    #[serde(default)]
    #[ts(optional)]
    pub since: Option<Timestamp>,
    /// Up to this moment; now when left out.
    #[serde(default)]
    #[ts(optional)]
    pub until: Option<Timestamp>,
}

/// How readiness changed. What was not watched is no change: coverage says when that was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReadinessHistory {
    /// Whose; `None` if there is no connection.
    pub connection: Option<ConnectionId>,
    /// The scores, newest first, at most [`ReadinessHistory::MAX_SCORES`]. The last one may be from before `since`: it
    /// held when that began.
    pub scores: Vec<ScorePoint>,
    /// Changes of checks, newest first, at most [`ReadinessHistory::MAX_CHANGES`].
    pub changes: Vec<CheckChange>,
    /// Whether older ones within the span were left out.
    pub is_cut: bool,
}

impl ReadinessHistory {
    /// Most scores in one reply.
    pub const MAX_SCORES: usize = 500;
    /// Most changes of checks in one reply.
    pub const MAX_CHANGES: usize = 1_000;
}

/// Which report is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReadinessReportQuery {
    /// On this connection and this console; the built-in plane when left out.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// In which form.
    pub format: ReportFormat,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    /// A page that loads and runs nothing.
    Html,
    /// Markdown.
    Markdown,
}

/// Readiness with all its evidence, as one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReadinessReport {
    /// What the file may be called; letters, digits, hyphens and a full stop.
    pub name: String,
    /// What is in it.
    pub text: String,
}
