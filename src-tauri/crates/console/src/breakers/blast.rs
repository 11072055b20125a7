//! The blast radius of a breaker: exactly the runs and steps that an outage behind it failed, holds up or is about to meet.
//!
//! It is told from the cache alone, so it is there with no network too, and says how old it is and what is missing from it.
//! Deliberately absent: the console's own breakers, through which no step of a run calls.

use crate::{
    core::Core,
    error::Error,
    freshness,
    view::{AffectedStep, BlastCounts, BlastQuery, BlastRadius, BreakerEffect, WorkflowCount},
};
use cache::{MetStep, StepAhead};
use domain::{Breaker, BreakerEvent, BreakerSource, BreakerState, ConnectionId, StepStatus, Timestamp, WaitingFor};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

/// Steps that are named.
const NAMED: usize = 500;
/// Workflows that are named.
const WORKFLOWS: usize = 20;
/// What happened to the breaker, as far back as an outage is looked for.
const EVENTS: u32 = 1_000;
/// An outage that ended longer ago is no longer what is asked for.
const PAST: Duration = Duration::from_hours(24);
/// A breaker that opens again so soon has not seen the end of its outage.
const SAME_OUTAGE: Duration = Duration::from_mins(5);

/// Everything that was measured of a blast radius.
pub(crate) struct Measured {
    /// From when attempts count.
    pub(crate) since: Timestamp,
    /// When the outage opened the breaker; `None` if none is known.
    pub(crate) opened_at: Option<Timestamp>,
    /// Probes that failed since then.
    pub(crate) failed_probes: u64,
    pub(crate) counts: BlastCounts,
    /// Every step, what is worst first.
    pub(crate) affected: Vec<AffectedStep>,
}

/// What a breaker of a plane did to runs, does to them, and is about to do.
pub(crate) async fn radius(core: &Core, wanted: &BlastQuery) -> Result<BlastRadius, Error> {
    let link = core.link_or_default(wanted.connection.as_ref())?;
    let known = core.read.breakers().await?.into_iter().find(|known| {
        let breaker = &known.breaker;
        (breaker.source, breaker.connection.as_ref(), &breaker.id)
            == (BreakerSource::ControlPlane, Some(&link.id), &wanted.breaker)
    });
    let known = known.ok_or_else(|| Error::NotFound { what: format!("the breaker {}", wanted.breaker) })?;
    let Measured { since, opened_at, counts, mut affected, .. } =
        measure(core, &link.id, &known.breaker, wanted.since).await?;
    let (workflows, more) = (workflows(&affected), affected.len() > NAMED);
    affected.truncate(NAMED);
    Ok(BlastRadius {
        connection: link.id.clone(),
        connection_name: link.name(),
        breaker: known.breaker.id,
        since,
        opened_at,
        counts,
        workflows,
        steps: affected,
        more,
        unread_runs: core.read.runs_unread_since(&link.id, since).await?,
        freshness: freshness::of(core, Some(&link), Some(known.read_at)),
    })
}

/// Measures the blast radius of a breaker of a plane, from a time or from the first failure of its outage.
pub(crate) async fn measure(
    core: &Core,
    connection: &ConnectionId,
    breaker: &Breaker,
    since: Option<Timestamp>,
) -> Result<Measured, Error> {
    let events = core.read.breaker_events(Some(connection), BreakerSource::ControlPlane, &breaker.id, EVENTS).await?;
    let is_closed = breaker.state == BreakerState::Closed;
    let earliest = core.now().minus(PAST);
    let opened_at = outage(&events, earliest).or((!is_closed).then_some(breaker.since));
    let since = match (since, opened_at) {
        (Some(since), _) => since,
        (None, Some(at)) => core.read.failing_since(connection, &breaker.id, at).await?.unwrap_or(at),
        (None, None) => earliest,
    };
    let hit = core.read.steps_hit(connection, &breaker.id, since).await?;
    // A closed breaker lets pass whatever comes next.
    let ahead = if is_closed { Vec::new() } else { core.read.steps_ahead(connection, &breaker.id).await? };
    let affected = affected(hit, ahead);
    let failed_probe = |event: &&BreakerEvent| {
        (event.from, event.to) == (BreakerState::HalfOpen, BreakerState::Open)
            && opened_at.is_some_and(|opened_at| event.at >= opened_at)
    };
    let failed_probes = count(events.iter().filter(failed_probe).count());
    Ok(Measured { since, opened_at, failed_probes, counts: counts(&affected), affected })
}

/// The beginning of the newest outage among these events, newest first, unless it ended before `earliest`.
fn outage(events: &[BreakerEvent], earliest: Timestamp) -> Option<Timestamp> {
    let mut began: Option<Timestamp> = None;
    for event in events {
        if event.to == BreakerState::Closed && event.from != BreakerState::Closed {
            let goes_on = began.is_some_and(|began| began.since(event.at) <= SAME_OUTAGE);
            let is_recent = began.is_none() && event.at >= earliest;
            if !(goes_on || is_recent) {
                return began;
            }
        }
        if event.from == BreakerState::Closed && event.to != BreakerState::Closed {
            began = Some(event.at);
        }
    }
    began
}

/// Every step once, what is worst first.
fn affected(hit: Vec<MetStep>, ahead: Vec<StepAhead>) -> Vec<AffectedStep> {
    let known: HashSet<_> = hit.iter().map(|met| (met.ahead.run.clone(), met.ahead.step.clone())).collect();
    let fresh = ahead.into_iter().filter(|step| !known.contains(&(step.run.clone(), step.step.clone())));
    let next = fresh.map(|step| {
        let held = step.waiting_for == Some(WaitingFor::Breaker);
        let effect = if held { BreakerEffect::Held } else { BreakerEffect::Next };
        shown(effect, step, (0, 0), (None, None))
    });
    let mut all: Vec<_> = hit
        .into_iter()
        .map(|met| (effect(&met), met))
        .map(|(effect, met)| {
            shown(effect, met.ahead, (met.failures, met.refusals), (Some(met.first_at), Some(met.newest_at)))
        })
        .chain(next)
        .collect();
    all.sort_by_key(|step| (step.effect, std::cmp::Reverse(step.newest_at)));
    all
}

fn effect(met: &MetStep) -> BreakerEffect {
    match met.ahead.status {
        StepStatus::Queued | StepStatus::Running | StepStatus::Waiting => BreakerEffect::Held,
        StepStatus::Failed | StepStatus::TimedOut | StepStatus::Interrupted if met.was_hit_last => {
            BreakerEffect::Failed
        }
        _ => BreakerEffect::Delayed,
    }
}

fn shown(
    effect: BreakerEffect,
    step: StepAhead,
    (failures, refusals): (u64, u64),
    (first_at, newest_at): (Option<Timestamp>, Option<Timestamp>),
) -> AffectedStep {
    let StepAhead { run, goal, template, run_status, step, name, tool, status, waiting_for, waiting_until, .. } = step;
    AffectedStep {
        effect,
        run,
        goal,
        template,
        run_status,
        step,
        name,
        tool,
        status,
        waiting_for,
        waiting_until,
        failures,
        refusals,
        first_at,
        newest_at,
    }
}

fn counts(steps: &[AffectedStep]) -> BlastCounts {
    let mut runs: HashMap<&str, HashSet<BreakerEffect>> = HashMap::new();
    let mut sent = HashSet::new();
    let mut counts = BlastCounts::default();
    for step in steps {
        runs.entry(step.run.as_str()).or_default().insert(step.effect);
        if step.effect == BreakerEffect::Failed && step.failures > 0 {
            sent.insert(step.run.as_str());
        }
        counts.attempts += step.failures + step.refusals;
        counts.attempts_sent += step.failures;
        counts.first_at = step.first_at.map(|at| counts.first_at.map_or(at, |first| first.min(at))).or(counts.first_at);
        counts.newest_at = counts.newest_at.max(step.newest_at);
    }
    let with = |effect| count(runs.values().filter(|effects| effects.contains(&effect)).count());
    BlastCounts {
        runs: count(runs.len()),
        failed: with(BreakerEffect::Failed),
        failed_after_sending: count(sent.len()),
        held: with(BreakerEffect::Held),
        next: with(BreakerEffect::Next),
        delayed: with(BreakerEffect::Delayed),
        ..counts
    }
}

fn workflows(steps: &[AffectedStep]) -> Vec<WorkflowCount> {
    let mut runs: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
    for step in steps {
        runs.entry(step.template.as_deref().unwrap_or(&step.goal)).or_default().insert(step.run.as_str());
    }
    let count = |(workflow, runs): (&str, HashSet<&str>)| WorkflowCount {
        workflow: workflow.to_owned(),
        runs: count(runs.len()),
    };
    let mut workflows: Vec<_> = runs.into_iter().map(count).collect();
    workflows.sort_by_key(|workflow| std::cmp::Reverse(workflow.runs));
    workflows.truncate(WORKFLOWS);
    workflows
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::outage;
    use domain::BreakerState::{Closed, HalfOpen, Open};
    use domain::{BreakerEvent, BreakerHappening, BreakerState, Timestamp};

    fn event(minute: i64, from: BreakerState, to: BreakerState) -> BreakerEvent {
        BreakerEvent {
            seq: 0,
            breaker: "ai:anthropic".into(),
            at: at(minute),
            what: BreakerHappening::Opened,
            from,
            to,
            cause: None,
            until: None,
            actor: None,
            reason: None,
            correlation_id: None,
        }
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_millis(minute * 60_000)
    }

    #[test]
    fn an_outage_begins_where_the_breaker_was_last_closed_for_long() {
        // Newest first: open now, closed for two minutes before, and an outage of long ago.
        let events = [
            event(62, HalfOpen, Open),
            event(61, Open, HalfOpen),
            event(60, Closed, Open),
            event(58, HalfOpen, Closed),
            event(55, Open, HalfOpen),
            event(50, Closed, Open),
            event(20, HalfOpen, Closed),
            event(10, Closed, Open),
        ];
        assert_eq!(
            outage(&events, at(0)),
            Some(at(50)),
            "two minutes of peace do not end an outage, half an hour does"
        );
        assert_eq!(outage(&events[3..], at(30)), Some(at(50)), "one that ended lately is what is asked for");
        assert_eq!(outage(&events[3..], at(59)), None, "one that ended long ago is not");
        assert_eq!(outage(&[], at(0)), None, "nothing happened");
    }
}
