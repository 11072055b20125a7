//! A readiness check: what was probed, what was seen, since when, and what to do about it.

use crate::{id::ConnectionId, readiness::Points, time::Timestamp};
use serde::{Deserialize, Serialize};

/// One executable probe and what it last found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Check {
    /// Stable, e.g. `plane.ready`.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What a pass proves.
    pub proves: String,
    /// Where in the list it belongs.
    pub group: String,
    /// The connection that was probed; `None` for this console itself.
    pub connection: Option<ConnectionId>,
    /// What it found.
    pub status: CheckStatus,
    /// What was seen; absent until it has run.
    pub evidence: Option<Evidence>,
    /// What to do when it does not pass.
    pub remedy: String,
    /// Who can do that.
    pub owner: String,
    /// What it weighs beside the others.
    pub weight: u32,
    /// What it could give to the score that it is shown with, and what it gives.
    #[serde(default)]
    pub points: Points,
    /// When it last ran.
    pub checked_at: Option<Timestamp>,
    /// From when on its evidence is too old to prove anything.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// Since when it has been found so; `None` if that is not kept.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// When it last passed, and what was seen then.
    #[serde(default)]
    pub last_pass: Option<LastPass>,
    /// Whether it passed once and now fails or is unknown.
    #[serde(default)]
    pub regressed: bool,
    /// What running it writes on the plane; `None` if it only reads.
    #[serde(default)]
    pub writes: Option<String>,
}

/// When a check last passed, and what was seen then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct LastPass {
    /// When it ran.
    pub at: Timestamp,
    /// What was seen.
    pub evidence: Evidence,
}

/// What a probe found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// As it should be.
    Pass,
    /// Not as it should be, but bearable.
    Warn,
    /// Not as it should be.
    Fail,
    /// Not observed, or too long ago. Counts as not ready.
    Unknown,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Evidence {
    /// What was asked, so that a person can ask again, e.g. `GET /health/ready`.
    pub request: String,
    /// What came back, cut to what matters, without secrets.
    pub answer: String,
    /// One sentence: what that means.
    pub finding: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}
