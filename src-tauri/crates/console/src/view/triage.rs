//! What is wrong, why, since when, and whom it hurts.

use super::{BlastCounts, Freshness};
use domain::{
    Breaker, BreakerCause, BreakerHappening, BreakerSource, BreakerState, CheckStatus, ConnectionId, ConnectionState,
    RunId, Timestamp, WireError,
};
use serde::{Deserialize, Serialize};

/// How much of the past is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct TriageQuery {
    /// The span of the lanes up to now, in minutes: 10 to 360; 30 when left out.
    #[serde(default)]
    #[ts(optional)]
    pub minutes: Option<u32>,
}

/// What is wrong now, and what went on in the time before. Told from the cache alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Triage {
    /// Beginning of the lanes.
    pub from: Timestamp,
    /// When this was put together.
    pub at: Timestamp,
    /// Lanes of breakers that are not quiet, in the order of the problems; at most 20.
    pub breakers: Vec<BreakerLane>,
    /// Breakers that were closed all the time.
    pub quiet_breakers: u64,
    /// Runs that failed within the lanes, oldest first, at most 5,000.
    pub failures: Vec<FailedRun>,
    /// Runs that a breaker holds up now: when each was first hit, oldest first.
    pub held_since: Vec<Timestamp>,
    /// What is wrong, what hurts most first.
    pub problems: Vec<Problem>,
    /// Failed runs of the last 6 hours that share their cause with no other, newest first, at most 5.
    pub alone: Vec<LoneFailure>,
    /// How many failed runs share their cause with no other.
    pub alone_in_all: u64,
    /// Failed runs of the last 6 hours.
    pub failed_runs: u64,
    /// Runs that changed in the last 6 hours and whose steps are not known as they are now.
    pub unread_runs: u64,
}

/// What one breaker did, over the time of the lanes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct BreakerLane {
    /// Whose it is.
    pub source: BreakerSource,
    /// The connection that it belongs to or was read from.
    pub connection: Option<ConnectionId>,
    /// What that is called.
    pub connection_name: Option<String>,
    /// Its id.
    pub breaker: String,
    /// What it protects.
    pub protects: String,
    /// Where it stands; unknown where nobody was heard.
    pub state: BreakerState,
    /// The states that it was in, one after the other; the last ends now, and is unknown from when nobody was heard.
    pub spans: Vec<BreakerSpan>,
    /// What happened to it, oldest first, at most 200.
    pub marks: Vec<BreakerMark>,
    /// When attempts that failed at it started while it was closed, oldest first, at most 200.
    pub failures: Vec<Timestamp>,
    /// When the next call is let through as a probe.
    pub next_probe_at: Option<Timestamp>,
    /// How old this is.
    pub freshness: Freshness,
}

/// A state and how long it lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct BreakerSpan {
    /// From.
    pub from: Timestamp,
    /// To.
    pub to: Timestamp,
    /// The state.
    pub state: BreakerState,
    /// Why, where it was open.
    pub cause: Option<BreakerCause>,
}

/// A moment of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct BreakerMark {
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub what: BreakerHappening,
    /// Whether a probe failed: it opened from half-open.
    pub probe_failed: bool,
}

/// A run that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct FailedRun {
    /// When it ended.
    pub at: Timestamp,
    /// The problem that explains it; `None` for one that stands alone.
    pub problem: Option<String>,
}

/// A failed run that shares its cause with no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct LoneFailure {
    /// Where.
    pub connection: ConnectionId,
    /// The run.
    pub run: RunId,
    /// What it is for.
    pub goal: String,
    /// The step that failed.
    pub step: Option<String>,
    /// Why.
    pub code: Option<String>,
    /// When it ended.
    pub at: Timestamp,
}

/// Something that is wrong or waits for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Problem {
    /// The same as long as it is the same problem.
    pub id: String,
    /// What it is.
    pub cause: ProblemCause,
    /// Since when.
    pub since: Timestamp,
    /// Where.
    pub connection: Option<ConnectionId>,
    /// What that is called.
    pub connection_name: Option<String>,
    /// Failed runs that it explains.
    pub failed: u64,
    /// Runs that it holds up.
    pub held: u64,
    /// Who has it in hand.
    pub acknowledged: Option<Acknowledgement>,
}

/// Somebody has a problem in hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Acknowledgement {
    /// Who.
    pub actor: String,
    /// Since when.
    pub at: Timestamp,
}

/// What is wrong, by kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProblemCause {
    /// A breaker lets no calls through, or only probes.
    Breaker {
        /// As last read; its state is unknown where nobody was heard.
        breaker: Box<Breaker>,
        /// Probes that failed in this outage.
        failed_probes: u64,
        /// What it does to runs; `None` for the console's own.
        counts: Option<BlastCounts>,
    },
    /// A control plane is not heard, or not as it should be.
    Connection {
        /// How it is.
        state: ConnectionState,
        /// When it was last heard.
        last_seen_at: Option<Timestamp>,
        /// Why.
        error: Option<WireError>,
        /// Runs of it that are open, as last seen.
        open_runs: u64,
    },
    /// Runs failed for the same reason at the same step.
    Failures {
        /// The step.
        step: Option<String>,
        /// The code of the failure.
        code: String,
        /// What it says.
        message: String,
        /// What to do about it.
        remedy: Option<String>,
        /// The newest of these runs.
        newest: RunId,
    },
    /// A gate waits for a person.
    Approval {
        /// The run.
        run: RunId,
        /// What that is for.
        goal: String,
        /// The step.
        step: String,
        /// What is asked.
        question: String,
        /// When it fails closed.
        expires_at: Option<Timestamp>,
    },
    /// A store is being provisioned for too long, or could not be.
    Store {
        /// The run that provisions it.
        run: RunId,
        /// What the store is called.
        name: String,
        /// Whether it has failed, as opposed to being stuck.
        failed: bool,
        /// What its plane says.
        message: Option<String>,
    },
    /// Readiness checks of one subject do not pass.
    Checks {
        /// Those that fail.
        failing: u64,
        /// Those of which nothing is known.
        unknown: u64,
        /// The one that weighs most.
        worst: WorstCheck,
    },
}

/// The check that weighs most among those that do not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct WorstCheck {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it found.
    pub status: CheckStatus,
    /// One sentence: what that means.
    pub finding: Option<String>,
}

/// Takes a problem in hand, or gives it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeProblem {
    /// Which.
    pub problem: String,
    /// Whether it is in hand from now on.
    pub in_hand: bool,
}
