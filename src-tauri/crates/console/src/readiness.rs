//! Readiness: probes that anyone can run again, each with what it asked, what came back and what that means.
//!
//! A check that has not been run, or whose evidence is too old, is unknown and earns nothing. Deliberately absent: any
//! score that is not computed from these.

mod check;
mod checks;
mod registry;
pub(crate) mod schedule;
mod weights;

use crate::{
    call::Call,
    core::Core,
    error::{Error, fault},
    link::Link,
    view::RunChecks,
};
use check::{Check, Facts, ProbeContext, Subject};
use domain::{Breaker, Check as Found, CheckStatus, ConnectionId, Evidence, Readiness};
use std::time::Duration;
use tokio::time::Instant;

/// Time limit of one probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

/// The score and what it is made of, as last probed.
pub(crate) async fn get(core: &Core) -> Result<Readiness, Error> {
    let link = core.link_or_default(None).ok();
    assembled(core, link.as_deref()).await
}

/// Probes now.
pub(crate) async fn run(core: &Core, call: &Call, request: RunChecks) -> Result<Readiness, Error> {
    let unknown =
        request.checks.iter().enumerate().filter(|(_, id)| !applicable(core).any(|check| check.facts().id == **id));
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
    let wanted =
        |check: &&dyn Check| request.checks.is_empty() || request.checks.iter().any(|id| *id == check.facts().id);
    let breakers = breakers(core, &link).await;
    let context = ProbeContext { core, call, link: &link, breakers: &breakers };
    let probes = applicable(core).filter(wanted).map(|check| probe(&context, check));
    let found = futures::future::join_all(probes).await;
    core.write.put_checks(&found).await?;
    assembled(core, Some(&link)).await
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
    let outcome = tokio::time::timeout(PROBE_TIMEOUT, check.probe(context)).await;
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (status, request, answer, finding) = match outcome {
        Ok(outcome) => (outcome.status, outcome.request, outcome.answer, outcome.finding),
        Err(_) => (
            CheckStatus::Unknown,
            facts.title.to_owned(),
            "nothing".to_owned(),
            format!("There was no answer within {} seconds.", PROBE_TIMEOUT.as_secs()),
        ),
    };
    Found {
        status,
        evidence: Some(Evidence { request, answer, finding, duration_ms }),
        checked_at: Some(context.core.now()),
        ..blank(facts, connection_of(facts, Some(context.link)))
    }
}

/// Every check in the order of the registry, each as it was last found, or unknown.
async fn assembled(core: &Core, link: Option<&Link>) -> Result<Readiness, Error> {
    let known = core.read.checks().await?;
    let now = core.now();
    let checks = applicable(core).map(|check| {
        let facts = check.facts();
        let blank = blank(facts, connection_of(facts, link));
        let Some(last) = known.iter().find(|last| last.id == blank.id && last.connection == blank.connection) else {
            return blank;
        };
        let expired = last.checked_at.is_none_or(|at| now.since(at) > core.pace.evidence_valid);
        let status = if expired { CheckStatus::Unknown } else { last.status };
        Found { status, evidence: last.evidence.clone(), checked_at: last.checked_at, ..blank }
    });
    Ok(Readiness::of(checks.collect()))
}

/// The checks that can be judged in this console, in the order of the registry.
fn applicable(core: &Core) -> impl Iterator<Item = &'static dyn Check> + use<> {
    let mode = core.mode;
    registry::ALL.iter().copied().filter(move |check| check.applies(mode))
}

fn connection_of(facts: &Facts, link: Option<&Link>) -> Option<ConnectionId> {
    link.filter(|_| facts.subject == Subject::Plane).map(|link| link.id.clone())
}

fn blank(facts: &Facts, connection: Option<ConnectionId>) -> Found {
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
        checked_at: None,
    }
}
