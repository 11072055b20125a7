//! Readiness: probes that anyone can run again, each with what it asked, what came back and what that means.
//!
//! A check that has not been run, or whose evidence is too old, is unknown and earns nothing. Deliberately absent: any
//! score that is not computed from these.

mod check;
mod checks;
mod history;
mod judged;
mod measured;
pub(crate) mod on_change;
mod place;
pub(crate) mod probing;
mod registry;
mod report;
pub(crate) mod schedule;
mod seen;
mod weights;

use crate::{
    call::Call,
    core::Core,
    error::{Error, fault},
    link::Link,
    parts::SyncMode,
    view::{ReadinessQuery, ReadinessStatus, RunChecks},
};
use check::{Check, Facts, Manner, Outcome, ProbeContext, Subject};
use domain::{Breaker, Check as Found, CheckStatus, ConnectionId, Evidence, Points, Readiness};
use futures::{StreamExt as _, stream::FuturesUnordered};
use place::Place;
use seen::Seen;
use tokio::time::Instant;

pub(crate) use history::history;
pub use report::readiness_in_markdown;
pub(crate) use report::report;

/// What is said of a check that writes, before somebody runs it.
const WRITES: &str = "It writes under a name of its own and cleans up, or uses a limit up.";

/// The score and what it is made of, as last probed.
pub(crate) async fn get(core: &Core, query: ReadinessQuery) -> Result<Readiness, Error> {
    let link = match &query.connection {
        Some(_) => Some(core.link_or_default(query.connection.as_ref())?),
        None => core.link_or_default(None).ok(),
    };
    judged::readiness(core, link.as_deref()).await
}

/// Probes now. What writes is probed only if it is named.
pub(crate) async fn run(core: &Core, call: &Call, request: RunChecks) -> Result<Readiness, Error> {
    let unknown =
        request.checks.iter().enumerate().filter(|(_, id)| !registry::ALL.iter().any(|check| check.facts().id == **id));
    let faults: Vec<_> = unknown
        .map(|(index, id)| {
            fault(
                &format!("checks[{index}]"),
                "unknown_check",
                format!("there is no check {id:?}"),
                "Choose one from the list.",
            )
        })
        .collect();
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let link = core.link_or_default(request.connection.as_ref())?;
    let wanted = |check: &&dyn Check| match &*request.checks {
        [] => check.manner() != Manner::Writes,
        named => named.iter().any(|id| *id == check.facts().id),
    };
    round(core, call, &link, wanted).await?;
    judged::readiness(core, Some(&link)).await
}

/// Probes what the schedule may ask and what is due.
async fn run_due(core: &Core, call: &Call, link: &Link) -> Result<(), Error> {
    let known = core.read.checks().await?;
    let now = core.now();
    let is_due = |check: &&dyn Check| {
        let Some(every) = check.manner().every() else { return false };
        let connection = connection_of(check.facts(), Some(&link.id));
        let last = known.iter().find(|last| last.id == check.facts().id && last.connection == connection);
        last.and_then(|last| last.checked_at).is_none_or(|at| now.since(at) >= every)
    };
    round(core, call, link, is_due).await
}

/// One round of probes, kept.
async fn round(core: &Core, call: &Call, link: &Link, wanted: impl Fn(&&dyn Check) -> bool) -> Result<(), Error> {
    let breakers = breakers(core, link).await;
    let seen = Seen::default();
    let context = ProbeContext { core, call, link, breakers: &breakers, seen: &seen };
    let checks: Vec<_> = applicable(core.mode, Some(link)).filter(wanted).collect();
    let under = core.probing.begin(link.id.clone(), checks.iter().map(|check| check.facts()).collect());
    let probes = checks.into_iter().map(|check| probe(&context, check));
    let mut probes: FuturesUnordered<_> = probes.collect();
    let mut found = Vec::new();
    loop {
        tokio::select! {
            next = probes.next() => match next {
                Some(check) => {
                    under.done(&check.id);
                    found.push(check);
                }
                None => break,
            },
            // What was found up to now is kept; what was not asked stays as it was.
            () = under.cancelled() => break,
        }
    }
    drop(under);
    history::keep(core, &found).await
}

/// How far the round of probes has come that is under way, if one is.
pub(crate) fn status(core: &Core, query: &ReadinessQuery) -> Result<ReadinessStatus, Error> {
    let link = core.link_or_default(query.connection.as_ref())?;
    Ok(ReadinessStatus { progress: core.probing.progress(&link.id) })
}

/// Ends the rounds of probes that are under way and answers how far they had come.
pub(crate) fn cancel(core: &Core, query: &ReadinessQuery) -> Result<ReadinessStatus, Error> {
    let link = core.link_or_default(query.connection.as_ref())?;
    Ok(ReadinessStatus { progress: core.probing.cancel(&link.id) })
}

/// Every breaker of this console. That of the connection in question is there even if nothing was asked of it yet.
async fn breakers(core: &Core, link: &Link) -> Vec<Breaker> {
    // Why it cannot be made is for the checks of the plane to say.
    let _ = link.guarded(core).await;
    let now = core.now();
    core.links().into_iter().filter_map(|link| link.made_port()).flat_map(|port| port.shown(now)).collect()
}

async fn probe(context: &ProbeContext<'_>, check: &dyn Check) -> Found {
    let facts = check.facts();
    let started = Instant::now();
    let patience = check.manner().patience();
    let outcome = tokio::time::timeout(patience, outcome(context, check)).await;
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (status, request, answer, finding) = match outcome {
        Ok(outcome) => (outcome.status, outcome.request, outcome.answer, outcome.finding),
        Err(_) => (
            CheckStatus::Unknown,
            facts.title.to_owned(),
            "nothing".to_owned(),
            format!("There was no answer within {} seconds.", patience.as_secs()),
        ),
    };
    Found {
        status,
        evidence: Some(Evidence { request, answer, finding, duration_ms }),
        checked_at: Some(context.core.now()),
        ..blank(check, connection_of(facts, Some(&context.link.id)))
    }
}

async fn outcome(context: &ProbeContext<'_>, check: &dyn Check) -> Outcome {
    if check.manner() == Manner::Writes && context.link.connection().read_only {
        let finding = "It writes, and this connection only reads.";
        return Outcome::new(CheckStatus::Unknown, "nothing", "nothing", finding);
    }
    check.probe(context).await
}

/// The checks whose question makes sense in such a console and for this connection, in the order of the registry.
fn applicable(mode: SyncMode, link: Option<&Link>) -> impl Iterator<Item = &'static dyn Check> + use<> {
    let place = Place::of(mode, link);
    registry::ALL.iter().copied().filter(move |check| check.applies(place))
}

fn connection_of(facts: &Facts, connection: Option<&ConnectionId>) -> Option<ConnectionId> {
    connection.filter(|_| facts.subject != Subject::Console).cloned()
}

fn blank(check: &dyn Check, connection: Option<ConnectionId>) -> Found {
    let facts = check.facts();
    Found {
        id: facts.id.to_owned(),
        title: facts.title.to_owned(),
        proves: facts.proves.to_owned(),
        group: facts.subject.group().to_owned(),
        connection,
        status: CheckStatus::Unknown,
        evidence: None,
        remedy: facts.remedy.to_owned(),
        owner: facts.owner.to_owned(),
        weight: weights::of(facts.id),
        points: Points::default(),
        checked_at: None,
        expires_at: None,
        since: None,
        last_pass: None,
        regressed: false,
        writes: (check.manner() == Manner::Writes).then(|| WRITES.to_owned()),
    }
}
