//! The account of a drill: everything that is said of it, from what the providers, the plane and the record of acts know.

use super::{
    acts::{self, Bench},
    attempts::{self, Asked},
    goals::{self, Measured},
    stage::DrillSeen,
};
use crate::view::{Drill, DrillEnd, DrillProof, DrillRuns, DrillVerdict};
use cache::Act;
use domain::{
    BreakerEvent, BreakerHappening, ConnectionId, DrillPhase, DrillScenario, Run, RunStatus, Timestamp, WaitingFor,
};
use std::time::Duration;

/// What is known of a drill from its beginning.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    pub(super) id: String,
    pub(super) scenario: DrillScenario,
    pub(super) actor: String,
    pub(super) connection: ConnectionId,
    pub(super) providers: Vec<String>,
    pub(super) phases: Vec<DrillPhase>,
    pub(super) started_at: Timestamp,
    pub(super) ends_after_ms: u64,
    /// The drill of the same scenario before this one.
    pub(super) previous: Option<Box<Drill>>,
}

/// Figures that were compared, and how many were the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) all: u32,
    pub(super) equal: u32,
}

impl Begun {
    /// The account as it stands, or as it stood when the drill was ended.
    pub(super) fn account(
        &self,
        seen: &DrillSeen,
        acts: &[Act],
        ended: Option<(Timestamp, DrillEnd, Figures)>,
    ) -> Drill {
        let asked = attempts::all(&seen.runs);
        let is_over = ended.is_some();
        let played: Vec<DrillPhase> =
            self.phases.iter().filter(|phase| is_over || phase.after_ms <= seen.elapsed_ms).copied().collect();
        let bench = Bench {
            started_at: self.started_at,
            phases: &self.phases,
            requests: &seen.requests,
            breakers: &seen.breakers,
        };
        let acts = acts::judge(bench, acts);
        let failures: Vec<Timestamp> = asked.iter().filter_map(Asked::failed_at).collect();
        let first_symptom_at = failures.first().copied();
        let first_right = acts.iter().find(|act| act.verdict == DrillVerdict::Right);
        let first_right_after_ms =
            first_right.zip(first_symptom_at).map(|(act, symptom)| millis(act.at.since(symptom)));
        let opened = seen.breakers.iter().find(|event| event.what == BreakerHappening::Opened);
        let measured = Measured {
            started_at: self.started_at,
            elapsed_ms: seen.elapsed_ms,
            is_over,
            phases: &self.phases,
            asked: &asked,
            acts: &acts,
            first_symptom_at,
            first_right_after_ms,
        };
        Drill {
            id: self.id.clone(),
            scenario: self.scenario.clone(),
            actor: self.actor.clone(),
            connection: self.connection.clone(),
            started_at: self.started_at,
            ends_at: self.started_at.plus(Duration::from_millis(self.ends_after_ms)),
            ended_at: ended.map(|(at, ..)| at),
            ended_by: ended.map(|(_, by, _)| by),
            hidden: count(self.phases.len() - played.len()),
            played,
            first_symptom_at,
            opened_at: opened.map(|event| event.at),
            opened_at_failure: opened.and_then(|event| failure_that_opened(&asked, event)),
            goals: goals::measure(&measured, self.previous.as_deref()),
            failures,
            runs: counted(&seen.runs),
            acts,
            first_right_after_ms,
            proof: self.proof(seen, &asked, ended.map_or_else(Figures::default, |(.., figures)| figures)),
            breakers: seen.breakers.clone(),
        }
    }

    fn proof(&self, seen: &DrillSeen, asked: &[Asked<'_>], figures: Figures) -> DrillProof {
        DrillProof {
            addresses: self.providers.clone(),
            requests: seen.requests.clone(),
            attempts: count(asked.len()),
            refused: count(asked.iter().filter(|asked| asked.is_refused()).count()),
            undelivered: count(asked.iter().filter(|asked| asked.is_undelivered()).count()),
            figures: figures.all,
            figures_equal: figures.equal,
        }
    }
}

/// The place among failures in a row of the attempt that opened a breaker: of the request that opened it, the one that
/// ended with it. An earlier attempt of the same run came of the same request.
fn failure_that_opened(asked: &[Asked<'_>], opened: &BreakerEvent) -> Option<u32> {
    let counted: Vec<_> =
        asked.iter().filter(|asked| asked.provider.breaker() == opened.breaker && asked.is_counted()).collect();
    let fatal = counted.iter().position(|asked| {
        asked.is_failure()
            && asked.attempt.ended_at.is_some_and(|ended| ended >= opened.at)
            && asked.run.summary.correlation_id.is_some()
            && asked.run.summary.correlation_id == opened.correlation_id
    })?;
    let in_a_row = counted.get(..=fatal)?.iter().rev().take_while(|asked| asked.is_failure());
    Some(count(in_a_row.count()))
}

fn counted(runs: &[Run]) -> DrillRuns {
    let of = |status| count(runs.iter().filter(|run| run.summary.status == status).count());
    let held = |run: &&Run| run.steps.iter().any(|step| step.waiting_for == Some(WaitingFor::Breaker));
    DrillRuns {
        total: count(runs.len()),
        succeeded: of(RunStatus::Succeeded),
        failed: of(RunStatus::Failed),
        held: count(runs.iter().filter(held).count()),
    }
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
