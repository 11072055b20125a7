//! The score: what every check could give to it, what it gives, and how that came about.
//!
//! Deliberately absent: any way to set a score or a point by hand.

use crate::{
    check::{Check, CheckStatus},
    id::ConnectionId,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Tenths of a point that there are in all: points are out of 100.
const ALL_TENTHS: u64 = 1_000;

/// Part of a score, in tenths of a point; 1,000 are all there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Points {
    /// What a pass would give.
    pub possible: u32,
    /// What is given: all with a pass, half (rounded down) with a warning, else nothing.
    pub earned: u32,
}

impl Points {
    /// What is missing, in tenths of a point.
    pub const fn missing(self) -> u32 {
        self.possible.saturating_sub(self.earned)
    }
}

/// The score and everything that it is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Readiness {
    /// 0 to 100: the points that are earned, rounded down, so that 100 means that none is missing.
    pub score: u32,
    /// Every check, in the order of the registry. What they could earn adds up to 100 points.
    pub checks: Vec<Check>,
    /// When the newest of them ran.
    pub checked_at: Option<Timestamp>,
}

impl Readiness {
    /// Shares out the points by weight and computes the score; there is no other way to make one.
    pub fn of(mut checks: Vec<Check>) -> Self {
        let possible = shared_out(&checks.iter().map(|check| u64::from(check.weight)).collect::<Vec<_>>());
        for (check, possible) in checks.iter_mut().zip(possible) {
            let earned = match check.status {
                CheckStatus::Pass => possible,
                CheckStatus::Warn => possible / 2,
                CheckStatus::Fail | CheckStatus::Unknown => 0,
            };
            check.points = Points { possible, earned };
        }
        let score = checks.iter().map(|check| check.points.earned).sum::<u32>() / 10;
        let checked_at = checks.iter().filter_map(|check| check.checked_at).max();
        Self { score, checks, checked_at }
    }
}

/// All tenths of a point by weight. What is left after rounding down goes to those who lost the most by it, the first
/// first, so that the parts add up to the whole.
fn shared_out(weights: &[u64]) -> Vec<u32> {
    let whole: u64 = weights.iter().sum();
    let share = |weight: &u64| (weight * ALL_TENTHS).checked_div(whole).unwrap_or(0);
    let lost = |weight: &u64| (weight * ALL_TENTHS).checked_rem(whole).unwrap_or(0);
    let mut parts: Vec<_> = weights.iter().map(share).collect();
    let given: u64 = parts.iter().sum();
    let mut by_loss: Vec<_> = weights.iter().enumerate().filter(|(_, weight)| **weight > 0).collect();
    by_loss.sort_by_key(|(_, weight)| std::cmp::Reverse(lost(weight)));
    let left = usize::try_from(ALL_TENTHS.saturating_sub(given)).unwrap_or(0);
    for (index, _) in by_loss.into_iter().take(left) {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    }
    parts.into_iter().map(|part| u32::try_from(part).unwrap_or(u32::MAX)).collect()
}

/// A check found something else than before, or its evidence became too old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct CheckChange {
    /// When.
    pub at: Timestamp,
    /// The id of the check.
    pub check: String,
    /// The connection that was probed; `None` for the console itself.
    pub connection: Option<ConnectionId>,
    /// What was known before; unknown where it had never run.
    pub from: CheckStatus,
    /// What it found.
    pub to: CheckStatus,
    /// One sentence: what that means.
    pub finding: Option<String>,
}

/// The score became another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct ScorePoint {
    /// Since when.
    pub at: Timestamp,
    /// 0 to 100.
    pub score: u32,
    /// The changes that made it so; empty where checks or weights are others than before.
    pub because: Vec<CheckChange>,
}

#[cfg(test)]
mod tests {
    use super::{Readiness, shared_out};
    use crate::check::{Check, CheckStatus};

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
            points: super::Points::default(),
            checked_at: None,
            expires_at: None,
            since: None,
            last_pass: None,
            regressed: false,
            writes: None,
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

    #[test]
    fn what_the_checks_could_earn_adds_up_to_a_hundred_points_whatever_they_weigh() {
        for count in 1_u32..=97 {
            let checks = (0..count).map(|index| check(CheckStatus::Pass, index % 3 + 1)).collect();
            let readiness = Readiness::of(checks);
            let possible: u32 = readiness.checks.iter().map(|check| check.points.possible).sum();
            assert_eq!((possible, readiness.score), (1_000, 100), "no tenth is lost among {count} checks");
        }
    }

    #[test]
    fn a_point_that_is_missing_is_missing_from_the_score() {
        let mut checks: Vec<_> = (0..60).map(|_| check(CheckStatus::Pass, 3)).collect();
        checks.push(check(CheckStatus::Fail, 1));
        let readiness = Readiness::of(checks);
        assert_eq!(readiness.score, 99, "one failure among many still shows");
        let missing: u32 = readiness.checks.iter().map(|check| check.points.missing()).sum();
        let earned: u32 = readiness.checks.iter().map(|check| check.points.earned).sum();
        assert_eq!(earned + missing, 1_000, "what is earned and what is missing are all there is");
    }

    #[test]
    fn what_rounding_leaves_over_goes_to_who_lost_the_most_by_it() {
        assert_eq!(shared_out(&[1, 1, 1]), [334, 333, 333], "of equals the first");
        assert_eq!(shared_out(&[3, 2, 1]), [500, 333, 167], "of others the one with the largest rest");
        assert_eq!(shared_out(&[0, 0]), [0, 0], "nothing is shared where nothing counts");
    }
}
