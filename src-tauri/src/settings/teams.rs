//! `[teams]`: what a team may have.

use super::section::Section;
use engine::TeamBounds;
use std::{ops::RangeInclusive, time::Duration};

/// Runs of a team at once.
const RUNS: RangeInclusive<u32> = 1..=10_000;
/// Members of a team.
const MEMBERS: RangeInclusive<u32> = 1..=10_000;
/// Days for which an invitation can be accepted.
const DAYS: RangeInclusive<u32> = 1..=30;

/// What a team may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Teams {
    /// Most runs at once that are not over.
    pub(crate) max_runs_in_flight: usize,
    /// Most members.
    pub(crate) max_members: usize,
    /// For how many days an invitation can be accepted.
    pub(crate) invitation_days: usize,
}

impl Teams {
    /// The same as the engine takes them.
    pub(crate) fn bounds(&self) -> TeamBounds {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        TeamBounds {
            open_runs: small(self.max_runs_in_flight),
            members: small(self.max_members),
            invitation: Duration::from_hours(24 * u64::from(small(self.invitation_days))),
        }
    }
}

pub(super) fn read(root: &mut Section<'_>) -> Teams {
    let mut teams = Teams { max_runs_in_flight: 1_000, max_members: 200, invitation_days: 7 };
    let Some(mut section) = root.section("teams") else { return teams };
    teams.max_runs_in_flight = section.number("max_runs_in_flight", &RUNS, teams.max_runs_in_flight);
    teams.max_members = section.number("max_members", &MEMBERS, teams.max_members);
    teams.invitation_days = section.number("invitation_days", &DAYS, teams.invitation_days);
    section.end();
    teams
}
