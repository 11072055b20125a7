//! The conformance story: one life of a few runs, told the same way to every control plane.
//!
//! An adapter's test gives a plane and a [`Harness`] that knows plans of that plane; [`story`] acts and looks, and panics
//! with the reason where the plane does not keep to the port. What the plane says it cannot do is asked for once, and
//! must be refused as unsupported. Deliberately absent: any knowledge of a kind of plane. For tests only.

use crate::{CallContext, ControlPlane, Error, Feed, NewRun, RunFilter, SignIn, StepRetry};
use domain::{
    Action, Availability, BreakerAct, CorrelationId, Event, EventSource, FeedItem, GateState, Page, PageRequest,
    ProjectAct, Run, RunId, RunStatus, Secret, StepStatus, TeamAct, Verdict,
};
use futures::StreamExt;
use serde_json::Value;
use std::{future::Future, time::Duration};

/// A plan, and its step that the story is about.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The plan.
    pub plan: Value,
    /// The name of the step.
    pub step: String,
}

/// What the story needs to know of a plane.
#[async_trait::async_trait]
pub trait Harness: Send + Sync {
    /// A plan that ends well within moments; its step prints a line and has at least three events.
    fn good(&self) -> Planned;
    /// A plan that is refused.
    fn faulty(&self) -> Value;
    /// A plan whose step ends badly until [`Harness::mend`] was called; none where no run ever ends badly.
    fn failing(&self) -> Option<Planned>;
    /// Takes away what the failing step fails of.
    async fn mend(&self);
    /// A plan whose step waits for a person's verdict and ends well once it has it.
    fn gated(&self) -> Planned;
    /// A plan whose step goes on for longer than the patience.
    fn endless(&self) -> Planned;
    /// How long anything may take.
    fn patience(&self) -> Duration;
}

/// Tells the whole story. The plane needs no past, and one is no hindrance.
///
/// # Panics
///
/// Where the plane does not keep to the port; the message says how.
pub async fn story(plane: &dyn ControlPlane, harness: &dyn Harness) {
    let told = Story { plane, harness, context: CallContext::new(CorrelationId::new("conformance-story")) };
    told.introduction().await;
    told.unknown_things().await;
    told.preview().await;
    told.good_run().await;
    told.pages().await;
    told.failed_step().await;
    told.gate().await;
    told.cancel().await;
    told.catalogue().await;
}

struct Story<'a> {
    plane: &'a dyn ControlPlane,
    harness: &'a dyn Harness,
    context: CallContext,
}

impl Story<'_> {
    async fn introduction(&self) {
        let identity = good(self.plane.identity(&self.context).await, "the plane says who it is");
        assert!(!identity.version.is_empty(), "a version is named");
        let facts = good(self.plane.facts(&self.context).await, "the plane can be probed");
        assert!(facts.live.is_ok(), "it lives: {:?}", facts.live);
        assert!(facts.ready.is_ok(), "it can work: {:?}", facts.ready);
    }

    async fn unknown_things(&self) {
        let unknown = RunId::new("run_that_never_was");
        let missing = |error: &Error| matches!(error, Error::NotFound { .. });
        refused(self.plane.run(&self.context, &unknown).await, missing, "a run that never was");
        if self.can(Action::Events) {
            refused(self.plane.events(&self.context, &unknown, 0, 10).await, missing, "its events");
        }
        if self.can(Action::Logs) {
            refused(self.plane.logs(&self.context, &unknown, 0, 10).await, missing, "its log");
        }
        let cancelled = self.plane.cancel_run(&self.context, &unknown, "a test").await;
        self.refused_or_unsupported(Action::CancelRun, cancelled, missing, "its end");
    }

    async fn preview(&self) {
        let accepted = self.plane.preview(&self.context, &self.harness.good().plan).await;
        let Some(accepted) = self.supported(Action::Preview, accepted, "a good plan is previewed") else { return };
        assert!(accepted.valid && accepted.faults.is_empty(), "a good plan has no faults: {:?}", accepted.faults);
        assert!(
            accepted.layers.iter().flatten().any(|step| *step == self.harness.good().step),
            "its steps are ordered"
        );
        let refused = good(self.plane.preview(&self.context, &self.harness.faulty()).await, "so is a faulty one");
        assert!(!refused.valid && !refused.faults.is_empty(), "a faulty plan comes back with its faults");
        assert!(refused.faults.iter().all(|fault| !fault.remedy.is_empty()), "each fault says what to do");
    }

    async fn good_run(&self) {
        let feed = self.plane.feed(&self.context, None).await;
        let feed = self.supported(Action::Stream, feed, "the feed opens");
        let planned = self.harness.good();
        let new = NewRun { plan: planned.plan.clone(), template: None, team: None, idempotency_key: key("good") };
        let created = good(self.plane.create_run(&self.context, &new).await, "a good plan becomes a run");
        let id = created.summary.id.clone();
        if self.can(Action::RepeatCreate) {
            let again = good(self.plane.create_run(&self.context, &new).await, "the same call again is answered");
            assert_eq!(again.summary.id, id, "the same key gives the same run");
        }
        let faulty = NewRun { plan: self.harness.faulty(), template: None, team: None, idempotency_key: key("faulty") };
        let invalid = |error: &Error| matches!(error, Error::Invalid { .. });
        refused(self.plane.create_run(&self.context, &faulty).await, invalid, "a faulty plan");

        let ended = self.until(&id, "the good run ends", |run| run.summary.status.is_terminal()).await;
        assert_eq!(ended.summary.status, RunStatus::Succeeded, "a good plan ends well");
        if self.can(Action::Steps) {
            assert!(!ended.steps.is_empty(), "its steps are told");
        }
        assert!(ended.steps.iter().all(|step| step.status == StepStatus::Succeeded), "and so does each step");
        let events = self.history(&id, &ended).await;
        if let Some(feed) = feed {
            self.live(feed, &id, &events).await;
        }
        if self.can(Action::Logs) {
            let lines = good(self.plane.logs(&self.context, &id, 0, 100).await, "the log is read").items;
            assert!(!lines.is_empty(), "the step printed something");
            assert!(lines.is_sorted_by(|one, next| one.seq < next.seq), "lines come in order");
            let last = lines.last().map_or(0, |line| line.seq);
            let rest = good(self.plane.logs(&self.context, &id, last, 100).await, "the rest of the log is read");
            assert!(rest.items.is_empty(), "nothing comes after the last line");
        }
        if self.can(Action::CancelRun) {
            let conflict = |error: &Error| matches!(error, Error::Conflict { .. });
            refused(self.plane.cancel_run(&self.context, &id, "too late").await, conflict, "the end of an ended run");
        }
    }

    /// The timeline, read in small pages.
    async fn history(&self, id: &RunId, run: &Run) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::new();
        if !self.can(Action::Events) {
            return events;
        }
        if !self.plane.numbers_events() {
            return self.named_history(id).await;
        }
        loop {
            let after = events.last().map_or(0, |event| event.seq);
            let page = good(self.plane.events(&self.context, id, after, 2).await, "a page of events is read");
            assert!(page.items.len() <= 2, "no more events than were asked for");
            if page.items.is_empty() {
                break;
            }
            events.extend(page.items);
        }
        gapless(&events);
        assert!(events.len() >= 3, "a life has a beginning, a middle and an end");
        assert_eq!(events.last().map(|event| event.seq), Some(run.summary.last_seq), "the run names its newest event");
        assert!(events.last().is_some_and(|event| event.kind.ends_run()), "the last event ends the run");
        events
    }

    /// The timeline of a plane that names its events and leaves it to others to number them.
    async fn named_history(&self, id: &RunId) -> Vec<Event> {
        let page = good(self.plane.events(&self.context, id, 0, 1000).await, "the events are read");
        assert_eq!(page.next, None, "all of them at once");
        let name = |event: &Event| match &event.source {
            EventSource::Named { name } => Some(name.clone()),
            EventSource::Told | EventSource::Observed { .. } => None,
        };
        let names: std::collections::BTreeSet<_> = page.items.iter().filter_map(name).collect();
        assert_eq!(names.len(), page.items.len(), "each has a name of its own");
        assert!(page.items.is_sorted_by(|one, next| one.at <= next.at), "they are in the order of time");
        assert!(page.items.len() >= 3, "a life has a beginning, a middle and an end");
        assert!(page.items.last().is_some_and(|event| event.kind.ends_run()), "the last event ends the run");
        let (run, told) = good(self.plane.run_with_events(&self.context, id).await, "both are read together");
        assert_eq!(told, page.items, "the events are the same whether they are read alone or with their run");
        assert_eq!(run, good(self.plane.run(&self.context, id).await, "the run is read"), "and so is the run");
        page.items
    }

    /// What the feed told of a run is what its timeline tells.
    async fn live(&self, mut feed: Feed, id: &RunId, events: &[Event]) {
        let mut seen = Vec::new();
        let watching = async {
            while let Some(item) = feed.next().await {
                match good(item, "the feed goes on") {
                    FeedItem::Event { event, .. } if event.run_id == *id => {
                        let ended = event.kind.ends_run();
                        seen.push(event);
                        if ended {
                            return;
                        }
                    }
                    _ => {}
                }
            }
        };
        self.in_time(watching, "the feed tells of the end of the run").await;
        gapless(&seen);
        if self.can(Action::Events) {
            assert_eq!(seen, events, "the feed and the timeline tell the same");
        }
    }

    async fn pages(&self) {
        for number in 0..3 {
            self.start(self.harness.good().plan, &format!("page-{number}")).await;
        }
        let whole = self.list(100, None).await;
        let newest_first = |one: &domain::RunSummary, next: &domain::RunSummary| one.created_at >= next.created_at;
        assert!(whole.items.is_sorted_by(newest_first), "lists are newest first");
        let mut pieces = Vec::new();
        let mut after = None;
        loop {
            let page = self.list(2, after).await;
            assert!(page.items.len() <= 2, "no more runs than were asked for");
            pieces.extend(page.items.into_iter().map(|run| run.id));
            match page.next {
                Some(next) if pieces.len() < whole.items.len() => after = Some(next),
                _ => break,
            }
        }
        let expected: Vec<_> = whole.items.into_iter().map(|run| run.id).collect();
        pieces.truncate(expected.len());
        assert_eq!(pieces, expected, "pages join without a hole or a repeat");
        let filter = RunFilter { statuses: vec![RunStatus::Cancelled], page: PageRequest::default() };
        let some = good(self.plane.list_runs(&self.context, &filter).await, "a filtered list is read");
        assert!(some.items.iter().all(|run| run.status == RunStatus::Cancelled), "a filter is kept to");
    }

    async fn failed_step(&self) {
        let Some(planned) = self.harness.failing() else { return };
        let id = self.start(planned.plan, "failing").await;
        let failed = self.until(&id, "the failing run ends", |run| run.summary.status.is_terminal()).await;
        assert_eq!(failed.summary.status, RunStatus::Failed, "a step that ends badly fails its run");
        if self.can(Action::Steps) {
            let step = failed.steps.iter().find(|step| step.name == planned.step);
            assert!(step.is_some_and(|step| step.status.is_failure() && step.failure.is_some()), "the step says why");
        }
        if self.can(Action::DeadLetters) {
            let page = PageRequest::default();
            let letters = good(self.plane.dead_letters(&self.context, &page).await, "dead letters are read");
            assert!(letters.items.iter().any(|letter| letter.run_id == id), "the step is among the dead letters");
        }
        self.harness.mend().await;
        let retry = StepRetry { reason: "the cause is gone".to_owned(), inputs: None };
        let retried = self.plane.retry_step(&self.context, &id, &planned.step, &retry).await;
        if self.supported(Action::RetryStep, retried, "a failed step is tried again").is_none() {
            return;
        }
        let mended = |run: &Run| run.summary.status.is_terminal() && run.summary.status != RunStatus::Failed;
        let ended = self.until(&id, "the retried run ends well", mended).await;
        assert_eq!(ended.summary.status, RunStatus::Succeeded, "the retry saves the run");
        let attempts = ended.steps.iter().find(|step| step.name == planned.step).map_or(0, |step| step.attempts.len());
        assert!(attempts >= 2, "both attempts are kept");
        self.history(&id, &ended).await;
        let conflict = |error: &Error| matches!(error, Error::Conflict { .. });
        let again = self.plane.retry_step(&self.context, &id, &planned.step, &retry).await;
        refused(again, conflict, "the retry of a step that ended well");
    }

    async fn gate(&self) {
        if !self.can(Action::DecideGate) {
            return;
        }
        let planned = self.harness.gated();
        let id = self.start(planned.plan, "gated").await;
        let open = |run: &Run| {
            let step = run.steps.iter().find(|step| step.name == planned.step);
            step.and_then(|step| step.gate.as_ref()).is_some_and(|gate| gate.state == GateState::Open)
        };
        let waiting = self.until(&id, "the gate opens", open).await;
        assert_eq!(waiting.summary.open_gates, 1, "the run counts its open gate");
        let decide = |verdict, reason| self.plane.decide_gate(&self.context, &id, &planned.step, verdict, reason);
        let invalid = |error: &Error| matches!(error, Error::Invalid { .. });
        let unexplained = decide(Verdict::Reject, None).await;
        self.refused_or_unsupported(Action::RejectGate, unexplained, invalid, "a rejection without a reason");
        good(decide(Verdict::Approve, Some("looks right")).await, "the gate is approved");
        let ended = self.until(&id, "the approved run ends", |run| run.summary.status.is_terminal()).await;
        assert_eq!(ended.summary.status, RunStatus::Succeeded, "an approved gate lets the run end well");
        let conflict = |error: &Error| matches!(error, Error::Conflict { .. });
        let late = decide(Verdict::Reject, Some("too late")).await;
        self.refused_or_unsupported(Action::RejectGate, late, conflict, "a second verdict");
    }

    async fn cancel(&self) {
        if !self.can(Action::CancelRun) {
            return;
        }
        let planned = self.harness.endless();
        let id = self.start(planned.plan, "endless").await;
        self.until(&id, "the endless run starts", |run| run.summary.started_at.is_some()).await;
        good(self.plane.cancel_run(&self.context, &id, "a test").await, "a run is cancelled");
        let ended = self.until(&id, "the cancelled run ends", |run| run.summary.status.is_terminal()).await;
        assert_eq!(ended.summary.status, RunStatus::Cancelled, "a cancelled run is neither failed nor done");
        assert!(ended.steps.iter().all(|step| step.status.is_terminal()), "nothing of it goes on");
    }

    async fn catalogue(&self) {
        let templates = self.plane.templates(&self.context).await;
        if let Some(templates) = self.supported(Action::Templates, templates, "templates are read") {
            let distinct: std::collections::BTreeSet<_> = templates.iter().map(|template| &template.id).collect();
            assert_eq!(distinct.len(), templates.len(), "each template has its own id");
            let filled = self.plane.fill_template(&self.context, "never-was", &serde_json::Map::new()).await;
            refused(filled, |error| matches!(error, Error::NotFound { .. }), "a template that never was");
        }
        let breakers = self.plane.breakers(&self.context).await;
        self.supported(Action::Breakers, breakers, "breakers are read");
        let missing = |error: &Error| matches!(error, Error::NotFound { .. });
        for act in [BreakerAct::Reset, BreakerAct::Probe, BreakerAct::Isolate { minutes: 1 }, BreakerAct::Release] {
            let done = self.plane.act_on_breaker(&self.context, "never:was", act, "a test").await;
            self.refused_or_unsupported(Action::ResetBreaker, done, missing, "a breaker that never was");
        }
        let page = PageRequest { after: None, limit: 1 };
        let told = self.plane.breaker_events(&self.context, "never:was", &page).await;
        self.refused_or_unsupported(Action::Breakers, told, missing, "the history of a breaker that never was");
        self.accounts().await;
        self.projects().await;
    }

    /// Teams, keys, queue and bills: read where the plane has them, refused with the reason where it has not.
    async fn accounts(&self) {
        let context = &self.context;
        let missing = |error: &Error| matches!(error, Error::NotFound { .. } | Error::Forbidden { .. });
        let teams = self.plane.teams(context).await;
        self.supported(Action::Teams, teams, "teams are read");
        let people = self.plane.team_people(context, "team-that-never-was").await;
        self.refused_or_unsupported(Action::Teams, people, missing, "people of a team that never was");
        let left = self.plane.act_on_team(context, &TeamAct::Leave { team: "team-that-never-was".to_owned() }).await;
        self.refused_or_unsupported(Action::Teams, left, missing, "leaving a team that never was");
        let audit = self.plane.audit(context, "team-that-never-was").await;
        self.refused_or_unsupported(Action::Audit, audit, missing, "the audit of a team that never was");
        let by =
            SignIn::Invitation { token: Secret::new("never-was"), name: None, password: Secret::new("a password") };
        let entered = self.plane.sign_in(context, &by).await;
        self.refused_or_unsupported(Action::SignIn, entered, missing, "an invitation that never was");
        let keys = self.plane.api_keys(context).await;
        self.supported(Action::ApiKeys, keys, "keys are read");
        let revoked = self.plane.revoke_api_key(context, "key-that-never-was").await;
        self.refused_or_unsupported(Action::ApiKeys, revoked, missing, "revoking a key that never was");
        let queue = self.plane.queue(context).await;
        self.supported(Action::Queue, queue, "the queue is read");
        let requeued = self.plane.requeue_dead_letters(context, 1).await;
        self.supported(Action::RequeueDeadLetters, requeued, "dead letters are put back");
        let team = self.plane.teams(context).await.ok().and_then(|mut teams| teams.pop()).map(|team| team.id);
        let billing = self.plane.billing(context, team.as_deref()).await;
        self.supported(Action::Billing, billing, "the bills are read");
    }

    async fn projects(&self) {
        let never = RunId::new("run_that_never_was");
        let missing = |error: &Error| matches!(error, Error::NotFound { .. });
        let work = self.plane.project_work(&self.context, &never).await;
        self.refused_or_unsupported(Action::Projects, work, missing, "the work on a project that never was");
        let act = ProjectAct::GoOn { gate: "G1".to_owned() };
        let gone_on = self.plane.act_on_project(&self.context, &never, &act).await;
        self.refused_or_unsupported(Action::Projects, gone_on, missing, "an act on a project that never was");
    }

    async fn start(&self, plan: Value, name: &str) -> RunId {
        let new = NewRun { plan, template: None, team: None, idempotency_key: key(name) };
        good(self.plane.create_run(&self.context, &new).await, name).summary.id
    }

    async fn list(&self, limit: u32, after: Option<String>) -> Page<domain::RunSummary> {
        let filter = RunFilter { statuses: Vec::new(), page: PageRequest { after, limit } };
        good(self.plane.list_runs(&self.context, &filter).await, "a page of runs is read")
    }

    async fn until(&self, id: &RunId, what: &str, reached: impl Fn(&Run) -> bool) -> Run {
        let watching = async {
            loop {
                let run = good(self.plane.run(&self.context, id).await, "the run is read");
                if reached(&run) {
                    return run;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        self.in_time(watching, what).await
    }

    #[expect(clippy::panic, reason = "a story that stands still has to end")]
    async fn in_time<T>(&self, work: impl Future<Output = T>, what: &str) -> T {
        let patience = self.harness.patience();
        tokio::time::timeout(patience, work).await.unwrap_or_else(|_| panic!("{what}: not within {patience:?}"))
    }

    fn can(&self, action: Action) -> bool {
        self.plane.capabilities().of(action) == Availability::Yes
    }

    /// The value, if the plane says that it can do this; otherwise it must have said so now, too.
    fn supported<T>(&self, action: Action, outcome: Result<T, Error>, what: &str) -> Option<T> {
        if self.can(action) {
            return Some(good(outcome, what));
        }
        assert_unsupported(action, outcome.err().as_ref());
        None
    }

    fn refused_or_unsupported<T>(
        &self,
        action: Action,
        outcome: Result<T, Error>,
        expected: impl Fn(&Error) -> bool,
        what: &str,
    ) {
        if self.can(action) {
            refused(outcome, expected, what);
        } else {
            assert_unsupported(action, outcome.err().as_ref());
        }
    }
}

fn assert_unsupported(action: Action, error: Option<&Error>) {
    let unsupported = matches!(error, Some(Error::Unsupported { .. }));
    assert!(unsupported, "{action:?} is not among the capabilities, so it is refused as unsupported: {error:?}");
}

#[expect(clippy::panic, reason = "the outcome is the test")]
fn good<T>(outcome: Result<T, Error>, what: &str) -> T {
    outcome.unwrap_or_else(|error| panic!("{what}: {error:?}"))
}

#[expect(clippy::panic, reason = "the outcome is the test")]
fn refused<T>(outcome: Result<T, Error>, expected: impl Fn(&Error) -> bool, what: &str) {
    match outcome {
        Ok(_) => panic!("{what}: not refused"),
        Err(error) => assert!(expected(&error), "{what}: refused otherwise than expected: {error:?}"),
    }
}

fn gapless(events: &[Event]) {
    let numbers: Vec<_> = events.iter().map(|event| event.seq).collect();
    let expected: Vec<_> = (1..).take(events.len()).collect();
    assert_eq!(numbers, expected, "events count from 1 without gap or repeat");
}

/// A key that no other telling of the story uses, in this process or another.
fn key(name: &str) -> String {
    use std::{
        hash::{BuildHasher, RandomState},
        sync::atomic::{AtomicU64, Ordering},
    };
    static TOLD: AtomicU64 = AtomicU64::new(0);
    let number = TOLD.fetch_add(1, Ordering::Relaxed);
    format!("story-{name}-{number}-{:016x}", RandomState::new().hash_one(number))
}
