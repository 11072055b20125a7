//! Triage: what is wrong, why, since when, and whom it hurts, from everything that the cache knows.
//!
//! Lanes, problems and counts are put together here once, so that no face does it differently. Deliberately absent: any sentence, which a
//! face makes of these facts, and any call to a plane.

mod lanes;
pub(crate) mod problems;

use crate::{
    acts::{Deed, keep},
    breakers,
    call::Call,
    core::Core,
    error::Error,
    view::{AcknowledgeProblem, Acknowledgement, FailedRun, LoneFailure, Problem, Triage, TriageQuery},
};
use domain::{ConnectionId, Timestamp};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

/// Shortest and longest span of the lanes, in minutes, and the usual one.
const MINUTES: (u32, u32, u32) = (10, 360, 30);
/// A run that failed longer ago is history, not a problem.
pub(crate) const FAILED_WITHIN: Duration = Duration::from_hours(6);
/// Failed runs that are drawn.
const DRAWN: usize = 5_000;
/// Failed runs that stand alone and are named.
const ALONE: usize = 5;
/// So many failures of one kind are no coincidence.
const A_GROUP: usize = 2;

/// What is wrong now, and what went on in the time before.
pub(crate) async fn get(core: &Core, query: TriageQuery) -> Result<Triage, Error> {
    let (at, minutes) = (core.now(), minutes(query)?);
    let from = at.minus(Duration::from_mins(minutes.into()));
    let recent = at.minus(FAILED_WITHIN).min(from);
    let known = breakers::known(core).await?;
    let mut found = problems::of_breakers(core, &known).await?;
    let mut failures = Failures::default();
    let (mut failed_runs, mut unread_runs) = (0, 0);
    for link in core.links() {
        let failed = core.read.failed_since(&link.id, recent).await?;
        failed_runs += failed.len();
        unread_runs += core.read.runs_unread_since(&link.id, recent).await?;
        failures.explain(&link.id, &link.name(), failed, &found);
    }
    found.problems.extend(failures.groups());
    found.problems.extend(problems::elsewhere(core).await?);
    problems::without_consequences(&mut found.problems);
    let in_hand = core.read.acknowledged().await?;
    for problem in &mut found.problems {
        problem.acknowledged = in_hand
            .iter()
            .find(|known| known.problem == problem.id)
            .map(|known| Acknowledgement { actor: known.actor.clone(), at: known.at });
    }
    problems::sort(&mut found.problems);
    let lanes = lanes::of(core, &known, &found.problems, (from, at)).await?;
    let alone_in_all = count(failures.alone.len());
    failures.alone.truncate(ALONE);
    found.held_since.sort_unstable();
    Ok(Triage {
        from,
        at,
        quiet_breakers: lanes.quiet,
        breakers: lanes.lanes,
        failures: failures.drawn(from),
        held_since: found.held_since,
        problems: found.problems,
        alone: failures.alone,
        alone_in_all,
        failed_runs: count(failed_runs),
        unread_runs,
    })
}

fn minutes(query: TriageQuery) -> Result<u32, Error> {
    let (least, most, usual) = MINUTES;
    let minutes = query.minutes.unwrap_or(usual);
    if (least..=most).contains(&minutes) {
        return Ok(minutes);
    }
    let rule = format!("the lanes span {least} to {most} minutes");
    Err(Error::invalid("minutes", "range", rule, "Ask for a span in that range."))
}

/// Takes a problem in hand, or gives it back.
pub(crate) async fn acknowledge(core: &Core, call: &Call, request: AcknowledgeProblem) -> Result<Triage, Error> {
    let mut triage = get(core, TriageQuery { minutes: None }).await?;
    let Some(problem) = triage.problems.iter_mut().find(|problem| problem.id == request.problem) else {
        return Err(Error::NotFound { what: format!("the problem {}", request.problem) });
    };
    let by = request.in_hand.then(|| (core.actor.as_str(), core.now()));
    core.write.acknowledge(&request.problem, by).await?;
    problem.acknowledged = by.map(|(actor, at)| Acknowledgement { actor: actor.to_owned(), at });
    let action = if request.in_hand { "acknowledge_problem" } else { "give_problem_back" };
    keep(core, call, Deed::here(action, request.problem), None).await;
    Ok(triage)
}

/// Failed runs by what explains them.
#[derive(Default)]
struct Failures {
    explained: Vec<FailedRun>,
    groups: Vec<Problem>,
    alone: Vec<LoneFailure>,
}

impl Failures {
    fn explain(
        &mut self,
        connection: &ConnectionId,
        name: &str,
        failed: Vec<cache::FailedLately>,
        found: &problems::Found,
    ) {
        let mut kinds: BTreeMap<(Option<String>, String), Vec<cache::FailedLately>> = BTreeMap::new();
        for run in failed {
            if let Some(problem) = found.explains(connection, &run.run) {
                self.explained.push(FailedRun { at: run.at, problem: Some(problem) });
                continue;
            }
            let code = run.failure.as_ref().map_or_else(String::new, |failure| failure.code.clone());
            kinds.entry((run.step.clone(), code)).or_default().push(run);
        }
        for ((step, code), runs) in kinds {
            if runs.len() < A_GROUP || code.is_empty() {
                self.alone.extend(runs.into_iter().map(|run| lone(connection, run)));
                continue;
            }
            let Some(problem) = problems::of_failures(connection, name, (step, code), &runs) else { continue };
            self.explained.extend(runs.iter().map(|run| FailedRun { at: run.at, problem: Some(problem.id.clone()) }));
            self.groups.push(problem);
        }
        self.alone.sort_by_key(|lone| std::cmp::Reverse(lone.at));
    }

    fn groups(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.groups)
    }

    /// Those of the lanes, oldest first.
    fn drawn(&self, from: Timestamp) -> Vec<FailedRun> {
        let alone = self.alone.iter().map(|lone| FailedRun { at: lone.at, problem: None });
        let mut drawn: Vec<_> = self.explained.iter().cloned().chain(alone).filter(|run| run.at >= from).collect();
        drawn.sort_by_key(|run| run.at);
        let surplus = drawn.len().saturating_sub(DRAWN);
        drawn.drain(..surplus);
        drawn
    }
}

fn lone(connection: &ConnectionId, run: cache::FailedLately) -> LoneFailure {
    LoneFailure {
        connection: connection.clone(),
        run: run.run,
        goal: run.goal,
        step: run.step,
        code: run.failure.map(|failure| failure.code),
        at: run.at,
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Problems by the run that they explain.
type Explained = HashMap<(ConnectionId, domain::RunId), String>;
