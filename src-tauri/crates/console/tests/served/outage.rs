//! An outage of what the plane calls: whom it hurts is told exactly, why is told first, and both also with no network.

use crate::{
    desk::{Desk, NAME, signed_in},
    plane::Plane,
};
use console::{
    SyncMode,
    view::{
        AcknowledgeProblem, BlastQuery, BlastRadius, BreakerEffect, BreakerRef, CreateRun, Problem, ProblemCause,
        Triage, TriageQuery,
    },
};
use domain::{BreakerSource, BreakerState, ConnectionState, RunId, RunStatus};
use futures::{FutureExt as _, future::BoxFuture};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use testkit::{Asked, Loopback, Said, Service, eventually};

/// A shop that answers, or does not.
#[derive(Debug, Default)]
struct Shop {
    is_down: AtomicBool,
}

impl Service for Shop {
    fn answer(self: Arc<Self>, _: Asked) -> BoxFuture<'static, Said> {
        let status = if self.is_down.load(Ordering::SeqCst) { 503 } else { 200 };
        async move { Said::json(status, &json!({})) }.boxed()
    }
}

struct Outage {
    plane: Plane,
    desk: Desk,
    shop: Arc<Shop>,
    host: Loopback,
}

impl Outage {
    async fn over(sync: SyncMode) -> Self {
        let (plane, desk) = signed_in(sync).await;
        let shop = Arc::<Shop>::default();
        let host = Loopback::serve(Arc::clone(&shop)).await;
        desk.until(ConnectionState::Live).await;
        Self { plane, desk, shop, host }
    }

    fn breaker(&self) -> String {
        format!("http:{}", self.host.address())
    }

    fn ask(&self, attempts: u32, after: &Value) -> Value {
        json!({"name": "ask", "tool": "http", "inputs": {"url": self.host.url()}, "depends_on": after,
               "retry": {"max_attempts": attempts, "delay": "10m", "max_delay": "20m"}})
    }

    /// Starts a run and waits until it stands so; a moment passes.
    async fn run(&self, goal: &str, steps: Value, status: RunStatus) -> RunId {
        let new = json!({ "connection": NAME, "plan": { "goal": goal, "steps": steps } });
        let new = serde_json::from_value::<CreateRun>(new).unwrap();
        let id = self.desk.console.create_run(new).await.unwrap().run.summary.id;
        eventually(&format!("{goal} to be {status:?}"), async || {
            (self.plane.engine.run(&id).await.unwrap().summary.status == status).then_some(())
        })
        .await;
        self.plane.clock.advance(Duration::from_secs(1));
        id
    }

    /// Two runs before it, nine that fail, three that are held, two that come to it, and one that fails by itself.
    async fn play(&self) -> BTreeMap<RunId, BreakerEffect> {
        let one = || json!([self.ask(1, &json!([]))]);
        let mut truth = BTreeMap::new();
        for _ in 0..2 {
            self.run("sell", one(), RunStatus::Succeeded).await;
        }
        self.shop.is_down.store(true, Ordering::SeqCst);
        for _ in 0..9 {
            truth.insert(self.run("sell", one(), RunStatus::Failed).await, BreakerEffect::Failed);
        }
        for _ in 0..3 {
            let patient = json!([self.ask(3, &json!([]))]);
            truth.insert(self.run("restock", patient, RunStatus::Waiting).await, BreakerEffect::Held);
        }
        for _ in 0..2 {
            let gate = json!({"name": "look", "tool": "manual:look", "inputs": {"question": "Go on?"}});
            let steps = json!([gate, self.ask(1, &json!(["look"]))]);
            truth.insert(self.run("reprice", steps, RunStatus::Waiting).await, BreakerEffect::Next);
        }
        let own = json!([{"name": "break", "tool": "fail", "inputs": {"message": "its own fault"}}]);
        self.run("tidy", own, RunStatus::Failed).await;
        truth
    }

    async fn radius(&self, desk: &Desk) -> Result<BlastRadius, domain::WireError> {
        let wanted = BlastQuery { connection: Some(NAME.into()), breaker: self.breaker(), since: None };
        desk.console.blast_radius(wanted).await
    }

    async fn triage(&self) -> Triage {
        self.desk.console.triage(TriageQuery { minutes: None }).await.unwrap()
    }
}

fn effects(radius: &BlastRadius) -> BTreeMap<RunId, BreakerEffect> {
    radius.steps.iter().map(|step| (step.run.clone(), step.effect)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_blast_radius_is_exactly_the_runs_that_an_outage_hurts_also_with_no_network() {
    let outage = Outage::over(SyncMode::Live).await;
    let truth = outage.play().await;
    let radius = eventually("the radius to be known", async || {
        let radius = outage.radius(&outage.desk).await.ok()?;
        (radius.unread_runs == 0 && effects(&radius) == truth).then_some(radius)
    })
    .await;
    let counts = radius.counts;
    assert_eq!((counts.runs, counts.failed, counts.held, counts.next, counts.delayed), (14, 9, 3, 2, 0), "{counts:?}");
    assert_eq!(counts.failed_after_sending, 5, "the fifth failure opened the breaker; of four nothing was sent");
    assert_eq!((counts.attempts, counts.attempts_sent), (12, 5), "and of the held ones neither");
    let workflows: Vec<_> = radius.workflows.iter().map(|known| (known.workflow.as_str(), known.runs)).collect();
    assert_eq!(workflows, [("sell", 9), ("restock", 3), ("reprice", 2)], "by what they were for");
    assert_eq!(radius.steps[0].effect, BreakerEffect::Failed, "what is worst comes first");

    outage.desk.console.shutdown().await;
    let later = outage.desk.another(SyncMode::CacheOnly).await;
    let cached = outage.radius(&later).await.unwrap();
    assert_eq!((cached.counts, effects(&cached)), (counts, truth), "the same from the cache alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn triage_names_the_outage_first_and_what_it_explains() {
    let outage = Outage::over(SyncMode::Live).await;
    outage.play().await;
    let triage = eventually("triage to name the cause", async || {
        let triage = outage.triage().await;
        let told = (triage.problems.len(), triage.failed_runs, triage.unread_runs);
        (triage.problems.first()?.failed == 9 && told == (3, 10, 0)).then_some(triage)
    })
    .await;
    let first = &triage.problems[0];
    let ProblemCause::Breaker { breaker, failed_probes, counts } = &first.cause else { panic!("{first:?}") };
    assert_eq!((&breaker.id, breaker.state, *failed_probes), (&outage.breaker(), BreakerState::Open, 0));
    assert_eq!((first.held, counts.map(|counts| counts.next)), (3, Some(2)), "with whom it hurts");
    let kinds = triage.problems[1..].iter().all(|problem| matches!(problem.cause, ProblemCause::Approval { .. }));
    assert!(kinds, "the gates wait for a person: {:?}", triage.problems);
    assert_eq!((triage.failed_runs, triage.alone_in_all), (10, 1), "one failed run stands alone");
    assert_eq!(triage.alone[0].goal, "tidy", "the one with a fault of its own");
    let explained = triage.failures.iter().filter(|failed| failed.problem.as_ref() == Some(&first.id)).count();
    assert_eq!((triage.failures.len(), explained), (10, 9), "each failed run is drawn, with its cause");
    assert_eq!(triage.held_since.len(), 3, "each held run has a beginning");
    let lane = triage.breakers.iter().find(|lane| lane.breaker == outage.breaker()).unwrap();
    let states: Vec<_> = lane.spans.iter().map(|span| span.state).collect();
    assert_eq!(states, [BreakerState::Closed, BreakerState::Open], "closed, then open up to now");
    assert_eq!((lane.failures.len(), lane.marks.len()), (5, 1), "five failures, one opening");

    let request = AcknowledgeProblem { problem: first.id.clone(), in_hand: true };
    let seen = outage.desk.console.acknowledge_problem(request.clone()).await.unwrap();
    assert_eq!(seen.problems[0].acknowledged.as_ref().map(|known| known.actor.as_str()), Some("ada"), "in hand");
    let back = AcknowledgeProblem { in_hand: false, ..request };
    let seen = outage.desk.console.acknowledge_problem(back).await.unwrap();
    assert_eq!(seen.problems[0].acknowledged, None, "and given back");
    let unknown = AcknowledgeProblem { problem: "breaker:no:such".into(), in_hand: true };
    assert_eq!(outage.desk.console.acknowledge_problem(unknown).await.unwrap_err().code, "not_found", "no other");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_heard_is_unknown_from_then_on() {
    let outage = Outage::over(SyncMode::Live).await;
    outage.play().await;
    eventually("the breaker to be known", async || outage.radius(&outage.desk).await.ok()).await;
    outage.plane.proxy.set(testkit::Fault::Reset);
    outage.desk.until(ConnectionState::Offline).await;
    outage.plane.clock.advance(Duration::from_mins(10));
    let triage = outage.triage().await;
    let lost = &triage.problems.iter().find(|problem| matches!(problem.cause, ProblemCause::Connection { .. }));
    assert!(lost.is_some(), "that it is lost is a problem of its own: {:?}", triage.problems);
    let follows = |problem: &&Problem| match &problem.cause {
        ProblemCause::Breaker { breaker, .. } => breaker.source == BreakerSource::Console,
        cause => matches!(cause, ProblemCause::Checks { .. }) && problem.connection.is_some(),
    };
    assert_eq!(triage.problems.iter().find(follows), None, "what follows from that is none");
    let lane = triage.breakers.iter().find(|lane| lane.breaker == outage.breaker()).unwrap();
    assert_eq!((lane.state, lane.next_probe_at), (BreakerState::Unknown, None), "never as it was");
    let silence = lane.spans.last().unwrap();
    assert_eq!((silence.state, silence.to), (BreakerState::Unknown, triage.at), "unknown up to now");
    let read_at = lane.freshness.read_at.unwrap();
    assert_eq!(silence.from, read_at, "from when it was last heard");
    assert!(triage.at.since(read_at) >= Duration::from_mins(10), "which is long ago");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_consoles_own_breakers_have_a_history_that_outlives_the_process() {
    let (plane, desk) = signed_in(SyncMode::Live).await;
    desk.until(ConnectionState::Live).await;
    plane.proxy.set(testkit::Fault::Reset);
    let history = async |desk: &Desk| {
        let breaker = format!("connection:{NAME}:read");
        let wanted = BreakerRef { source: BreakerSource::Console, connection: Some(NAME.into()), breaker };
        desk.console.breaker_history(wanted).await.unwrap().value.unwrap()
    };
    let opened = eventually("the breaker to open", async || {
        let events = history(&desk).await;
        events.iter().any(|event| event.to == BreakerState::Open).then_some(events)
    })
    .await;
    desk.console.shutdown().await;
    let later = desk.another(SyncMode::CacheOnly).await;
    let told = history(&later).await;
    assert!(told.len() >= opened.len(), "nothing is lost with the process");
    let numbers: BTreeSet<_> = told.iter().map(|event| event.seq).collect();
    assert_eq!(numbers.len(), told.len(), "each has a number of its own: {told:?}");
    assert_eq!(told.last(), opened.last(), "from its first opening on");
}
