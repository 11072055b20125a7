//! What changed between two readings of a run, as events, for control planes that do not tell.
//!
//! An event that is made here says so, and since when it could have happened: the plane knows more than is seen here. What
//! happened and was undone between two readings is never seen. Deliberately absent: reading, and keeping.

use domain::{Event, EventKind, EventSource, Failure, GateState, Run, RunStatus, Step, StepId, StepStatus, Timestamp};
use serde_json::{Map, Value};

/// What the plane tells by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Its own timeline. Only that it changed its mind about an end is seen here, since no timeline tells that.
    Events,
    /// Nothing.
    Nothing,
}

/// A reading of a run, and when it was made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) run: &'a Run,
    pub(crate) at: Timestamp,
}

/// The events that lead from one reading to the next; without an earlier one, from the beginning.
pub(crate) fn changes(before: Option<Reading<'_>>, now: Reading<'_>, told: Told) -> Vec<Event> {
    let mut seen =
        Seen { now, since: before.map_or(now.run.summary.created_at, |before| before.at), events: Vec::new() };
    let (was, is) = (before.map(|before| before.run.summary.status), now.run.summary.status);
    let reopened = was.is_some_and(|was| was.is_terminal() && was != is);
    if reopened && let Some(was) = was {
        let mut data = Map::new();
        data.insert("was".to_owned(), was.as_str().into());
        seen.run(EventKind::RunReopened, None, data);
    }
    if told == Told::Events {
        return seen.events;
    }
    if was.is_none() {
        seen.run(EventKind::RunCreated, Some(now.run.summary.created_at), Map::new());
    }
    let started = now.run.summary.started_at;
    let was_waiting = was == Some(RunStatus::Waiting);
    if matches!(is, RunStatus::Running | RunStatus::Waiting) && was.is_none_or(|was| was == RunStatus::Queued) {
        seen.run(EventKind::RunStarted, started, Map::new());
    }
    for step in &now.run.steps {
        let earlier = before.and_then(|before| before.run.steps.iter().find(|earlier| earlier.id == step.id));
        seen.step(earlier, step);
    }
    match is {
        _ if was == Some(is) => {}
        RunStatus::Waiting => seen.run(EventKind::RunWaiting, None, Map::new()),
        RunStatus::Running if was_waiting => seen.run(EventKind::RunResumed, None, Map::new()),
        RunStatus::Queued | RunStatus::Running => {}
        RunStatus::Succeeded => seen.end(EventKind::RunSucceeded),
        RunStatus::Failed => seen.end(EventKind::RunFailed),
        RunStatus::Cancelled => seen.end(EventKind::RunCancelled),
    }
    seen.events
}

/// The events of a run that its plane does not have any more, which ends it if it had not ended.
pub(crate) fn disappearance(last: Reading<'_>, now: Timestamp) -> Vec<Event> {
    let mut seen = Seen { now: Reading { run: last.run, at: now }, since: last.at, events: Vec::new() };
    let mut data = Map::new();
    data.insert("type".to_owned(), "gone".into());
    data.insert("message".to_owned(), "The control plane does not have it any more.".into());
    seen.run(EventKind::RunNoted, None, data);
    if !last.run.summary.status.is_terminal() {
        seen.run(EventKind::RunCancelled, None, Map::new());
    }
    seen.events
}

/// Whether these tell that a run which had ended goes on.
pub(crate) fn reopens(events: &[Event]) -> bool {
    events.iter().any(|event| event.kind == EventKind::RunReopened)
}

struct Seen<'a> {
    now: Reading<'a>,
    since: Timestamp,
    events: Vec<Event>,
}

impl Seen<'_> {
    /// One event; `at` is when the plane says that it happened.
    fn event(&mut self, kind: EventKind, at: Option<Timestamp>, step: Option<&Step>, data: Map<String, Value>) {
        self.events.push(Event {
            run_id: self.now.run.summary.id.clone(),
            seq: 0,
            at: at.unwrap_or(self.now.at),
            kind,
            step_id: step.map(|step| StepId::new(step.id.as_str())),
            step: step.map(|step| step.name.clone()),
            attempt: None,
            actor: None,
            correlation_id: None,
            data,
            source: EventSource::Observed { after: at.unwrap_or(self.since) },
        });
    }

    fn run(&mut self, kind: EventKind, at: Option<Timestamp>, data: Map<String, Value>) {
        self.event(kind, at, None, data);
    }

    fn end(&mut self, kind: EventKind) {
        let summary = &self.now.run.summary;
        let (at, data) = (summary.ended_at, told_failure(summary.failure.as_ref()));
        self.run(kind, at, data);
    }

    fn step(&mut self, earlier: Option<&Step>, step: &Step) {
        let gate = step.gate.as_ref().map(|gate| gate.state);
        if gate != earlier.and_then(|earlier| earlier.gate.as_ref()).map(|gate| gate.state) {
            match gate {
                Some(GateState::Open) => self.event(EventKind::GateOpened, None, Some(step), Map::new()),
                Some(GateState::Approved) => self.event(EventKind::GateApproved, step.ended_at, Some(step), Map::new()),
                Some(GateState::Rejected) => self.event(EventKind::GateRejected, step.ended_at, Some(step), Map::new()),
                _ => {}
            }
        }
        let was = earlier.map_or(StepStatus::Queued, |earlier| earlier.status);
        if was == step.status {
            return;
        }
        if was == StepStatus::Queued && !matches!(step.status, StepStatus::Skipped | StepStatus::Cancelled) {
            self.event(EventKind::StepStarted, step.started_at, Some(step), Map::new());
        }
        let kind = match step.status {
            StepStatus::Queued => EventKind::StepReopened,
            StepStatus::Running => return,
            StepStatus::Waiting => EventKind::StepWaiting,
            StepStatus::Succeeded => EventKind::StepSucceeded,
            StepStatus::Failed => EventKind::StepFailed,
            StepStatus::Cancelled => EventKind::StepCancelled,
            StepStatus::TimedOut => EventKind::StepTimedOut,
            StepStatus::Skipped => EventKind::StepSkipped,
            StepStatus::Interrupted => EventKind::StepInterrupted,
        };
        let at = if step.status.is_terminal() { step.ended_at } else { None };
        self.event(kind, at, Some(step), told_failure(step.failure.as_ref()));
    }
}

fn told_failure(failure: Option<&Failure>) -> Map<String, Value> {
    let mut data = Map::new();
    if let Some(failure) = failure.and_then(|failure| serde_json::to_value(failure).ok()) {
        data.insert("failure".to_owned(), failure);
    }
    data
}
