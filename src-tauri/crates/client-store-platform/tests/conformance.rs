//! The conformance story, told by the store platform over real HTTP, and what is particular to it.
#![expect(clippy::expect_used, reason = "a test that cannot go on ends")]

use client_store_platform::{Limits, StorePlatformClient, recognise};
use control_plane::{
    CallContext, ControlPlane as _, Error, NewRun,
    conformance::{Harness, Planned, story},
};
use domain::{CorrelationId, EventKind, RunStatus, StepStatus, Store, StoreStatus};
use serde_json::{Value, json};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use testkit::{Asked, Loopback, Service as _, fields, recording, stand_in::StorePlatform};

struct Stores;

fn planned(name: &str, step: &str) -> Planned {
    Planned { plan: json!({"name": name, "engine": "medusa"}), step: step.to_owned() }
}

#[async_trait::async_trait]
impl Harness for Stores {
    fn good(&self) -> Planned {
        planned("fine shop", "helm install")
    }

    fn faulty(&self) -> Value {
        json!({"name": "a/b", "engine": "Medusa"})
    }

    fn failing(&self) -> Option<Planned> {
        Some(planned("doomed shop", "helm install"))
    }

    async fn mend(&self) {}

    fn gated(&self) -> Planned {
        planned("never asked for", "ready check")
    }

    fn endless(&self) -> Planned {
        planned("endless shop", "ready check")
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(20)
    }
}

fn context() -> CallContext {
    CallContext::new(CorrelationId::new("a-test"))
}

async fn platform() -> (Arc<StorePlatform>, Loopback, StorePlatformClient) {
    let plane = Arc::new(StorePlatform::default());
    let served = Loopback::serve(Arc::clone(&plane)).await;
    let client = StorePlatformClient::new(&served.url(), None, Limits::default()).expect("a loopback address is fine");
    (plane, served, client)
}

fn order(name: &str, key: &str) -> NewRun {
    NewRun {
        plan: json!({"store": {"name": name, "engine": "medusa"}}),
        template: None,
        team: None,
        idempotency_key: key.into(),
    }
}

#[tokio::test]
async fn the_store_platform_tells_the_conformance_story() {
    let (_plane, _served, client) = platform().await;
    story(&client, &Stores).await;
}

#[tokio::test]
async fn the_stand_in_answers_in_the_shapes_that_were_recorded() {
    let (_plane, _served, client) = platform().await;
    let made = client.create_run(&context(), &order("fine shop", "k1")).await.expect("a store is made");
    let id = made.summary.id.as_str();
    let (plane, asked) = (Arc::new(StorePlatform::default()), |method: &str, path: &str, body: Value| Asked {
        method: method.into(),
        path: path.into(),
        query: String::new(),
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
        peer: ([127, 0, 0, 1], 1).into(),
    });
    let cases = [
        ("POST", "/api/stores".to_owned(), json!({"name": "a", "engine": "medusa"}), "create.json"),
        ("GET", "/api/stores".to_owned(), Value::Null, "list-one.json"),
        ("GET", format!("/api/stores/{id}"), Value::Null, "get.json"),
        ("GET", format!("/api/stores/{id}/events"), Value::Null, "events.json"),
        ("POST", "/api/stores".to_owned(), json!({"name": "", "engine": "medusa"}), "body-empty-name.json"),
        ("DELETE", format!("/api/stores/{id}"), Value::Null, "delete-ok.json"),
        ("GET", "/api/stores/00000009-0000-4000-8000-000000000000".to_owned(), Value::Null, "get-missing.json"),
        ("GET", "/health/live".to_owned(), Value::Null, "health-live.json"),
    ];
    for (method, path, body, name) in cases {
        let said = Arc::clone(&plane).answer(asked(method, &path, body)).await;
        let recorded = recording("store-platform", name).exchange().expect("it is an exchange");
        assert_eq!(said.status, recorded.status, "{name}: the same status");
        let shape = |body: &[u8]| fields(&serde_json::from_slice(body).expect("JSON"));
        assert_eq!(shape(&said.body), shape(&recorded.body), "{name}: the same fields");
    }
}

#[tokio::test]
async fn a_known_key_with_another_store_is_a_conflict_and_not_a_silent_success() {
    let (_plane, _served, client) = platform().await;
    client.create_run(&context(), &order("one", "the-key")).await.expect("the first is made");
    let again = client.create_run(&context(), &order("two", "the-key")).await;
    assert!(
        matches!(&again, Err(Error::Conflict { code, .. }) if code == "idempotency_key_reused"),
        "the platform answers with the first store, which is not what was asked for: {again:?}"
    );
}

#[tokio::test]
async fn the_cap_of_stores_is_a_conflict_and_the_limit_of_requests_is_not() {
    let (plane, _served, client) = platform().await;
    plane.cap.store(1, Ordering::Relaxed);
    client.create_run(&context(), &order("one", "k1")).await.expect("the first is made");
    let over = client.create_run(&context(), &order("two", "k2")).await;
    assert!(
        matches!(&over, Err(Error::Conflict { code, .. }) if code == "store_cap"),
        "waiting helps nothing: {over:?}"
    );
    plane.creates.store(1, Ordering::Relaxed);
    let throttled = client.create_run(&context(), &order("two", "k3")).await;
    let expected = Error::Throttled { retry_after: Some(Duration::from_secs(880)) };
    assert_eq!(throttled.err(), Some(expected), "both have status 429");
}

#[tokio::test]
async fn what_the_platform_would_accept_and_then_fail_at_is_refused_before_it_is_sent() {
    let (plane, _served, client) = platform().await;
    let before = plane.calls.load(Ordering::Relaxed);
    for name in ["x".repeat(49).as_str(), "___", "", "a\tb", "shop; rm -rf /"] {
        let refused = client.create_run(&context(), &order(name, "k")).await;
        let Err(Error::Invalid { faults, .. }) = refused else { panic!("{name:?} is refused: {refused:?}") };
        assert!(
            faults.iter().all(|fault| fault.path == "store.name" && !fault.remedy.is_empty()),
            "{name:?}: {faults:?}"
        );
    }
    assert_eq!(plane.calls.load(Ordering::Relaxed), before, "nothing was sent");
}

#[tokio::test]
async fn a_store_that_goes_after_it_was_ready_was_provisioned_all_the_same() {
    let (_plane, _served, client) = platform().await;
    let id = client.create_run(&context(), &order("fine", "k1")).await.expect("it is made").summary.id;
    let run = loop {
        let run = client.run(&context(), &id).await.expect("it is read");
        if run.summary.status.is_terminal() {
            break run;
        }
    };
    assert_eq!(run.summary.status, RunStatus::Succeeded, "it is ready");
    let store = Store::of(&run.metadata).expect("it tells of its store");
    assert_eq!(store.urls, ["http://203.0.113.7:30400"], "a text that holds a list is a list");
    client.delete_store(&context(), &id).await.expect("it is asked to go");
    let gone = client.run(&context(), &id).await.expect("it is still there");
    assert_eq!(
        Store::of(&gone.metadata).map(|store| store.status),
        Some(StoreStatus::Deleting),
        "it is on its way out"
    );
    assert_eq!(gone.summary.status, RunStatus::Succeeded, "its removal is no verdict on its provisioning");
    let events = client.events(&context(), &id, 0, 100).await.expect("they are told").items;
    assert_eq!(events.last().map(|event| event.kind), Some(EventKind::RunNoted), "the removal is noted");
}

#[tokio::test]
async fn a_failed_store_says_which_step_and_tells_no_command_line() {
    let (_plane, _served, client) = platform().await;
    let id = client.create_run(&context(), &order("doomed", "k1")).await.expect("it is made").summary.id;
    let run = loop {
        let run = client.run(&context(), &id).await.expect("it is read");
        if run.summary.status.is_terminal() {
            break run;
        }
    };
    let statuses: Vec<_> = run.steps.iter().map(|step| step.status).collect();
    assert_eq!(statuses, [StepStatus::Succeeded, StepStatus::Failed, StepStatus::Skipped], "Helm failed");
    let failure = run.summary.failure.expect("it says why");
    assert_eq!(
        (failure.code.as_str(), failure.message.as_str()),
        ("helm_failed", "Helm installation failed"),
        "in words"
    );
}

#[tokio::test]
async fn an_address_is_recognised_by_what_lives_there() {
    let (_plane, served, _client) = platform().await;
    let reason = recognise(&served.url(), &context(), Limits::default()).await.expect("it is one");
    assert!(reason.contains("endpoint for stores"), "it says by what: {reason}");
}

#[tokio::test]
async fn reading_one_run_after_the_other_stays_within_the_limit_of_the_platform() {
    let (plane, _served, client) = platform().await;
    let id = client.create_run(&context(), &order("fine", "k1")).await.expect("it is made").summary.id;
    let before = plane.calls.load(Ordering::Relaxed);
    client.run_with_events(&context(), &id).await.expect("it is read");
    let requests = plane.calls.load(Ordering::Relaxed) - before;
    let gap = client.reading_gap().expect("the platform sets a limit");
    let readings = Duration::from_mins(15).as_millis() / gap.as_millis();
    let all = requests as u128 * readings;
    assert!(all <= 1000, "{requests} requests of each of {readings} readings in a quarter of an hour are {all}");
}
