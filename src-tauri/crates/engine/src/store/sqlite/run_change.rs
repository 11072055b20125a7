//! A change of one run in the making: the events that will tell of it, and the settling of the run's own state from the
//! states of its steps. Nothing else writes `runs.status`.

use super::{
    column::{Word, signed, small, unsigned},
    table::{dead_letters, dependencies, events, gates, runs, step_sums, steps},
    writer::Tx,
};
use crate::{Error, engine::Act, store::Work};
use domain::{
    CorrelationId, Event, EventKind, EventSource, Failure, FeedItem, Gate, GateState, GateSubject, RunId, RunStatus,
    StepId, StepStatus, Timestamp, WaitingFor,
};
use serde_json::{Map, Value};
use std::sync::Arc;
use step_sums::Sums;

/// A change of one run in the making. Dropped without [`RunChange::settle`], it has told nobody.
#[derive(Debug)]
pub(super) struct RunChange {
    pub(super) run: RunId,
    pub(super) head: runs::Head,
    events: Vec<Event>,
    act: Option<Act>,
}

/// What an event says besides its kind.
pub(super) type Facts = Map<String, Value>;

/// Facts of one pair.
pub(super) fn fact(key: &str, value: impl Into<Value>) -> Facts {
    Facts::from_iter([(key.to_owned(), value.into())])
}

fn failure_fact(failure: &Failure) -> Facts {
    fact("failure", serde_json::to_value(failure).unwrap_or_default())
}

impl RunChange {
    /// Begins a change of a run, by a person if `act` is given.
    pub(super) async fn begin(tx: &mut Tx<'_>, run: &RunId, act: Option<&Act>) -> Result<Self, Error> {
        let head = runs::head(&mut *tx.conn, run).await?.ok_or_else(|| Error::NotFound { what: run.to_string() })?;
        Ok(Self { run: run.clone(), head, events: Vec::new(), act: act.cloned() })
    }

    /// Tells something of the run.
    pub(super) fn tell(&mut self, now: Timestamp, kind: EventKind, data: Facts) {
        self.push(now, kind, None, None, data);
    }

    /// Tells something of a step.
    pub(super) fn tell_step(&mut self, now: Timestamp, kind: EventKind, step: &steps::Row, data: Facts) {
        let attempt = (step.attempts > 0).then(|| small(step.attempts));
        self.push(now, kind, Some((step.step_id(), step.name.clone())), attempt, data);
    }

    /// Tells something of a step of which only id and name are at hand.
    pub(super) fn push(
        &mut self,
        now: Timestamp,
        kind: EventKind,
        step: Option<(StepId, String)>,
        attempt: Option<u32>,
        data: Facts,
    ) {
        self.head.last_seq += 1;
        let (step_id, step) = step.unzip();
        let correlation_id = self
            .act
            .as_ref()
            .map_or_else(|| CorrelationId::new(&*self.head.correlation_id), |act| act.correlation_id.clone());
        self.events.push(Event {
            run_id: self.run.clone(),
            seq: unsigned(self.head.last_seq),
            at: now,
            kind,
            step_id,
            step,
            attempt,
            actor: self.act.as_ref().map(|act| act.caller.actor()),
            correlation_id: Some(correlation_id),
            data,
            source: EventSource::Told,
        });
    }

    /// The run's first step leaves the queue.
    pub(super) fn begun(&mut self, now: Timestamp) {
        if self.head.started_at.is_none() {
            self.head.started_at = Some(now.as_millis());
            self.tell(now, EventKind::RunStarted, Facts::new());
        }
    }

    /// Marks a step as ready, and begins at once what needs no slot: asking a person, or letting time pass.
    pub(super) async fn make_ready(
        &mut self,
        tx: &mut Tx<'_>,
        step: &mut steps::Row,
        told_as: EventKind,
    ) -> Result<(), Error> {
        let now = tx.now;
        step.enter(StepStatus::Queued, now);
        step.queued_at = Some(now.as_millis());
        let data =
            if told_as == EventKind::StepRequeued { fact("reason", "the control plane stopped") } else { Facts::new() };
        self.tell_step(now, told_as, step, data);
        let until = step.pause_ms.map(|pause| now.plus(std::time::Duration::from_millis(unsigned(pause))));
        match step.kind.as_str() {
            "approval" => self.ask(tx, step, until).await?,
            "time" => {
                self.begun(now);
                step.started_at.get_or_insert(now.as_millis());
                step.wait(WaitingFor::Time, until, now);
                self.tell_step(now, EventKind::StepWaiting, step, fact("until", until.map(|until| until.to_string())));
            }
            _ => tx.after.ready.push(Work { run: self.run.clone(), step: step.step_id(), ready_at: now }),
        }
        if let Some(until) = until {
            tx.after.due(until);
        }
        steps::save(tx.conn, step).await
    }

    async fn ask(&mut self, tx: &mut Tx<'_>, step: &mut steps::Row, until: Option<Timestamp>) -> Result<(), Error> {
        let now = tx.now;
        self.begun(now);
        step.started_at.get_or_insert(now.as_millis());
        step.wait(WaitingFor::Approval, until, now);
        let question = step.question.clone().unwrap_or_default();
        let mut data = fact("question", question.clone());
        if let Some(until) = until {
            data.insert("until".to_owned(), until.to_string().into());
        }
        let gate = open_gate(GateSubject::Person, question, now, until);
        gates::ask(tx.conn, &step.run_id, &step.id, &gate).await?;
        self.tell_step(now, EventKind::GateOpened, step, data);
        Ok(())
    }

    /// Brings a step to a final state and passes the consequence on to what depends on it.
    pub(super) async fn end_step(
        &mut self,
        tx: &mut Tx<'_>,
        step: &mut steps::Row,
        status: StepStatus,
        failure: Option<&Failure>,
    ) -> Result<(), Error> {
        let now = tx.now;
        step.enter(status, now);
        step.failure = super::column::optional_document(failure)?;
        steps::save(tx.conn, step).await?;
        let kind = match status {
            StepStatus::Succeeded => EventKind::StepSucceeded,
            StepStatus::TimedOut => EventKind::StepTimedOut,
            StepStatus::Cancelled => EventKind::StepCancelled,
            StepStatus::Interrupted => EventKind::StepInterrupted,
            StepStatus::Skipped => EventKind::StepSkipped,
            StepStatus::Failed | StepStatus::Queued | StepStatus::Running | StepStatus::Waiting => {
                EventKind::StepFailed
            }
        };
        let data = failure.filter(|_| status.is_failure()).map(failure_fact).unwrap_or_default();
        self.tell_step(now, kind, step, data);
        if let Some(failure) = failure.filter(|_| status.is_failure() && step.kind == "execute") {
            dead_letters::insert(tx.conn, &step.run_id, (&step.id, &step.name), failure, now).await?;
            self.tell_step(now, EventKind::StepDeadLettered, step, failure_fact(failure));
        }
        if step.lets_go_on() {
            for ordinal in dependencies::released_by(tx.conn, step.ordinal).await? {
                let mut released = steps::by_ordinal(tx.conn, ordinal).await?;
                self.make_ready(tx, &mut released, EventKind::StepQueued).await?;
            }
        } else {
            for (id, name) in dependencies::skip_below(tx.conn, step.ordinal, now).await? {
                let data = fact("reason", format!("`{}` {}", step.name, status.as_str().replace('_', " ")));
                self.push(now, EventKind::StepSkipped, Some((id, name)), None, data);
            }
        }
        Ok(())
    }

    /// Derives the run's state from its steps, writes it with its sums, and writes the events.
    pub(super) async fn settle(mut self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let now = tx.now;
        let sums = step_sums::of(tx.conn, &self.run).await?;
        self.derive(&sums, now);
        if matches!(self.head.status.0, RunStatus::Succeeded | RunStatus::Cancelled) {
            dead_letters::remove_all(tx.conn, &self.run).await?;
        }
        runs::save(tx.conn, &self.run, &self.head, &sums, now).await?;
        if self.events.is_empty() {
            return Ok(());
        }
        let first = events::insert_all(tx.conn, &self.run, &self.events).await?;
        let team: Arc<str> = self.head.team.into();
        let items = (first..).zip(self.events).map(|(position, event)| FeedItem::Event { position, event });
        tx.after.feed.extend(items.map(|item| (Arc::clone(&team), item)));
        Ok(())
    }

    fn derive(&mut self, sums: &Sums, now: Timestamp) {
        let before = self.head.status.0;
        let open = sums.queued + sums.running + sums.waiting;
        let status = if open == 0 && self.head.cancel_requested {
            RunStatus::Cancelled
        } else if open == 0 && sums.critical_failed > 0 {
            RunStatus::Failed
        } else if open == 0 {
            RunStatus::Succeeded
        } else if self.head.started_at.is_none() {
            RunStatus::Queued
        } else if sums.running + sums.ready > 0 {
            RunStatus::Running
        } else {
            RunStatus::Waiting
        };
        if status == before {
            return;
        }
        self.head.status = Word(status);
        self.head.ended_at = status.is_terminal().then(|| now.as_millis());
        let kind = match (before, status) {
            (_, RunStatus::Succeeded) => EventKind::RunSucceeded,
            (_, RunStatus::Failed) => EventKind::RunFailed,
            (_, RunStatus::Cancelled) => EventKind::RunCancelled,
            (_, RunStatus::Waiting) => EventKind::RunWaiting,
            (RunStatus::Waiting, RunStatus::Running) => EventKind::RunResumed,
            // `run.started` and `run.reopened` were told where they happened.
            _ => return,
        };
        let failure = sums.failure.as_deref().filter(|_| status == RunStatus::Failed);
        let failure = failure.and_then(|text| serde_json::from_str::<Value>(text).ok());
        self.tell(now, kind, failure.map(|failure| fact("failure", failure)).unwrap_or_default());
    }
}

/// An undecided gate.
pub(super) fn open_gate(subject: GateSubject, question: String, now: Timestamp, until: Option<Timestamp>) -> Gate {
    Gate {
        subject,
        state: GateState::Open,
        question,
        asked_at: now,
        expires_at: until,
        decided_by: None,
        decided_at: None,
        reason: None,
    }
}

/// A count of attempts as it is stored, for comparison with rows.
pub(super) fn number(attempt: u32) -> i64 {
    signed(attempt)
}
