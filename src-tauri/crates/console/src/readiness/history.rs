//! How readiness changed: every change of what a check found, and every change of a score with what made it so.
//!
//! The score that is kept is that of a console which watches, with every check, whichever console ran them. That evidence
//! expired is kept with the moment at which it did, however much later somebody looks. Deliberately absent: scores between
//! two changes, since nothing happened there, and scores of connections of which nothing was ever probed.

use super::{
    applicable, blank, connection_of,
    judged::{expired_finding, expires_at},
    registry,
};
use crate::{
    core::Core,
    error::Error,
    link::Link,
    parts::SyncMode,
    view::{ReadinessHistory, ReadinessHistoryQuery},
};
use cache::CheckState;
use domain::{Check as Found, CheckChange, CheckStatus, ConnectionId, Readiness, ScorePoint, Span, Timestamp};
use std::{collections::HashMap, time::Duration};

/// Evidence that expires within this time of each other was gathered in one round, and expires in one change.
const ONE_ROUND: Duration = Duration::from_mins(1);

/// A check of a connection, or of the console itself.
type Key = (Option<ConnectionId>, String);
/// What is known of each.
type States = HashMap<Key, CheckStatus>;

/// Changes that count as one.
#[derive(Debug, PartialEq)]
struct Step {
    at: Timestamp,
    changes: Vec<CheckChange>,
}

/// Keeps what checks found, and what that and the passing of time changed.
pub(super) async fn keep(core: &Core, found: &[Found]) -> Result<(), Error> {
    let (known, now) = (core.read.checks().await?, core.now());
    let mut batch = core.write.batch().await?;
    let mut states: States = batch.check_states().await?.into_iter().map(state).collect();
    let mut scores = batch.last_scores().await?;
    batch.put_checks(found).await?;
    for step in steps(&states, expired(core, &known, now), found, now) {
        batch.put_check_changes(&step.changes).await?;
        states.extend(step.changes.iter().map(|change| (key(change), change.to)));
        for link in core.links() {
            let Some(score) = score(&states, &link) else { continue };
            if scores.insert(link.id.clone(), score) == Some(score) {
                continue;
            }
            let concerns = |change: &&CheckChange| change.connection.as_ref().is_none_or(|of| *of == link.id);
            let because = step.changes.iter().filter(concerns).cloned().collect();
            match batch.put_score(&link.id, &ScorePoint { at: step.at, score, because }).await {
                // Somebody removed it a moment ago, and with it its past.
                Ok(()) | Err(cache::Error::NoSuchConnection) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(batch.commit().await?)
}

/// How long until the next evidence expires; `None` while there is none that could.
pub(super) async fn next_expiry(core: &Core) -> Result<Option<Duration>, Error> {
    let (known, now) = (core.read.checks().await?, core.now());
    let moments = known.iter().filter_map(|last| {
        let check = registry::ALL.iter().copied().find(|check| check.facts().id == last.id)?;
        expires_at(check, &core.pace, last).filter(|at| *at >= now)
    });
    Ok(moments.min().map(|at| at.since(now)))
}

/// How readiness changed, newest first.
pub(crate) async fn history(core: &Core, query: ReadinessHistoryQuery) -> Result<ReadinessHistory, Error> {
    let link = match &query.connection {
        Some(_) => core.link_or_default(query.connection.as_ref())?,
        None => match core.link_or_default(None) {
            Ok(link) => link,
            Err(_) => return Ok(ReadinessHistory::default()),
        },
    };
    if core.mode != SyncMode::Live {
        // Here nothing else looks whether evidence has expired meanwhile.
        keep(core, &[]).await?;
    }
    let within =
        Span { from: query.since.unwrap_or_else(|| core.kept_from()), to: query.until.unwrap_or_else(|| core.now()) };
    let mut scores = core.read.scores(&link.id, within, one_more(ReadinessHistory::MAX_SCORES)).await?;
    let mut changes = core.read.check_changes(Some(&link.id), within, one_more(ReadinessHistory::MAX_CHANGES)).await?;
    let is_cut = scores.len() > ReadinessHistory::MAX_SCORES || changes.len() > ReadinessHistory::MAX_CHANGES;
    scores.truncate(ReadinessHistory::MAX_SCORES);
    changes.truncate(ReadinessHistory::MAX_CHANGES);
    Ok(ReadinessHistory { connection: Some(link.id.clone()), scores, changes, is_cut })
}

/// One more than fits shows that there are more.
fn one_more(most: usize) -> u32 {
    u32::try_from(most).unwrap_or(u32::MAX).saturating_add(1)
}

fn state(state: CheckState) -> (Key, CheckStatus) {
    ((state.connection, state.check), state.status)
}

fn key(change: &CheckChange) -> Key {
    (change.connection.clone(), change.check.clone())
}

/// The score of a connection; `None` while none of its own checks has found anything.
fn score(states: &States, link: &Link) -> Option<u32> {
    if !states.keys().any(|(of, _)| of.as_ref() == Some(&link.id)) {
        return None;
    }
    let checks = applicable(SyncMode::Live, Some(link)).map(|check| {
        let blank = blank(check, connection_of(check.facts(), Some(&link.id)));
        let key = (blank.connection.clone(), blank.id.clone());
        Found { status: states.get(&key).copied().unwrap_or(CheckStatus::Unknown), ..blank }
    });
    Some(Readiness::of(checks.collect()).score)
}

/// What was found and is too old by now, as changes, the oldest first.
fn expired(core: &Core, known: &[Found], now: Timestamp) -> Vec<CheckChange> {
    let mut changes: Vec<_> = known
        .iter()
        .filter_map(|last| {
            let check = registry::ALL.iter().copied().find(|check| check.facts().id == last.id)?;
            let at = expires_at(check, &core.pace, last).filter(|at| *at < now)?;
            let finding = last.evidence.as_ref().map(|evidence| expired_finding(at, &evidence.finding));
            Some(change(at, last, CheckStatus::Unknown, finding))
        })
        .collect();
    changes.sort_by_key(|change| change.at);
    changes
}

fn change(at: Timestamp, of: &Found, to: CheckStatus, finding: Option<String>) -> CheckChange {
    let (check, connection) = (of.id.clone(), of.connection.clone());
    CheckChange { at, check, connection, from: CheckStatus::Unknown, to, finding }
}

/// What really changed, in order: evidence that expired, then what was found now. The last step is there even if it
/// changed nothing, since checks or weights may be others than when the score was last kept.
fn steps(states: &States, expired: Vec<CheckChange>, found: &[Found], now: Timestamp) -> Vec<Step> {
    let mut states = states.clone();
    let mut steps: Vec<Step> = Vec::new();
    for change in expired {
        let Some(change) = applied(&mut states, change) else { continue };
        match steps.last_mut().filter(|step| change.at.since(step.at) <= ONE_ROUND) {
            Some(step) => step.changes.push(change),
            None => steps.push(Step { at: change.at, changes: vec![change] }),
        }
    }
    let changes = found.iter().filter_map(|found| {
        let finding = found.evidence.as_ref().map(|evidence| evidence.finding.clone());
        applied(&mut states, change(found.checked_at?, found, found.status, finding))
    });
    let changes = changes.collect();
    steps.push(Step { at: now, changes });
    steps
}

/// Takes a change over; `None` if it is none.
fn applied(states: &mut States, change: CheckChange) -> Option<CheckChange> {
    let from = states.insert(key(&change), change.to).unwrap_or(CheckStatus::Unknown);
    (from != change.to).then_some(CheckChange { from, ..change })
}

#[cfg(test)]
mod tests {
    use super::{States, change, steps};
    use crate::readiness::{blank, registry};
    use domain::{Check as Found, CheckStatus, Timestamp};

    fn found(index: usize, status: CheckStatus, at: i64) -> Found {
        let check = registry::ALL[index];
        Found { status, checked_at: Some(Timestamp::from_millis(at)), ..blank(check, None) }
    }

    #[test]
    fn what_expired_comes_before_what_was_found_and_only_changes_count() {
        let at = Timestamp::from_millis;
        let (first, second) = (found(0, CheckStatus::Pass, 1), found(1, CheckStatus::Fail, 2));
        let mut states = States::new();
        let one = &steps(&states, vec![], &[first.clone(), second.clone()], at(2))[0];
        assert_eq!(one.changes.len(), 2, "what was never probed was unknown");
        states.extend(one.changes.iter().map(|change| (super::key(change), change.to)));

        let expired = [(&first, 900_000), (&second, 900_001), (&first, 2_000_000)];
        let expired = expired.map(|(of, when)| change(at(when), of, CheckStatus::Unknown, None)).to_vec();
        let again = found(0, CheckStatus::Pass, 3_000_000);
        let all = steps(&states, expired, &[again.clone(), found(1, CheckStatus::Unknown, 3_000_000)], at(3_000_000));
        let seen: Vec<_> = all.iter().map(|step| (step.at.as_millis(), step.changes.len())).collect();
        assert_eq!(seen, [(900_000, 2), (3_000_000, 1)], "one round expires at once, and unknown stays unknown");
        let back = &all[1].changes[0];
        assert_eq!((back.from, back.to), (CheckStatus::Unknown, CheckStatus::Pass), "it passes again after a gap");
    }
}
