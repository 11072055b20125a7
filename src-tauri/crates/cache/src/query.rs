//! What readers ask for and what they get: cached nouns together with their age.

use domain::{ConnectionId, ControlPlaneKind, CorrelationId, Page, Run, RunId, RunStatus, RunSummary, Timestamp};
use serde::{Deserialize, Serialize};

/// Which runs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunQuery {
    /// Only of this connection.
    pub connection: Option<ConnectionId>,
    /// Only of connections that speak one of these; empty means all.
    pub kinds: Vec<ControlPlaneKind>,
    /// Only in one of these states; empty means all.
    pub statuses: Vec<RunStatus>,
    /// Only those in whose id, goal, steps, failures, events or logs these words are found. Blank means all.
    pub text: Option<String>,
    /// Only those created at this time or later.
    pub since: Option<Timestamp>,
    /// Only those created before this time.
    pub until: Option<Timestamp>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Runs wanted; brought into 1 to [`RunQuery::MAX_LIMIT`].
    pub limit: u32,
}

impl RunQuery {
    /// Most runs on one page.
    pub const MAX_LIMIT: u32 = 200;
}

/// One page of runs, newest first, and how many there are.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPage {
    /// The runs.
    pub page: Page<CachedRun>,
    /// Runs by status in the order of a normal life, before `statuses` is applied; states without runs are left out.
    pub counts: Vec<(RunStatus, u64)>,
    /// Runs that match, on this page and all others.
    pub matching: u64,
    /// Runs in the cache, matching or not.
    pub total: u64,
}

/// A run as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct CachedRun {
    /// Where it is.
    pub connection: ConnectionId,
    /// What is known of it.
    pub summary: RunSummary,
    /// When it was last read from, or confirmed by, its control plane.
    pub read_at: Timestamp,
    /// Whether its steps have been read too and are as new as the summary.
    pub complete: bool,
}

/// A run that is not over, and how old what is known of it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRun {
    /// Which run.
    pub id: RunId,
    /// When anything about it last changed.
    pub changed_at: Timestamp,
    /// When its steps were last read; `None` if never.
    pub steps_read_at: Option<Timestamp>,
}

/// A run with its steps.
#[derive(Debug, Clone, PartialEq)]
pub struct CachedDetail {
    /// Where it is.
    pub connection: ConnectionId,
    /// What is known of it; `steps` is empty when they have never been read.
    pub run: Run,
    /// When the steps were last read, or the summary if they never were.
    pub read_at: Timestamp,
    /// Whether the steps have been read and are as new as the summary.
    pub complete: bool,
}

/// The run that a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Exactly one run.
    One(Box<CachedRun>),
    /// None in the cache.
    None,
    /// Several; at most ten are named.
    Ambiguous(Vec<(ConnectionId, RunId)>),
}

/// Sequence numbers that are missing, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// First missing.
    pub from: u64,
    /// Last missing.
    pub to: u64,
}

/// Where a text was found in a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogMatches {
    /// Sequence numbers of matching lines, oldest first, at most [`LogMatches::MAX_SEQS`].
    pub seqs: Vec<u64>,
    /// Matching lines in all.
    pub total: u64,
    /// Lines searched: the whole cached log.
    pub searched: u64,
}

impl LogMatches {
    /// Most sequence numbers that are named; `total` counts on.
    pub const MAX_SEQS: usize = 10_000;
}

/// A place where a text was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// Where the run is.
    pub connection: ConnectionId,
    /// The run.
    pub run_id: RunId,
    /// Its goal; empty when only its events or logs have been read.
    pub goal: String,
    /// In what.
    pub what: FoundIn,
    /// The name of the step, where it was found in one or in what one printed; `None` if that step has not been read.
    pub step: Option<String>,
    /// Sequence number of the event or log line.
    pub seq: Option<u64>,
    /// The text around it, cut with `…`.
    pub snippet: String,
}

/// In what a text was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FoundIn {
    /// The goal or id of a run.
    Goal,
    /// The name of a step.
    Step,
    /// Why a step ended badly.
    Failure,
    /// The reason of an event.
    Event,
    /// What a step printed.
    Log,
}

impl FoundIn {
    /// The word that faces use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Goal => "goal",
            Self::Step => "step",
            Self::Failure => "failure",
            Self::Event => "event",
            Self::Log => "log",
        }
    }
}

/// A breaker and its age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedBreaker {
    /// The breaker as last read.
    pub breaker: domain::Breaker,
    /// When that was.
    pub read_at: Timestamp,
}

/// Something that happened to a breaker, and whose breaker it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownBreakerEvent {
    /// The connection that it belongs to or was read from.
    pub connection: Option<ConnectionId>,
    /// Whose breaker it is.
    pub source: domain::BreakerSource,
    /// What happened.
    pub event: domain::BreakerEvent,
}

/// A run that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedLately {
    /// Which.
    pub run: RunId,
    /// What it is for.
    pub goal: String,
    /// The step that explains it.
    pub step: Option<String>,
    /// Why.
    pub failure: Option<domain::Failure>,
    /// Who asked for it.
    pub requested_by: Option<String>,
    /// 1, and one more for each time that a retry re-opened it.
    pub generation: u32,
    /// Whether its steps have been read and are as new as this.
    pub complete: bool,
    /// When it changed last, which is when it ended.
    pub at: Timestamp,
}

/// A step that waits for a person's verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenGate {
    /// Its run.
    pub run: RunId,
    /// The step.
    pub step: domain::StepId,
}

/// A problem that somebody has in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// Which.
    pub problem: String,
    /// Who.
    pub actor: String,
    /// Since when.
    pub at: Timestamp,
}

/// A step, as far as a breaker on its way is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepAhead {
    /// Its run.
    pub run: RunId,
    /// What that is for.
    pub goal: String,
    /// The template that it was started from.
    pub template: Option<String>,
    /// Where the run stands.
    pub run_status: RunStatus,
    /// The step.
    pub step: domain::StepId,
    /// What it is called.
    pub name: String,
    /// What it calls.
    pub tool: String,
    /// Where it stands.
    pub status: domain::StepStatus,
    /// What it waits for.
    pub waiting_for: Option<domain::WaitingFor>,
    /// Until when at the latest.
    pub waiting_until: Option<Timestamp>,
    /// Attempts made at it in all.
    pub attempts: u64,
}

/// A step whose attempts failed at a breaker or were refused by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetStep {
    /// The step as it is now.
    pub ahead: StepAhead,
    /// Whether its newest attempt was one of these.
    pub was_hit_last: bool,
    /// Attempts that were sent and failed.
    pub failures: u64,
    /// Attempts that were not sent.
    pub refusals: u64,
    /// When the first of them started.
    pub first_at: Timestamp,
    /// When the newest of them started.
    pub newest_at: Timestamp,
}

/// What is known of a check since its newest change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckState {
    /// The connection that was probed; `None` for the console itself.
    pub connection: Option<ConnectionId>,
    /// Its id.
    pub check: String,
    /// What it found, or that its evidence became too old.
    pub status: domain::CheckStatus,
}

/// What an operator did from this console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What, e.g. `retry_step`.
    pub action: String,
    /// Where.
    pub connection: Option<ConnectionId>,
    /// To what.
    pub target: String,
    /// Why.
    pub reason: Option<String>,
    /// Whether it was carried out, or the code of the error.
    pub outcome: String,
    /// Joins it to the plane's own records.
    pub correlation_id: CorrelationId,
}

/// What an operator was told, or is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptNotice {
    /// The same as long as it is the same cause.
    pub cause: String,
    /// Since when.
    pub began_at: Timestamp,
    /// When it was told, or decided that it needs no telling; `None` while it is held back.
    pub told_at: Option<Timestamp>,
    /// When the cause was gone.
    pub over_at: Option<Timestamp>,
    /// What is told.
    pub document: serde_json::Value,
}

/// How many rows a retention run forgot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Runs, with their steps, events and logs.
    pub runs: u64,
    /// Acts.
    pub acts: u64,
    /// Transitions of breakers and checks.
    pub transitions: u64,
    /// Spans of coverage.
    pub spans: u64,
}

/// What a plane told of something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<T> {
    /// What it told.
    pub document: T,
    /// When it was read.
    pub read_at: Timestamp,
}
