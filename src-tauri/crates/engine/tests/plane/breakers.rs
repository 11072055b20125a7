//! Breakers: what happens to them is kept over a restart, and what an operator does to them has a reason, an end and an entry
//! in the audit.

#![expect(clippy::expect_used, reason = "a set-up that breaks is a failed test")]

use super::fixture::{Plane, act};
use domain::{
    Breaker, BreakerAct, BreakerCause, BreakerEvent, BreakerHappening as What, BreakerState, BreakerVerdict, FeedItem,
    PageRequest, RunStatus, WaitingFor,
};
use engine::{Error, accounts::Scope};
use futures::StreamExt as _;
use serde_json::json;
use std::time::Duration;

/// An address at which nobody listens.
async fn nobody() -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    listener.local_addr().expect("it is bound")
}

async fn ask(plane: &Plane, address: std::net::SocketAddr) {
    let step = json!({"name": "ask", "tool": "http", "inputs": {"url": format!("http://{address}/")}, "retry": {"max_attempts": 1}});
    let run = plane.create(json!({"goal": "ask", "steps": [step]})).await;
    plane.ended(&run.summary.id).await;
}

fn page(limit: u32, after: Option<String>) -> PageRequest {
    PageRequest { after, limit }
}

/// The history of a breaker once it is so long, oldest first.
async fn history(plane: &Plane, id: &str, long: usize) -> Vec<BreakerEvent> {
    testkit::eventually(&format!("{long} things that happened to {id}"), async || {
        let kept = plane.engine.breaker_history(id, &page(200, None)).await.ok()?;
        (kept.items.len() >= long).then(|| kept.items.into_iter().rev().collect())
    })
    .await
}

async fn done(plane: &Plane, id: &str, deed: BreakerAct) -> Result<Breaker, Error> {
    plane.engine.act_on_breaker(id, deed, "the other side is being mended", &act()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_breaker_tells_what_happened_and_outlives_the_process() {
    let (plane, address) = (Plane::new().await, nobody().await);
    let id = format!("http:{address}");
    for _ in 0..5 {
        ask(&plane, address).await;
    }
    let opened = history(&plane, &id, 1).await.remove(0);
    assert_eq!((opened.what, opened.from, opened.to), (What::Opened, BreakerState::Closed, BreakerState::Open));
    assert_eq!(opened.cause, Some(BreakerCause::Unreachable), "with the reason");
    assert!(opened.until.is_some_and(|until| until > opened.at) && opened.actor.is_none(), "by itself, for a time");

    let probed = done(&plane, &id, BreakerAct::Probe).await.expect("an open one can be probed");
    assert_eq!(probed.state, BreakerState::HalfOpen, "the next call is a probe");
    ask(&plane, address).await;
    let told = history(&plane, &id, 3).await;
    let by = (told[1].actor.as_deref(), told[1].reason.as_deref());
    assert_eq!((told[1].what, by), (What::HalfOpened, (Some("tester"), Some("the other side is being mended"))));
    assert_eq!((told[2].what, told[2].from), (What::Opened, BreakerState::HalfOpen), "the probe failed");

    let (plane, _) = plane.restart(Duration::from_secs(5)).await;
    assert_eq!(history(&plane, &id, 3).await, told, "the same after a restart");
    let first = plane.engine.breaker_history(&id, &page(2, None)).await.expect("a page");
    let rest = plane.engine.breaker_history(&id, &page(2, first.next.clone())).await.expect("the next page");
    let (newest, oldest) = (first.items[0].seq, rest.items[0].seq);
    assert_eq!((first.items.len(), rest.items.len(), rest.next), (2, 1, None), "paged by key");
    assert!(newest > oldest, "newest first");
    let missing = plane.engine.breaker_history("http:never:1", &page(10, None)).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "one that never was: {missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_isolation_refuses_calls_until_it_is_released_and_says_who_and_how_long() {
    let plane = Plane::new().await;
    let id = "ai:anthropic";
    for minutes in [0, BreakerAct::LONGEST_MINUTES + 1] {
        let refused = done(&plane, id, BreakerAct::Isolate { minutes }).await;
        assert!(matches!(&refused, Err(Error::Invalid { faults }) if faults[0].path == "minutes"), "{refused:?}");
    }
    let isolated = done(&plane, id, BreakerAct::Isolate { minutes: 10 }).await.expect("it is isolated");
    let isolation = isolated.isolation.expect("it says so");
    assert_eq!((isolated.state, isolation.actor.as_str()), (BreakerState::Isolated, "tester"));
    let event = history(&plane, id, 1).await.remove(0);
    let lasts = event.until.expect("it ends by itself").since(event.at);
    assert_eq!((event.what, lasts), (What::Isolated, Duration::from_mins(10)), "for as long as was said");

    let probed = done(&plane, id, BreakerAct::Probe).await;
    assert!(matches!(&probed, Err(Error::Conflict { code: "breaker_not_open", .. })), "nothing to probe: {probed:?}");
    let reset = done(&plane, id, BreakerAct::Reset).await.expect("it can be reset");
    assert_eq!(reset.state, BreakerState::Isolated, "a reset is no release");
    let released = done(&plane, id, BreakerAct::Release).await.expect("it is released");
    assert_eq!((released.state, released.isolation), (BreakerState::Closed, None), "calls pass again");
    let again = done(&plane, id, BreakerAct::Release).await;
    assert!(matches!(&again, Err(Error::Conflict { code: "breaker_not_isolated", .. })), "once: {again:?}");
    let missing = done(&plane, "http:never:1", BreakerAct::Release).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "one that never was: {missing:?}");

    let told = history(&plane, id, 3).await;
    let whats: Vec<_> = told.iter().map(|event| event.what).collect();
    assert_eq!(whats, [What::Isolated, What::Reset, What::Released], "what was refused has not happened");
    assert!(told.iter().all(|event| event.actor.as_deref() == Some("tester")), "and each says who did it: {told:?}");
    let entries = plane.engine.audit_after(0, 1_000).await.expect("the audit");
    let acts: Vec<_> = entries.iter().filter(|entry| entry.act.starts_with("breaker.")).collect();
    let names: Vec<_> = acts.iter().map(|entry| entry.act.as_str()).collect();
    assert_eq!(names, ["breaker.isolate", "breaker.reset", "breaker.release"], "each is in the audit");
    assert!(acts.iter().all(|entry| entry.reason.as_deref() == Some("the other side is being mended")), "with why");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_tells_which_breaker_it_met_and_what_that_made_of_it() {
    let (plane, address) = (Plane::new().await, nobody().await);
    let id = format!("http:{address}");
    let mut feed = plane.engine.feed(Scope::Everywhere, None);
    let mut verdicts = Vec::new();
    for _ in 0..6 {
        let step = json!({"name": "ask", "tool": "http", "inputs": {"url": format!("http://{address}/")}, "retry": {"max_attempts": 1}});
        let run = plane.create(json!({"goal": "ask", "steps": [step]})).await;
        let run = plane.ended(&run.summary.id).await;
        assert_eq!(run.steps[0].breaker.as_deref(), Some(id.as_str()), "known before it is asked");
        let attempt = &run.steps[0].attempts[0];
        assert_eq!(attempt.breaker.as_deref(), Some(id.as_str()), "the one that it met");
        verdicts.push((attempt.breaker_state, attempt.breaker_verdict));
    }
    let failed = (Some(BreakerState::Closed), Some(BreakerVerdict::Failure));
    let mut expected = vec![failed; 5];
    expected.push((Some(BreakerState::Open), Some(BreakerVerdict::Refused)));
    assert_eq!(verdicts, expected, "five were sent and failed, the sixth was not sent");

    let told = tokio::time::timeout(Duration::from_secs(10), async {
        while let Some(item) = feed.next().await {
            if let FeedItem::Breaker { breaker } = item {
                return Some(breaker);
            }
        }
        None
    });
    assert_eq!(told.await.expect("it is told"), Some(id.clone()), "whoever watches hears that something happened");
    assert_eq!(
        plane.engine.breaker_history(&id, &page(10, None)).await.expect("known").items.len(),
        1,
        "and can read it"
    );
}

/// A host that answers.
struct Well;

impl testkit::Service for Well {
    fn answer(self: std::sync::Arc<Self>, _: testkit::Asked) -> futures::future::BoxFuture<'static, testkit::Said> {
        Box::pin(async { testkit::Said::json(200, &json!({})) })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_breaker_holds_goes_on_as_soon_as_it_closes() {
    let plane = Plane::new().await;
    let host = testkit::Loopback::serve(std::sync::Arc::new(Well)).await;
    ask(&plane, host.address()).await;
    let id = format!("http:{}", host.address());
    done(&plane, &id, BreakerAct::Isolate { minutes: 60 }).await.expect("it is known since the first call");
    let step = json!({"name": "ask", "tool": "http", "inputs": {"url": host.url()}, "retry": {"max_attempts": 2, "delay": "20m", "max_delay": "20m"}});
    let run = plane.create(json!({"goal": "ask", "steps": [step]})).await.summary.id;
    let held = testkit::eventually("the step to be held", async || {
        let step = plane.engine.run(&run).await.ok()?.steps.remove(0);
        (step.waiting_for == Some(WaitingFor::Breaker)).then_some(step)
    })
    .await;
    assert!(held.waiting_until.is_some(), "until the isolation ends, and a pause more");
    done(&plane, &id, BreakerAct::Release).await.expect("it is isolated");
    let run = plane.ended(&run).await;
    let verdicts: Vec<_> = run.steps[0].attempts.iter().map(|attempt| attempt.breaker_verdict).collect();
    let expected = [Some(BreakerVerdict::Refused), Some(BreakerVerdict::Success)];
    assert_eq!(
        (run.summary.status, verdicts.as_slice()),
        (RunStatus::Succeeded, &expected[..]),
        "at once, not in an hour"
    );
}
