//! Moving runs by hand.

use super::{FakeControlPlane, State, Story};
use domain::{
    Attempt, BreakerState, BreakerVerdict, Event, EventKind, EventSource, Failure, FeedItem, Gate, GateState,
    GateSubject, LogLine, LogStream, Run, RunId, RunStatus, RunSummary, Step, StepCounts, StepId, StepStatus,
    Timestamp, WaitingFor,
};
use serde_json::Map;

impl FakeControlPlane {
    /// Accepts a run with these steps.
    pub fn begin(&self, goal: &str, steps: &[&str]) -> RunId {
        let now = self.now();
        let mut state = self.state.lock();
        let id = RunId::new(format!("run_{:08}", state.stories.len() + 1));
        let steps = steps.iter().map(|name| new_step(&id, name)).collect();
        let summary = RunSummary::new(id.clone(), goal.to_owned(), RunStatus::Queued, now);
        let run = Run { summary, metadata: Map::new(), steps };
        state.stories.push(Story { run, events: Vec::new(), logs: Vec::new(), idempotency_key: None });
        self.tell(&mut state, &id, EventKind::RunCreated, None, now);
        id
    }

    /// Moves a step and says so. Unknown runs and steps are left alone.
    pub fn step(&self, run: &RunId, step: &str, status: StepStatus) {
        let now = self.now();
        let mut state = self.state.lock();
        let Some(story) = story(&mut state, run) else { return };
        let Some(entry) = story.run.steps.iter_mut().find(|entry| entry.name == step) else { return };
        entry.status = status;
        entry.waiting_for = None;
        entry.started_at = entry.started_at.or(Some(now));
        entry.ended_at = status.is_terminal().then_some(now);
        entry.failure = status.is_failure().then(|| failure("exit_code", "the command ended with 1"));
        let kind = match status {
            StepStatus::Queued => EventKind::StepQueued,
            StepStatus::Running => EventKind::StepStarted,
            StepStatus::Waiting => EventKind::StepWaiting,
            StepStatus::Succeeded => EventKind::StepSucceeded,
            StepStatus::Failed => EventKind::StepFailed,
            StepStatus::Cancelled => EventKind::StepCancelled,
            StepStatus::TimedOut => EventKind::StepTimedOut,
            StepStatus::Skipped => EventKind::StepSkipped,
            StepStatus::Interrupted => EventKind::StepInterrupted,
        };
        self.tell(&mut state, run, kind, Some(step), now);
    }

    /// Moves the run itself and says so.
    pub fn status(&self, run: &RunId, status: RunStatus) {
        let now = self.now();
        let mut state = self.state.lock();
        self.set_status(&mut state, run, status, now);
    }

    pub(super) fn set_status(&self, state: &mut State, run: &RunId, status: RunStatus, now: Timestamp) {
        let Some(story) = story(state, run) else { return };
        let reopened = story.run.summary.status == RunStatus::Failed && !status.is_terminal();
        let summary = &mut story.run.summary;
        summary.status = status;
        summary.started_at = summary.started_at.or(Some(now));
        summary.ended_at = status.is_terminal().then_some(now);
        summary.failure = (status == RunStatus::Failed).then(|| failure("step_failed", "a step failed"));
        let kind = match status {
            RunStatus::Queued => EventKind::RunCreated,
            RunStatus::Running if reopened => EventKind::RunReopened,
            RunStatus::Running => EventKind::RunStarted,
            RunStatus::Waiting => EventKind::RunWaiting,
            RunStatus::Succeeded => EventKind::RunSucceeded,
            RunStatus::Failed => EventKind::RunFailed,
            RunStatus::Cancelled => EventKind::RunCancelled,
        };
        self.tell(state, run, kind, None, now);
    }

    /// A step asks a person for a verdict.
    pub fn ask(&self, run: &RunId, step: &str, question: &str) {
        let now = self.now();
        let mut state = self.state.lock();
        let Some(story) = story(&mut state, run) else { return };
        let Some(entry) = story.run.steps.iter_mut().find(|entry| entry.name == step) else { return };
        entry.status = StepStatus::Waiting;
        entry.waiting_for = Some(WaitingFor::Approval);
        entry.gate = Some(Gate {
            subject: GateSubject::Person,
            state: GateState::Open,
            question: question.to_owned(),
            asked_at: now,
            expires_at: None,
            decided_by: None,
            decided_at: None,
            reason: None,
        });
        self.tell(&mut state, run, EventKind::GateOpened, Some(step), now);
        self.set_status(&mut state, run, RunStatus::Waiting, now);
    }

    /// Says who asked for a run, before anything happens to it.
    pub fn asked_by(&self, run: &RunId, who: &str) {
        let mut state = self.state.lock();
        let Some(story) = story(&mut state, run) else { return };
        story.run.summary.requested_by = Some(who.to_owned());
    }

    /// Says when the gate of a step fails closed, before it is asked.
    pub fn closes(&self, run: &RunId, step: &str, at: Timestamp) {
        let mut state = self.state.lock();
        let Some(story) = story(&mut state, run) else { return };
        let Some(entry) = story.run.steps.iter_mut().find(|entry| entry.name == step) else { return };
        if let Some(gate) = &mut entry.gate {
            gate.expires_at = Some(at);
        }
    }

    /// A run fails at a step for a reason, after one attempt that a breaker counted if one is named.
    pub fn fail(&self, run: &RunId, step: &str, code: &str, breaker: Option<&str>) {
        let now = self.now();
        let mut state = self.state.lock();
        let Some(told) = story(&mut state, run) else { return };
        let Some(entry) = told.run.steps.iter_mut().find(|entry| entry.name == step) else { return };
        entry.status = StepStatus::Failed;
        entry.ended_at = Some(now);
        entry.failure = Some(failure(code, "the call failed"));
        entry.attempts.push(Attempt {
            number: 1,
            status: StepStatus::Failed,
            started_at: now,
            ended_at: Some(now),
            failure: entry.failure.clone(),
            breaker: breaker.map(ToOwned::to_owned),
            breaker_state: breaker.map(|_| BreakerState::Closed),
            breaker_verdict: breaker.map(|_| BreakerVerdict::Failure),
            exit_code: None,
            usage: None,
        });
        self.tell(&mut state, run, EventKind::StepFailed, Some(step), now);
        self.set_status(&mut state, run, RunStatus::Failed, now);
        let Some(told) = story(&mut state, run) else { return };
        told.run.summary.failure = Some(failure(code, "the call failed"));
        told.run.summary.current_step = Some(step.to_owned());
    }

    /// A step prints a line.
    pub fn print(&self, run: &RunId, step: &str, text: &str) {
        let now = self.now();
        let mut state = self.state.lock();
        let Some(story) = story(&mut state, run) else { return };
        let Some(entry) = story.run.steps.iter().find(|entry| entry.name == step) else { return };
        let line = LogLine {
            seq: story.run.summary.last_log_seq + 1,
            at: now,
            step_id: entry.id.clone(),
            attempt: 1,
            stream: LogStream::Stdout,
            text: text.to_owned(),
        };
        story.run.summary.last_log_seq = line.seq;
        story.run.summary.changed_at = now;
        story.logs.push(line.clone());
        let _ = self.live.send(FeedItem::Log { run_id: run.clone(), line });
    }

    /// Appends an event to the run and to the feed.
    pub(super) fn tell(&self, state: &mut State, run: &RunId, kind: EventKind, step: Option<&str>, at: Timestamp) {
        let Some(story) = story(state, run) else { return };
        let seq = story.run.summary.last_seq + 1;
        story.run.summary.last_seq = seq;
        story.run.summary.changed_at = at;
        story.run.summary.step_counts = count(&story.run.steps);
        story.run.summary.open_gates = u32::try_from(
            story
                .run
                .steps
                .iter()
                .filter(|step| step.gate.as_ref().is_some_and(|gate| gate.state == GateState::Open))
                .count(),
        )
        .unwrap_or(u32::MAX);
        let step_id =
            step.and_then(|name| story.run.steps.iter().find(|entry| entry.name == name)).map(|entry| entry.id.clone());
        let event = Event {
            run_id: run.clone(),
            seq,
            at,
            kind,
            step_id,
            step: step.map(ToOwned::to_owned),
            attempt: None,
            actor: None,
            correlation_id: None,
            data: Map::new(),
            source: EventSource::Told,
        };
        story.events.push(event.clone());
        state.feed.push(event.clone());
        let position = state.feed.len() as u64;
        if state.script.swallow_events > 0 {
            state.script.swallow_events -= 1;
            return;
        }
        let item = FeedItem::Event { position, event };
        if state.script.duplicating {
            let _ = self.live.send(item.clone());
        }
        let _ = self.live.send(item);
    }
}

pub(super) fn story<'a>(state: &'a mut State, run: &RunId) -> Option<&'a mut Story> {
    state.stories.iter_mut().find(|story| story.run.summary.id == *run)
}

fn failure(code: &str, message: &str) -> Failure {
    Failure { code: code.to_owned(), message: message.to_owned(), remedy: None, retryable: true }
}

fn count(steps: &[Step]) -> StepCounts {
    let mut counts = StepCounts::default();
    for step in steps {
        counts.total += 1;
        let part = match step.status {
            StepStatus::Queued => &mut counts.queued,
            StepStatus::Running => &mut counts.running,
            StepStatus::Waiting => &mut counts.waiting,
            StepStatus::Succeeded => &mut counts.succeeded,
            StepStatus::Failed | StepStatus::TimedOut | StepStatus::Interrupted => &mut counts.failed,
            StepStatus::Cancelled | StepStatus::Skipped => &mut counts.not_run,
        };
        *part += 1;
    }
    counts
}

pub(super) fn new_step(run: &RunId, name: &str) -> Step {
    Step::new(StepId::new(format!("stp_{run}_{name}")), name.to_owned(), "echo".to_owned())
}
