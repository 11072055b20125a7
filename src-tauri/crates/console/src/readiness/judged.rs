//! What the checks amount to: each as it was last found, or unknown once its evidence is too old to prove anything.

use super::{applicable, blank, check::Check, connection_of};
use crate::{core::Core, error::Error, link::Link, pace::Pace};
use domain::{Check as Found, CheckStatus, Evidence, Readiness, Timestamp};

/// Every check in the order of the registry, and the score.
pub(super) async fn readiness(core: &Core, link: Option<&Link>) -> Result<Readiness, Error> {
    let known = core.read.checks().await?;
    let now = core.now();
    let checks = applicable(core.mode, link).map(|check| {
        let facts = check.facts();
        let blank = blank(check, connection_of(facts, link.map(|link| &link.id)));
        let last = known.iter().find(|last| last.id == blank.id && last.connection == blank.connection);
        match last {
            Some(last) => regressed(judged(check, &core.pace, now, last, blank)),
            None => blank,
        }
    });
    Ok(Readiness::of(checks.collect()))
}

/// From when on what was found proves nothing any more; `None` if nothing was found yet.
pub(super) fn expires_at(check: &dyn Check, pace: &Pace, last: &Found) -> Option<Timestamp> {
    last.checked_at.map(|at| at.plus(check.manner().valid(pace.evidence_valid)))
}

/// Says in the place of what was found that this was too long ago.
pub(super) fn expired_finding(at: Timestamp, finding: &str) -> String {
    format!("The evidence expired at {at}. Before that: {finding}")
}

fn judged(check: &dyn Check, pace: &Pace, now: Timestamp, last: &Found, blank: Found) -> Found {
    let expires_at = expires_at(check, pace, last);
    let known = Found {
        status: last.status,
        evidence: last.evidence.clone(),
        checked_at: last.checked_at,
        since: last.since,
        last_pass: last.last_pass.clone(),
        expires_at,
        ..blank
    };
    let Some(at) = expires_at.filter(|at| *at < now) else { return known };
    let expired = |evidence: Evidence| Evidence { finding: expired_finding(at, &evidence.finding), ..evidence };
    let since = if last.status == CheckStatus::Unknown { last.since } else { Some(at) };
    Found { status: CheckStatus::Unknown, evidence: known.evidence.map(expired), since, ..known }
}

fn regressed(found: Found) -> Found {
    let is_lost = matches!(found.status, CheckStatus::Fail | CheckStatus::Unknown);
    Found { regressed: is_lost && found.last_pass.is_some(), ..found }
}
