//! The port over the runs in memory.

use super::{FakeControlPlane, life::story};
use crate::script::Route;
use control_plane::{
    CallContext, ControlPlane, Error, Feed, Hints, NewRun, PlaneFacts, PlaneIdentity, RunFilter, StepRetry, Tool,
};
use domain::{
    Action, Availability, Breaker, BreakerAct, BreakerEvent, BreakerState, Capabilities, ControlPlaneKind, DeadLetter,
    Event, EventKind, FeedItem, GateState, LogLine, Page, PageRequest, Preview, Queue, Run, RunId, RunStatus,
    RunSummary, StepStatus, Template, Verdict,
};
use futures::{FutureExt as _, StreamExt as _};
use serde_json::{Map, Value};
use std::time::Duration;
use tokio_stream::wrappers::BroadcastStream;

impl FakeControlPlane {
    /// Counts the call; hangs or fails as scripted.
    async fn enter(&self, route: Route, context: &CallContext) -> Result<(), Error> {
        let verdict = {
            let mut state = self.state.lock();
            let verdict = state.script.judge(route, context.correlation_id.as_str());
            if state.script.hanging { None } else { Some(verdict) }
        };
        match verdict {
            Some(verdict) => verdict,
            None => std::future::pending().await,
        }
    }

    fn known(&self, run: &RunId) -> Result<Run, Error> {
        self.truth(run).ok_or_else(|| Error::NotFound { what: format!("run {run}") })
    }
}

fn page<T>(items: impl Iterator<Item = (u64, T)>, after: u64, limit: u32) -> Page<T> {
    let mut wanted = items.filter(|(seq, _)| *seq > after).peekable();
    let mut page = Page::empty();
    let mut last = after;
    while page.items.len() < limit as usize {
        let Some((seq, item)) = wanted.next() else { break };
        last = seq;
        page.items.push(item);
    }
    page.next = wanted.peek().map(|_| last.to_string());
    page
}

#[async_trait::async_trait]
impl ControlPlane for FakeControlPlane {
    fn kind(&self) -> ControlPlaneKind {
        ControlPlaneKind::Breakwater
    }

    fn capabilities(&self) -> Capabilities {
        let (silent, hinting) = {
            let script = &self.state.lock().script;
            (script.silent, script.hinting)
        };
        Capabilities::each(|action| match action {
            Action::Stores | Action::DeleteStore => (Availability::No, Some("it provisions no stores")),
            Action::Projects | Action::Teams | Action::ApiKeys | Action::Billing | Action::Audit | Action::SignIn => {
                (Availability::No, Some("it knows nobody by name"))
            }
            Action::RequeueDeadLetters => (Availability::No, Some("it tries nothing again by itself")),
            _ if !silent => (Availability::Yes, None),
            Action::Events => (Availability::Observed, Some("it tells nothing")),
            Action::Stream if hinting => (Availability::Observed, Some("it only hints")),
            Action::Stream | Action::Logs => (Availability::No, Some("it tells nothing")),
            _ => (Availability::Yes, None),
        })
    }

    fn numbers_events(&self) -> bool {
        !self.state.lock().script.silent
    }

    fn reading_gap(&self) -> Option<Duration> {
        self.state.lock().script.reading_gap
    }

    async fn identity(&self, context: &CallContext) -> Result<PlaneIdentity, Error> {
        self.enter(Route::Identity, context).await?;
        Ok(PlaneIdentity {
            version: "0.0.0-fake".to_owned(),
            principal: self.state.lock().principal.clone(),
            may: Vec::new(),
            teams: Vec::new(),
            server_time: Some(self.now()),
            credential_ends: None,
        })
    }

    async fn facts(&self, context: &CallContext) -> Result<PlaneFacts, Error> {
        self.enter(Route::Facts, context).await?;
        Ok(PlaneFacts {
            live: Ok("GET /health/live: 200".to_owned()),
            ready: Ok("GET /health/ready: 200".to_owned()),
            queue_depth: Some(0),
            oldest_queued_ms: None,
            dead_letters: Some(0),
        })
    }

    async fn list_runs(&self, context: &CallContext, filter: &RunFilter) -> Result<Page<RunSummary>, Error> {
        self.enter(Route::ListRuns, context).await?;
        let state = self.state.lock();
        let mut wanted = state
            .stories
            .iter()
            .rev()
            .map(|story| &story.run.summary)
            .filter(|summary| filter.statuses.is_empty() || filter.statuses.contains(&summary.status))
            .skip_while(|summary| filter.page.after.as_deref().is_some_and(|after| summary.id.as_str() >= after))
            .cloned()
            .peekable();
        let mut items: Vec<RunSummary> = wanted.by_ref().take(filter.page.limit as usize).collect();
        let next = wanted.peek().and_then(|_| items.last().map(|summary| summary.id.to_string()));
        if state.script.reordering {
            items.reverse();
        }
        if state.script.silent {
            for summary in &mut items {
                summary.last_seq = 0;
            }
        }
        Ok(Page { items, next })
    }

    async fn run(&self, context: &CallContext, run: &RunId) -> Result<Run, Error> {
        self.enter(Route::Run, context).await?;
        let mut known = self.known(run)?;
        if self.state.lock().script.silent {
            known.summary.last_seq = 0;
        }
        Ok(known)
    }

    async fn events(&self, context: &CallContext, run: &RunId, after: u64, limit: u32) -> Result<Page<Event>, Error> {
        self.enter(Route::Events, context).await?;
        self.known(run)?;
        Ok(page(self.true_events(run).into_iter().map(|event| (event.seq, event)), after, limit))
    }

    async fn logs(&self, context: &CallContext, run: &RunId, after: u64, limit: u32) -> Result<Page<LogLine>, Error> {
        self.enter(Route::Logs, context).await?;
        self.known(run)?;
        let mut state = self.state.lock();
        let lines = story(&mut state, run).map_or_else(Vec::new, |story| story.logs.clone());
        Ok(page(lines.into_iter().map(|line| (line.seq, line)), after, limit))
    }

    async fn hints(&self, context: &CallContext) -> Result<Hints, Error> {
        self.enter(Route::Hints, context).await?;
        let mut cut = self.cut.subscribe();
        let ended = async move { drop(cut.changed().await) };
        let hints = BroadcastStream::new(self.live.subscribe())
            .filter_map(|item| async move { matches!(item, Ok(FeedItem::Resync)).then_some(Ok(())) });
        Ok(hints.take_until(ended.boxed()).boxed())
    }

    async fn feed(&self, context: &CallContext, position: Option<u64>) -> Result<Feed, Error> {
        self.enter(Route::Feed, context).await?;
        let (past, live) = {
            let state = self.state.lock();
            let missed = position.map_or(usize::MAX, |position| usize::try_from(position).unwrap_or(usize::MAX));
            let past: Vec<_> = (1_u64..)
                .zip(&state.feed)
                .skip(missed)
                .map(|(position, event)| Ok(FeedItem::Event { position, event: event.clone() }))
                .collect();
            (past, BroadcastStream::new(self.live.subscribe()))
        };
        let live = live.map(|item| Ok(item.unwrap_or(FeedItem::Resync)));
        let mut cut = self.cut.subscribe();
        let ended = async move { drop(cut.changed().await) };
        Ok(futures::stream::iter(past).chain(live).take_until(ended.boxed()).boxed())
    }

    async fn preview(&self, context: &CallContext, _plan: &Value) -> Result<Preview, Error> {
        self.enter(Route::Preview, context).await?;
        Ok(Preview { valid: true, faults: Vec::new(), plan: None, layers: Vec::new() })
    }

    async fn create_run(&self, context: &CallContext, new: &NewRun) -> Result<Run, Error> {
        self.enter(Route::Create, context).await?;
        let known = {
            let state = self.state.lock();
            state
                .stories
                .iter()
                .find(|story| story.idempotency_key.as_deref() == Some(&new.idempotency_key))
                .map(|story| story.run.clone())
        };
        if let Some(run) = known {
            return Ok(run);
        }
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let names: Vec<String> = new
            .plan
            .get("steps")
            .and_then(Value::as_array)
            .map_or_else(Vec::new, |steps| steps.iter().map(|step| text(step, "name")).collect());
        let id = self.begin(&text(&new.plan, "goal"), &names.iter().map(String::as_str).collect::<Vec<_>>());
        if let Some(story) = story(&mut self.state.lock(), &id) {
            story.idempotency_key = Some(new.idempotency_key.clone());
            story.run.summary.template.clone_from(&new.template);
            story.run.summary.correlation_id = Some(context.correlation_id.clone());
        }
        self.known(&id)
    }

    async fn cancel_run(&self, context: &CallContext, run: &RunId, _reason: &str) -> Result<Run, Error> {
        self.enter(Route::Cancel, context).await?;
        if self.known(run)?.summary.status.is_terminal() {
            return Err(Error::Conflict {
                code: "run_is_terminal".to_owned(),
                message: "the run has ended".to_owned(),
            });
        }
        self.status(run, RunStatus::Cancelled);
        self.known(run)
    }

    async fn retry_step(
        &self,
        context: &CallContext,
        run: &RunId,
        step: &str,
        _retry: &StepRetry,
    ) -> Result<Run, Error> {
        self.enter(Route::Retry, context).await?;
        let before = self.known(run)?;
        if !before.steps.iter().any(|entry| entry.name == step && entry.status.is_retryable()) {
            return Err(Error::Conflict {
                code: "step_not_retryable".to_owned(),
                message: "it did not fail".to_owned(),
            });
        }
        let now = self.now();
        self.tell(&mut self.state.lock(), run, EventKind::StepRetried, Some(step), now);
        self.step(run, step, StepStatus::Queued);
        self.status(run, RunStatus::Running);
        self.known(run)
    }

    async fn decide_gate(
        &self,
        context: &CallContext,
        run: &RunId,
        step: &str,
        verdict: Verdict,
        reason: Option<&str>,
    ) -> Result<Run, Error> {
        self.enter(Route::Decide, context).await?;
        self.known(run)?;
        let now = self.now();
        let (state, kind, status) = match verdict {
            Verdict::Approve => (GateState::Approved, EventKind::GateApproved, StepStatus::Succeeded),
            Verdict::Reject => (GateState::Rejected, EventKind::GateRejected, StepStatus::Failed),
        };
        {
            let mut held = self.state.lock();
            let gate = story(&mut held, run)
                .and_then(|story| story.run.steps.iter_mut().find(|entry| entry.name == step))
                .and_then(|entry| entry.gate.as_mut())
                .filter(|gate| gate.state == GateState::Open);
            let Some(gate) = gate else {
                return Err(Error::Conflict {
                    code: "gate_decided".to_owned(),
                    message: "nothing is asked".to_owned(),
                });
            };
            gate.state = state;
            gate.decided_at = Some(now);
            gate.reason = reason.map(ToOwned::to_owned);
            self.tell(&mut held, run, kind, Some(step), now);
        }
        self.step(run, step, status);
        self.status(run, if verdict == Verdict::Approve { RunStatus::Running } else { RunStatus::Failed });
        self.known(run)
    }

    async fn templates(&self, context: &CallContext) -> Result<Vec<Template>, Error> {
        self.enter(Route::Other, context).await?;
        Ok(vec![Template {
            id: "drill".to_owned(),
            title: "Drill".to_owned(),
            summary: "Says something.".to_owned(),
            fields: Vec::new(),
        }])
    }

    async fn fill_template(
        &self,
        context: &CallContext,
        template: &str,
        values: &Map<String, Value>,
    ) -> Result<Value, Error> {
        self.enter(Route::Other, context).await?;
        Ok(serde_json::json!({ "goal": template, "steps": [{ "name": "say", "tool": "echo", "inputs": values }] }))
    }

    async fn breakers(&self, context: &CallContext) -> Result<Vec<Breaker>, Error> {
        self.enter(Route::Other, context).await?;
        Ok(self.state.lock().breakers.clone())
    }

    async fn breaker_events(
        &self,
        context: &CallContext,
        breaker: &str,
        _page: &PageRequest,
    ) -> Result<Page<BreakerEvent>, Error> {
        self.enter(Route::Other, context).await?;
        let is_there = self.state.lock().breakers.iter().any(|entry| entry.id == breaker);
        if is_there { Ok(Page::empty()) } else { Err(Error::NotFound { what: format!("breaker {breaker}") }) }
    }

    async fn act_on_breaker(
        &self,
        context: &CallContext,
        breaker: &str,
        act: BreakerAct,
        _reason: &str,
    ) -> Result<Breaker, Error> {
        self.enter(Route::Other, context).await?;
        let mut state = self.state.lock();
        let found = state.breakers.iter_mut().find(|entry| entry.id == breaker);
        let found = found.ok_or_else(|| Error::NotFound { what: format!("breaker {breaker}") })?;
        found.state = match act {
            BreakerAct::Reset | BreakerAct::Release => BreakerState::Closed,
            BreakerAct::Probe => BreakerState::HalfOpen,
            BreakerAct::Isolate { .. } => BreakerState::Isolated,
        };
        found.consecutive_failures = 0;
        Ok(found.clone())
    }

    async fn dead_letters(&self, context: &CallContext, _page: &PageRequest) -> Result<Page<DeadLetter>, Error> {
        self.enter(Route::Other, context).await?;
        Ok(Page::empty())
    }

    async fn queue(&self, context: &CallContext) -> Result<Queue, Error> {
        self.enter(Route::Queue, context).await?;
        let waiting = self.state.lock().stories.iter().filter(|story| !story.run.summary.status.is_terminal()).count();
        Ok(Queue { waiting: u64::try_from(waiting).ok(), ..Queue::default() })
    }

    async fn tools(&self, context: &CallContext) -> Result<Vec<Tool>, Error> {
        self.enter(Route::Other, context).await?;
        Ok(vec![Tool { name: "echo".to_owned(), summary: "Says something.".to_owned() }])
    }
}
