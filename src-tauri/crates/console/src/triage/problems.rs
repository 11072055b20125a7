//! Problems by cause: an outage behind a breaker, a plane that is not heard, failures of one kind, stores that are stuck,
//! gates that wait for a person, checks that do not pass.

use super::{Explained, count};
use crate::{
    breakers::blast,
    core::Core,
    error::Error,
    link::Link,
    stores,
    view::{AffectedStep, BreakerEffect, BreakerView, Problem, ProblemCause, StoreView, WorstCheck},
};
use cache::FailedLately;
use domain::{
    BreakerSource, BreakerState, Check, CheckStatus, ConnectionId, ConnectionState, GateState, RunId, StoreStatus,
    Timestamp,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// A store that takes longer is stuck: ours are ready within a few minutes, and the platform itself gives up after ten.
const STUCK_AFTER: Duration = Duration::from_mins(10);
/// Checks that fail when a breaker is open, which is a problem of its own here.
const SHOWN_AS_BREAKERS: [&str; 2] = ["console.breakers", "provider.breakers"];
/// Gates of one connection that are named.
const GATES: usize = 20;

/// Problems of breakers, and what they do to runs.
pub(crate) struct Found {
    pub(crate) problems: Vec<Problem>,
    pub(super) held_since: Vec<Timestamp>,
    explained: Explained,
}

impl Found {
    /// The problem that explains why a run failed.
    pub(crate) fn explains(&self, connection: &ConnectionId, run: &RunId) -> Option<String> {
        self.explained.get(&(connection.clone(), run.clone())).cloned()
    }
}

/// Outages that go on, and those that ended and have left failed runs behind.
pub(crate) async fn of_breakers(core: &Core, known: &[BreakerView]) -> Result<Found, Error> {
    let mut found = Found { problems: Vec::new(), held_since: Vec::new(), explained: Explained::new() };
    for view in known {
        let breaker = &view.breaker;
        let is_over =
            matches!(breaker.state, BreakerState::Closed | BreakerState::Disabled | BreakerState::MetricsOnly);
        let source = if breaker.source == BreakerSource::Console { "console" } else { "plane" };
        let connection = breaker.connection.as_ref();
        let id = format!("breaker:{source}:{}:{}", connection.map_or("", ConnectionId::as_str), breaker.id);
        let measured = match connection {
            Some(connection) if breaker.source == BreakerSource::ControlPlane => {
                Some((connection, blast::measure(core, connection, breaker, None).await?))
            }
            _ => None,
        };
        let counts = measured.as_ref().map(|(_, measured)| measured.counts);
        let hurts = counts.is_some_and(|counts| counts.failed + counts.held > 0);
        if is_over && !hurts {
            continue;
        }
        let since = measured.as_ref().and_then(|(_, measured)| measured.opened_at).unwrap_or(breaker.since);
        let failed_probes = measured.as_ref().map_or(0, |(_, measured)| measured.failed_probes);
        if let Some((connection, measured)) = measured {
            for step in &measured.affected {
                if step.effect == BreakerEffect::Failed {
                    found.explained.insert((connection.clone(), step.run.clone()), id.clone());
                }
            }
            found.held_since.extend(held_since(&measured.affected));
        }
        found.problems.push(Problem {
            id,
            since,
            connection: breaker.connection.clone(),
            connection_name: view.connection_name.clone(),
            failed: counts.map_or(0, |counts| counts.failed),
            held: counts.map_or(0, |counts| counts.held),
            acknowledged: None,
            cause: ProblemCause::Breaker { breaker: Box::new(breaker.clone()), failed_probes, counts },
        });
    }
    Ok(found)
}

/// When each run that is held up was first hit.
fn held_since(affected: &[AffectedStep]) -> Vec<Timestamp> {
    let mut runs: BTreeMap<&RunId, Timestamp> = BTreeMap::new();
    for step in affected.iter().filter(|step| step.effect == BreakerEffect::Held) {
        if let Some(first) = step.first_at {
            runs.entry(&step.run).and_modify(|known| *known = first.min(*known)).or_insert(first);
        }
    }
    runs.into_values().collect()
}

/// Runs that failed at one step for one reason.
pub(super) fn of_failures(
    connection: &ConnectionId,
    name: &str,
    (step, code): (Option<String>, String),
    runs: &[FailedLately],
) -> Option<Problem> {
    let (newest, oldest) = (runs.first()?, runs.last()?);
    let failure = newest.failure.as_ref()?;
    let cause = ProblemCause::Failures {
        step: step.clone(),
        code: code.clone(),
        message: failure.message.clone(),
        remedy: failure.remedy.clone(),
        newest: newest.run.clone(),
    };
    Some(Problem {
        id: failures_id(connection, &code, step.as_deref()),
        failed: count(runs.len()),
        ..problem(connection, name, oldest.at, cause)
    })
}

/// By which failures of one kind are known.
pub(crate) fn failures_id(connection: &ConnectionId, code: &str, step: Option<&str>) -> String {
    format!("failures:{connection}:{code}:{}", step.unwrap_or_default())
}

/// By which checks of one subject are known; `None` is the console itself.
pub(crate) fn checks_id(connection: Option<&ConnectionId>) -> String {
    format!("checks:{}", connection.map_or("", ConnectionId::as_str))
}

/// What is wrong besides breakers and failed runs.
pub(super) async fn elsewhere(core: &Core) -> Result<Vec<Problem>, Error> {
    let mut problems = Vec::new();
    for link in core.links() {
        problems.extend(of_connection(core, &link).await?);
        problems.extend(of_gates(core, &link).await?);
    }
    let now = core.now();
    problems.extend(stores::list(core).await?.items.into_iter().filter_map(|view| of_store(view, now)));
    problems.extend(of_checks(core).await?);
    Ok(problems)
}

/// Leaves out what follows from a plane that is lost and so is no cause of its own: that our calls to it are refused, and
/// that checks of it do not pass.
pub(super) fn without_consequences(problems: &mut Vec<Problem>) {
    let lost: BTreeSet<ConnectionId> = problems
        .iter()
        .filter(|problem| matches!(problem.cause, ProblemCause::Connection { state: ConnectionState::Offline, .. }))
        .filter_map(|problem| problem.connection.clone())
        .collect();
    problems.retain(|problem| {
        let follows = match &problem.cause {
            ProblemCause::Breaker { breaker, .. } => breaker.source == BreakerSource::Console,
            ProblemCause::Checks { .. } => true,
            _ => false,
        };
        !(follows && problem.connection.as_ref().is_some_and(|connection| lost.contains(connection)))
    });
}

async fn of_connection(core: &Core, link: &Link) -> Result<Option<Problem>, Error> {
    let status = link.status();
    let is_well = matches!(status.state, ConnectionState::Live | ConnectionState::Polled | ConnectionState::Connecting);
    if is_well || !core.mode.is_live() {
        return Ok(None);
    }
    let open_runs = count(core.read.open_runs(&link.id).await?.len());
    let since = status.last_seen_at.unwrap_or(core.started_at);
    let (state, last_seen_at, error) = (status.state, status.last_seen_at, status.error);
    let cause = ProblemCause::Connection { state, last_seen_at, error, open_runs };
    let id = format!("connection:{}", link.id);
    Ok(Some(Problem { id, ..problem(&link.id, &link.name(), since, cause) }))
}

/// Gates that wait for a person.
pub(crate) async fn of_gates(core: &Core, link: &Link) -> Result<Vec<Problem>, Error> {
    let mut problems = Vec::new();
    for asked in core.read.open_gates(&link.id).await?.into_iter().take(GATES) {
        let Some(known) = core.read.run(&link.id, &asked.run).await? else { continue };
        let summary = known.run.summary;
        let step = known.run.steps.into_iter().find(|step| step.id == asked.step);
        let Some((name, gate)) = step.and_then(|step| step.gate.map(|gate| (step.name, gate))) else { continue };
        if gate.state != GateState::Open {
            continue;
        }
        let cause = ProblemCause::Approval {
            run: asked.run.clone(),
            goal: summary.goal,
            step: name,
            question: gate.question,
            expires_at: gate.expires_at,
        };
        let id = format!("approval:{}:{}:{}", link.id, asked.run, asked.step);
        problems.push(Problem { id, held: 1, ..problem(&link.id, &link.name(), gate.asked_at, cause) });
    }
    Ok(problems)
}

fn of_store(view: StoreView, now: Timestamp) -> Option<Problem> {
    let failed = match view.store.status {
        StoreStatus::Failed => true,
        StoreStatus::Provisioning if now.since(view.store.since) >= STUCK_AFTER => false,
        _ => return None,
    };
    let message = view.failure.map(|failure| failure.message);
    let cause = ProblemCause::Store { run: view.run.clone(), name: view.store.name, failed, message };
    let id = format!("store:{}:{}", view.connection, view.run);
    Some(Problem { id, ..problem(&view.connection, &view.connection_name, view.store.since, cause) })
}

async fn of_checks(core: &Core) -> Result<Vec<Problem>, Error> {
    let mut subjects: BTreeMap<Option<ConnectionId>, Vec<Check>> = BTreeMap::new();
    for check in core.read.checks().await? {
        let is_shown = SHOWN_AS_BREAKERS.contains(&check.id.as_str()) && check.status == CheckStatus::Fail;
        if matches!(check.status, CheckStatus::Fail | CheckStatus::Unknown) && check.checked_at.is_some() && !is_shown {
            subjects.entry(check.connection.clone()).or_default().push(check);
        }
    }
    let problems = subjects.into_iter().filter_map(|(connection, checks)| {
        let with = |status| count(checks.iter().filter(|check| check.status == status).count());
        let (failing, unknown) = (with(CheckStatus::Fail), with(CheckStatus::Unknown));
        let worst = checks.iter().max_by_key(|check| (check.status == CheckStatus::Fail, check.weight))?;
        let since = checks.iter().filter_map(|check| check.checked_at).min()?;
        let finding = worst.evidence.as_ref().map(|evidence| evidence.finding.clone());
        let (id, title, status) = (worst.id.clone(), worst.title.clone(), worst.status);
        let cause = ProblemCause::Checks { failing, unknown, worst: WorstCheck { id, title, status, finding } };
        let name = connection.as_ref().and_then(|id| core.link(id).ok()).map(|link| link.name());
        Some(Problem {
            id: checks_id(connection.as_ref()),
            cause,
            since,
            connection,
            connection_name: name,
            failed: 0,
            held: 0,
            acknowledged: None,
        })
    });
    Ok(problems.collect())
}

fn problem(connection: &ConnectionId, name: &str, since: Timestamp, cause: ProblemCause) -> Problem {
    Problem {
        id: String::new(),
        cause,
        since,
        connection: Some(connection.clone()),
        connection_name: Some(name.to_owned()),
        failed: 0,
        held: 0,
        acknowledged: None,
    }
}

/// What hurts most first; what has ended, and what hurts nobody, last.
pub(super) fn sort(problems: &mut [Problem]) {
    let rank = |problem: &Problem| match &problem.cause {
        ProblemCause::Breaker { breaker, .. } if breaker.state == BreakerState::Closed => 3,
        ProblemCause::Breaker { .. } if problem.failed + problem.held > 0 => 0,
        ProblemCause::Connection { .. } => 1,
        ProblemCause::Failures { .. } | ProblemCause::Store { .. } => 2,
        ProblemCause::Approval { .. } => 4,
        ProblemCause::Breaker { .. } => 5,
        ProblemCause::Checks { .. } => 6,
    };
    problems.sort_by_key(|problem| (rank(problem), std::cmp::Reverse(problem.failed + problem.held), problem.since));
}
