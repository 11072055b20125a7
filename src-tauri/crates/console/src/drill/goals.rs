//! What is asked of the operator, and how far it is met. The limits are the same for everybody.

use super::{attempts::Asked, script};
use crate::view::{Drill, DrillAct, DrillGoal, DrillGoalKind, DrillGoalState, DrillVerdict};
use domain::{DrillFirstAct, DrillPhase, Timestamp};
use std::time::Duration;

/// From the first symptom to the first right act.
const FIRST_RIGHT: u64 = 180_000;
/// From the recovery of the provider until it is of use again. A breaker that nobody helps may take two minutes.
const WORKS_AGAIN: u64 = 60_000;

/// What goals are measured by.
#[derive(Debug)]
pub(super) struct Measured<'a> {
    pub(super) started_at: Timestamp,
    pub(super) elapsed_ms: u64,
    pub(super) is_over: bool,
    pub(super) phases: &'a [DrillPhase],
    pub(super) asked: &'a [Asked<'a>],
    pub(super) acts: &'a [DrillAct],
    pub(super) first_symptom_at: Option<Timestamp>,
    pub(super) first_right_after_ms: Option<u64>,
}

/// Every goal of a drill.
pub(super) fn measure(measured: &Measured<'_>, previous: Option<&Drill>) -> Vec<DrillGoal> {
    let mut goals = Vec::new();
    if script::first(measured.phases, DrillFirstAct::Isolate).is_some() {
        goals.push(measured.first_right());
    } else {
        goals.push(measured.left_alone());
    }
    goals.extend([measured.no_calls(), measured.works_again()]);
    for goal in &mut goals {
        let before = previous.and_then(|drill| drill.goals.iter().find(|before| before.goal == goal.goal));
        goal.last = before.and_then(|before| before.yours);
    }
    goals
}

impl Measured<'_> {
    fn goal(goal: DrillGoalKind, limit: u64, yours: Option<u64>, state: DrillGoalState) -> DrillGoal {
        DrillGoal { goal, limit, yours, last: None, state }
    }

    /// A time that is still to come, is in time, or is not.
    fn timed(&self, goal: DrillGoalKind, limit: u64, yours: Option<u64>, waited: Option<u64>) -> DrillGoal {
        let state = match yours {
            Some(yours) if yours <= limit => DrillGoalState::Met,
            Some(_) => DrillGoalState::Missed,
            None if self.is_over || waited.is_some_and(|waited| waited > limit) => DrillGoalState::Missed,
            None if waited.is_some() => DrillGoalState::Running,
            None => DrillGoalState::ToDo,
        };
        Self::goal(goal, limit, yours, state)
    }

    /// A number that must stay at nothing.
    fn none_of(&self, goal: DrillGoalKind, count: u64) -> DrillGoal {
        let state = match count {
            0 if self.is_over => DrillGoalState::Met,
            0 => DrillGoalState::Running,
            _ => DrillGoalState::Missed,
        };
        Self::goal(goal, 0, Some(count), state)
    }

    fn first_right(&self) -> DrillGoal {
        let now = self.started_at.plus(Duration::from_millis(self.elapsed_ms));
        let waited = self.first_symptom_at.map(|at| millis(now.since(at)));
        self.timed(DrillGoalKind::FirstRightAct, FIRST_RIGHT, self.first_right_after_ms, waited)
    }

    fn left_alone(&self) -> DrillGoal {
        let costs = self.acts.iter().filter(|act| act.verdict == DrillVerdict::Cost).count();
        self.none_of(DrillGoalKind::LeftAlone, u64::try_from(costs).unwrap_or(u64::MAX))
    }

    fn no_calls(&self) -> DrillGoal {
        let calls = self.acts.iter().map(|act| u64::from(act.calls)).sum();
        self.none_of(DrillGoalKind::NoCallsIntoOutage, calls)
    }

    fn works_again(&self) -> DrillGoal {
        let provider = script::first(self.phases, DrillFirstAct::Isolate)
            .or_else(|| script::first(self.phases, DrillFirstAct::Wait));
        let recovers = provider.and_then(|provider| script::recovers_at(self.phases, provider));
        let recovered_at = recovers.map(|at| self.started_at.plus(Duration::from_millis(at)));
        let first = self
            .asked
            .iter()
            .filter(|asked| Some(asked.provider) == provider && Some(asked.attempt.started_at) >= recovered_at)
            .find_map(Asked::succeeded_at);
        let yours = first.zip(recovered_at).map(|(first, recovered)| millis(first.since(recovered)));
        let waited = recovers.filter(|at| *at <= self.elapsed_ms).map(|at| self.elapsed_ms - at);
        self.timed(DrillGoalKind::WorkRunsAgain, WORKS_AGAIN, yours.filter(|_| waited.is_some()), waited)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
