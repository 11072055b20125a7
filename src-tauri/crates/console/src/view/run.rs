//! Runs as a face sees and asks for them.

use super::Freshness;
use domain::{ConnectionId, ControlPlaneKind, Event, LogLine, Run, RunId, RunStatus, RunSummary, Timestamp, WireError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Names a run. Without a connection, every connection is searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct RunRef {
    /// Where it is.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// Its id, or a unique beginning of it.
    pub run: RunId,
}

/// Which runs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct RunQuery {
    /// Only of this connection.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// Only of control planes that speak one of these; empty means all.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<ControlPlaneKind>>")]
    pub kinds: Vec<ControlPlaneKind>,
    /// Only in one of these states; empty means all.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<RunStatus>>")]
    pub statuses: Vec<RunStatus>,
    /// Only those in which this text is found: goal, steps, failures, events, logs.
    #[serde(default)]
    #[ts(optional)]
    pub text: Option<String>,
    /// Only those created at this time or later.
    #[serde(default)]
    #[ts(optional)]
    pub since: Option<Timestamp>,
    /// `next` of the page before.
    #[serde(default)]
    #[ts(optional)]
    pub after: Option<String>,
    /// Runs wanted, 1 to 200; 50 when left out.
    #[serde(default)]
    #[ts(optional)]
    pub limit: Option<u32>,
    /// Where connections are asked on demand: read everything that could match, however long the list is.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub whole: bool,
}

/// One page of runs, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct RunList {
    /// The runs.
    pub items: Vec<RunRow>,
    /// Give this as `after` to get the next page.
    pub next: Option<String>,
    /// Runs that match.
    pub matching: u64,
    /// Runs in the cache, matching or not.
    pub total: u64,
    /// Runs by status, before `statuses` is applied.
    pub counts: Vec<StatusCount>,
    /// The connections that it was made of.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<RunSource>>")]
    pub sources: Vec<RunSource>,
}

/// A connection that a list of runs was made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct RunSource {
    /// Which.
    pub connection: ConnectionId,
    /// What it is called.
    pub connection_name: String,
    /// Runs of it in the cache.
    pub cached_runs: u64,
    /// Whether the cache has every run of it that could match; older ones may be missing if not.
    pub complete: bool,
    /// How old what is known of it is.
    pub freshness: Freshness,
    /// Why it could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<WireError>,
}

/// Runs in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct StatusCount {
    /// The state.
    pub status: RunStatus,
    /// How many.
    pub count: u64,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct RunRow {
    /// Where it is.
    pub connection: ConnectionId,
    /// What that is called.
    pub connection_name: String,
    /// The run.
    #[serde(flatten)]
    pub summary: RunSummary,
    /// How old this is.
    pub freshness: Freshness,
}

/// A run with its steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct RunView {
    /// Where it is.
    pub connection: ConnectionId,
    /// What that is called.
    pub connection_name: String,
    /// The run.
    #[serde(flatten)]
    pub run: Run,
    /// How old this is.
    pub freshness: Freshness,
}

/// Which events or log lines of a run are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct SequenceQuery {
    /// Where it is.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// The run.
    pub run: RunId,
    /// Only of this step (name or id).
    #[serde(default)]
    #[ts(optional)]
    pub step: Option<String>,
    /// Only with sequence numbers above this.
    #[serde(default)]
    #[ts(optional, as = "Option<u64>")]
    pub after: u64,
    /// Items wanted, 1 to 1,000; 500 when left out.
    #[serde(default)]
    #[ts(optional)]
    pub limit: Option<u32>,
}

/// Events of a run, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct EventList {
    /// The events.
    pub items: Vec<Event>,
    /// Give this as `after` to get more; absent when there are no more in the cache.
    pub next: Option<u64>,
    /// Sequence number of the newest event that the run is known to have.
    pub last_seq: u64,
    /// Whether every event up to `last_seq` is in the cache.
    pub complete: bool,
    /// How old this is.
    pub freshness: Freshness,
}

/// Log lines of a run, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct LogList {
    /// The lines.
    pub items: Vec<LogLine>,
    /// Give this as `after` to get more; absent when there are no more in the cache.
    pub next: Option<u64>,
    /// Sequence number of the newest line that the run is known to have.
    pub last_seq: u64,
    /// Whether every line up to `last_seq` is in the cache.
    pub complete: bool,
    /// How old this is.
    pub freshness: Freshness,
}

/// What is to be found in a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct LogSearch {
    /// Where the run is.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// The run.
    pub run: RunId,
    /// Only in the log of this step (name or id).
    #[serde(default)]
    #[ts(optional)]
    pub step: Option<String>,
    /// The text, taken literally.
    pub text: String,
    /// Whether upper and lower case differ.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub match_case: bool,
}

/// Where it was found, in the whole log and not only in what is on screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct LogMatches {
    /// Sequence numbers of matching lines, oldest first, at most 10,000.
    pub seqs: Vec<u64>,
    /// Matching lines in all.
    pub total: u64,
    /// Lines searched.
    pub searched: u64,
}

/// A run to be started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct CreateRun {
    /// Where; the built-in plane when left out.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// The plan as an object, or as text in JSON or YAML.
    pub plan: Value,
    /// The template that it came from.
    #[serde(default)]
    #[ts(optional)]
    pub template: Option<String>,
    /// The team that it is to belong to; needed where we have more than one.
    #[serde(default)]
    #[ts(optional)]
    pub team: Option<String>,
    /// Same key, same run; made up when left out.
    #[serde(default)]
    #[ts(optional)]
    pub idempotency_key: Option<String>,
}

/// A step to be tried again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct RetryStep {
    /// Where the run is.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// The run.
    pub run: RunId,
    /// The step (name or id).
    pub step: String,
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// New inputs in place of the old ones.
    #[serde(default)]
    #[ts(optional)]
    pub inputs: Option<Map<String, Value>>,
}

/// A verdict on a gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DecideGate {
    /// Where the run is.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// The run.
    pub run: RunId,
    /// The step (name or id).
    pub step: String,
    /// Why; needed to reject.
    #[serde(default)]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// An act on a whole run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct RunAct {
    /// Where the run is.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// The run.
    pub run: RunId,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Says that a run is on screen, so that its log is followed too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct WatchRun {
    /// Where the run is.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// The run.
    pub run: RunId,
    /// Whether it is on screen.
    pub on_screen: bool,
}
