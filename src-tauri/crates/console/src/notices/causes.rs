//! What is wrong now that an operator is to be told of, by cause, from the cache alone.
//!
//! *My* runs are those that the plane says were requested by whom it says that we are; where it says neither, every run of the
//! connection is mine. A run that a breaker failed is told with its breaker. What began before this console started, or before
//! the connection was added, is no news and is not told; what was told before stays until it is over. A failed run does not
//! become unfailed: it is over once somebody has looked at it, when a retry re-opens it, and after six hours. Deliberately
//! absent: drills, which nobody is to take for the real thing.

use super::{
    judge::{Cause, Kept, Present, Row},
    place, words,
};
use crate::{
    breakers,
    core::Core,
    drill,
    error::Error,
    link::Link,
    readiness, triage,
    view::{NoticeKind, Problem, ProblemCause, ReadinessQuery},
};
use cache::FailedLately;
use domain::{BreakerSource, BreakerState, CheckStatus, ConnectionId, Span, Timestamp};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

/// How long before it fails closed a gate is told of.
const CLOSES_WITHIN: Duration = Duration::from_mins(10);
/// Points of readiness whose loss is told.
const POINTS: u32 = 5;
/// How long a failed run waits for its steps to be read, which say whether a breaker failed it.
const UNREAD: Duration = Duration::from_secs(30);
/// Failed runs of one cause that are remembered.
const MEMBERS: usize = 200;
/// Changes of a score that are looked at.
const SCORES: u32 = 1_000;

/// Failed runs that somebody has looked at.
pub(super) type Seen = HashSet<String>;

/// What is wrong now, given what was told and is not over.
pub(super) async fn present(
    core: &Core,
    open: &[Row],
    seen: &mut Seen,
    looked_at: &[String],
) -> Result<Present, Error> {
    let open: HashMap<&str, &Kept> = open.iter().map(|row| (row.cause.as_str(), &row.kept)).collect();
    // Before the breakers: what these explain of a run is then at least as new as the run.
    let (mut failed, since) = (Vec::new(), core.now().minus(triage::FAILED_WITHIN));
    for link in core.links() {
        if !drill::is_drill(&link.connection()) {
            failed.push((core.read.failed_since(&link.id, since).await?, link));
        }
    }
    let known = breakers::known(core).await?;
    let found = triage::problems::of_breakers(core, &known).await?;
    let mut present = Present::default();
    let mut failed_now = HashSet::new();
    // Whoever opens the newest of several has looked at all of them.
    let is_opened = |kept: &&Kept| looked_at.iter().any(|at| place::path(at) == place::path(&kept.route));
    seen.extend(open.values().copied().filter(is_opened).flat_map(|kept| kept.members.iter().cloned()));
    for problem in &found.problems {
        of_breaker(core, problem, &open, &mut present);
    }
    for (failed, link) in failed {
        failed_now.extend(failed.iter().map(|run| member(&link.id, run)));
        let unexplained = failed.into_iter().filter(|run| found.explains(&link.id, &run.run).is_none());
        of_failures(core, &link, unexplained, &open, (seen, looked_at), &mut present);
        for problem in triage::problems::of_gates(core, &link).await? {
            present.causes.extend(of_gate(core, &link, &problem, &open));
        }
        of_readiness(core, &link, &open, &mut present).await?;
    }
    seen.retain(|member| failed_now.contains(member));
    Ok(present)
}

/// What began before this moment, on our clock, is no news.
fn news_from(core: &Core, link: &Link) -> Timestamp {
    core.started_at.max(link.connection().created_at)
}

/// A moment of a plane on our clock.
fn on_our_clock(link: &Link, at: Timestamp) -> Timestamp {
    let ahead = link.status().clock_skew_ms.unwrap_or(0);
    Timestamp::from_millis(at.as_millis().saturating_sub(ahead))
}

fn of_breaker(core: &Core, problem: &Problem, open: &HashMap<&str, &Kept>, present: &mut Present) {
    let ProblemCause::Breaker { breaker, .. } = &problem.cause else { return };
    let Some(link) = problem.connection.as_ref().and_then(|id| core.link(id).ok()) else { return };
    if drill::is_drill(&link.connection()) {
        return;
    }
    let is_told = open.contains_key(problem.id.as_str());
    match breaker.state {
        BreakerState::Open => {}
        BreakerState::HalfOpen | BreakerState::Isolated | BreakerState::Unknown => {
            present.unsure.insert(problem.id.clone());
            return;
        }
        BreakerState::Closed | BreakerState::Disabled | BreakerState::MetricsOnly => return,
    }
    let is_own = breaker.source == BreakerSource::Console;
    let at = if is_own { problem.since } else { on_our_clock(&link, problem.since) };
    if !is_told && at < news_from(core, &link) {
        return;
    }
    let name = link.name();
    let (title, text) = words::breaker(breaker, Some(&name), problem.failed, problem.held);
    let (connection, id) = (link.id.as_str(), breaker.id.as_str());
    let route = if is_own { place::own_breaker(connection, id) } else { place::blast(connection, id) };
    let kept = kept(NoticeKind::Breaker, &link.id, (title, text), route);
    let kept = Kept { over: Some(words::closed(breaker)), ..kept };
    present.causes.push(Cause { id: problem.id.clone(), at, kept });
}

fn of_failures(
    core: &Core,
    link: &Link,
    failed: impl Iterator<Item = FailedLately>,
    open: &HashMap<&str, &Kept>,
    (seen, looked_at): (&mut Seen, &[String]),
    present: &mut Present,
) {
    let (me, now, from) = (link.who().map(|who| who.principal), core.now(), news_from(core, link));
    let mut groups: BTreeMap<String, Vec<(String, FailedLately)>> = BTreeMap::new();
    for run in failed {
        // NOFX says of runs that nobody signed in for that nobody asked for them.
        let by = run.requested_by.as_ref().filter(|by| !by.is_empty());
        let is_mine = me.as_ref().zip(by).is_none_or(|(me, by)| me == by);
        let member = member(&link.id, &run);
        let id = cause_of(&link.id, &run);
        let at = on_our_clock(link, run.at);
        if looked_at
            .iter()
            .any(|looked_at| place::path(looked_at) == place::run(link.id.as_str(), run.run.as_str(), None))
        {
            seen.insert(member.clone());
        }
        let is_known = open.get(id.as_str()).is_some_and(|kept| kept.members.contains(&member));
        let is_unread = !run.complete && now.since(at) < UNREAD;
        if !is_mine || seen.contains(&member) || !(is_known || (at >= from && !is_unread)) {
            continue;
        }
        groups.entry(id).or_default().push((member, run));
    }
    for (id, mut runs) in groups {
        runs.sort_by_key(|(_, run)| std::cmp::Reverse(run.at));
        let (Some((_, newest)), Some((_, oldest))) = (runs.first(), runs.last()) else { continue };
        let (step, at) = (newest.step.as_deref(), on_our_clock(link, oldest.at));
        let why = newest.failure.as_ref().map_or("", |failure| failure.code.as_str());
        let said = words::failure(&newest.goal, step, why, &link.name(), runs.len());
        let route = place::run(link.id.as_str(), newest.run.as_str(), step);
        let kept = kept(NoticeKind::Failure, &link.id, said, route);
        let members = runs.into_iter().map(|(member, _)| member).take(MEMBERS).collect();
        present.causes.push(Cause { id, at, kept: Kept { members, ..kept } });
    }
}

/// A run as it failed: a retry that fails again is another failure.
fn member(connection: &ConnectionId, run: &FailedLately) -> String {
    format!("{connection}/{}#{}", run.run, run.generation)
}

/// Runs that failed at one step for one reason have one cause, as in triage; one that gives no reason stands alone.
fn cause_of(connection: &ConnectionId, run: &FailedLately) -> String {
    match run.failure.as_ref().map(|failure| failure.code.as_str()).filter(|code| !code.is_empty()) {
        Some(code) => triage::problems::failures_id(connection, code, run.step.as_deref()),
        None => format!("failure:{connection}:{}", run.run),
    }
}

fn of_gate(core: &Core, link: &Link, problem: &Problem, open: &HashMap<&str, &Kept>) -> Option<Cause> {
    let ProblemCause::Approval { run, goal, step, expires_at: Some(expires_at), .. } = &problem.cause else {
        return None;
    };
    let (now, closes_at) = (core.now(), on_our_clock(link, *expires_at));
    let at = closes_at.minus(CLOSES_WITHIN).max(on_our_clock(link, problem.since));
    if now < at || now >= closes_at || (at < news_from(core, link) && !open.contains_key(problem.id.as_str())) {
        return None;
    }
    let route = place::run(link.id.as_str(), run.as_str(), Some(step));
    let kept = kept(NoticeKind::Approval, &link.id, words::approval(step, goal, &link.name()), route);
    Some(Cause { id: problem.id.clone(), at, kept })
}

async fn of_readiness(
    core: &Core,
    link: &Link,
    open: &HashMap<&str, &Kept>,
    present: &mut Present,
) -> Result<(), Error> {
    let id = triage::problems::checks_id(Some(&link.id));
    let told = open.get(id.as_str());
    let from = news_from(core, link);
    let scores = core.read.scores(&link.id, Span { from, to: core.now() }, SCORES).await?;
    let Some(newest) = scores.first().filter(|newest| newest.at >= from || told.is_some()) else { return Ok(()) };
    let before = told.and_then(|kept| kept.reference);
    let Some(reference) = scores.iter().map(|point| point.score).chain(before).max() else { return Ok(()) };
    if newest.score.saturating_add(POINTS) > reference {
        return Ok(());
    }
    let readiness = readiness::get(core, ReadinessQuery { connection: Some(link.id.clone()) }).await?;
    let lost = readiness.checks.iter().filter(|check| check.regressed && check.status == CheckStatus::Fail);
    let Some(worst) = lost.max_by_key(|check| check.weight) else {
        // Evidence that expires because nobody is heard is the silence of a plane and no regression.
        present.unsure.insert(id);
        return Ok(());
    };
    let said = words::readiness(&link.name(), (reference, newest.score), &worst.title);
    let kept = kept(NoticeKind::Readiness, &link.id, said, place::check(&worst.id));
    present.causes.push(Cause { id, at: newest.at, kept: Kept { reference: Some(reference), ..kept } });
    Ok(())
}

fn kept(kind: NoticeKind, connection: &ConnectionId, (title, text): (String, String), route: String) -> Kept {
    let connection = Some(connection.clone());
    Kept { kind, connection, title, text, route, over: None, members: Vec::new(), reference: None, shown: false }
}
