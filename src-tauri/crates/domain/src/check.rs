//! Readiness: what was probed, what was seen, and what is missing.

use crate::{id::ConnectionId, time::Timestamp};
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
    /// Its part of the score.
    pub weight: u32,
    /// When it last ran.
    pub checked_at: Option<Timestamp>,
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

/// The score and everything that it is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Readiness {
    /// 0 to 100: weights of the passing checks over all weights, rounded down. A warning earns half.
    pub score: u32,
    /// Every check, in the order of the registry.
    pub checks: Vec<Check>,
    /// When the newest of them ran.
    pub checked_at: Option<Timestamp>,
}

impl Readiness {
    /// Computes the score; there is no other way to make one.
    pub fn of(checks: Vec<Check>) -> Self {
        let possible: u64 = checks.iter().map(|check| u64::from(check.weight) * 2).sum();
        let earned: u64 = checks
            .iter()
            .map(|check| {
                u64::from(check.weight)
                    * match check.status {
                        CheckStatus::Pass => 2,
                        CheckStatus::Warn => 1,
                        CheckStatus::Fail | CheckStatus::Unknown => 0,
                    }
            })
            .sum();
        let score = (earned * 100).checked_div(possible).and_then(|score| u32::try_from(score).ok()).unwrap_or(0);
        let checked_at = checks.iter().filter_map(|check| check.checked_at).max();
        Self { score, checks, checked_at }
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, CheckStatus, Readiness};

    fn check(status: CheckStatus, weight: u32) -> Check {
        Check {
            id: "x".into(),
            title: String::new(),
            proves: String::new(),
            group: String::new(),
            connection: None,
            status,
            evidence: None,
            remedy: String::new(),
            owner: String::new(),
            weight,
            checked_at: None,
        }
    }

    #[test]
    fn unknown_counts_as_not_ready_and_nothing_probed_is_zero() {
        assert_eq!(Readiness::of(vec![]).score, 0, "no evidence is no readiness");
        let half = Readiness::of(vec![check(CheckStatus::Pass, 1), check(CheckStatus::Unknown, 1)]);
        assert_eq!(half.score, 50, "unknown earns nothing");
        let warned = Readiness::of(vec![check(CheckStatus::Warn, 2), check(CheckStatus::Pass, 2)]);
        assert_eq!(warned.score, 75, "a warning earns half of its weight");
    }
}
