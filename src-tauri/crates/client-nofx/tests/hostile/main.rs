//! The client against servers that are broken or mean: every outcome has its name.

#![expect(clippy::expect_used, reason = "a set-up that breaks is a failed test")]

mod accounts;

use client_nofx::{BuildError, Limits, NofxClient};
use control_plane::{CallContext, ControlPlane, Error, NewRun, RunFilter};
use domain::{Action, CorrelationId, GateState, RunId, RunStatus, Secret};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use testkit::{Asked, Loopback, Said, Service};

const ID: &str = "0bf8169a-d2bb-4c36-a627-a5508161f23a";

/// A server that finds an answer for each call by itself.
struct Answering<F>(F);

impl<F: Fn(&Asked) -> Said + Send + Sync + 'static> Service for Answering<F> {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        Box::pin(std::future::ready((self.0)(&asked)))
    }
}

async fn served(answers: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> (Loopback, NofxClient) {
    served_to(None, answers).await
}

async fn served_to(
    credential: Option<&str>,
    answers: impl Fn(&Asked) -> Said + Send + Sync + 'static,
) -> (Loopback, NofxClient) {
    let server = Loopback::serve(Arc::new(Answering(answers))).await;
    let limits = Limits { read: Duration::from_secs(2), body: 64 * 1024, ..Limits::default() };
    let client = NofxClient::new(&server.url(), credential.map(Secret::new), limits).expect("a client");
    (server, client)
}

/// A server that is Express where it lists runs, and says this everywhere else.
async fn says(said: Said) -> (Loopback, NofxClient) {
    served(move |asked| if asked.path == "/runs" && asked.method == "GET" { list(&json!([])) } else { said.clone() })
        .await
}

fn list(runs: &Value) -> Said {
    Said::json(200, &json!({ "runs": runs, "pagination": { "page": 1, "limit": 100, "total": 0, "pages": 0 } }))
}

fn context() -> CallContext {
    CallContext::new(CorrelationId::new("hostile-1"))
}

async fn run(client: &NofxClient) -> Error {
    client.run(&context(), &RunId::new(ID)).await.expect_err("nothing here is a run")
}

fn good() -> NewRun {
    let plan = json!({ "goal": "g", "steps": [{ "name": "s", "tool": "test:echo" }] });
    NewRun { plan, template: None, team: None, idempotency_key: "a-key-of-ours".to_owned() }
}

#[tokio::test]
async fn answers_that_are_not_of_nofx_are_incompatible() {
    let html = "<html><body>Welcome to the router</body></html>";
    for (what, said) in [
        ("HTML", Said::text(200, "text/html", html)),
        ("HTML that says it is JSON", Said::text(200, "application/json", html)),
        ("cut JSON", Said::text(200, "application/json", r#"{"id":"0bf8169a","status":"#)),
        ("nothing", Said::text(200, "application/json", "")),
        ("null", Said::json(200, &Value::Null)),
        ("a list", Said::json(200, &json!([1, 2, 3]))),
        ("a run without an id", Said::json(200, &json!({ "status": "queued" }))),
        ("a run that is a number", Said::json(200, &json!({ "run": 5 }))),
        ("a foreign 404", Said::text(404, "text/html", html)),
        ("a path that is not there", Said::json(404, &json!({ "error": "Not found", "timestamp": "t" }))),
        ("a foreign 400", Said::text(400, "text/html", html)),
        ("a redirect", Said::text(302, "text/plain", "").header("location", "/elsewhere")),
        ("a flood", Said::text(200, "application/json", &" ".repeat(100_000))),
    ] {
        let (_server, client) = says(said).await;
        let error = run(&client).await;
        assert!(matches!(error, Error::Incompatible { .. }), "{what} is not of NOFX: {error:?}");
    }
    let (_server, client) = served(|_| Said::json(200, &json!({ "success": true, "data": [] }))).await;
    let error = client.list_runs(&context(), &RunFilter::default()).await.expect_err("this is no list of NOFX");
    assert!(matches!(error, Error::Incompatible { .. }), "another kind of plane is not NOFX: {error:?}");
}

#[tokio::test]
async fn refusals_are_named_whatever_they_come_in() {
    let outage = |status| Error::Unavailable { status, correlation_id: None };
    let wait = |seconds| Error::Throttled { retry_after: Some(Duration::from_secs(seconds)) };
    let too_many = json!({ "error": "Too many requests", "message": "m", "retryAfter": "843" });
    for (said, expected) in [
        (Said::text(502, "text/html", "<html>"), outage(502)),
        (Said::json(500, &json!({ "error": "Failed to retrieve run" })), outage(500)),
        (Said::json(503, &json!({ "ready": false })), outage(503)),
        (Said::json(500, &json!({ "shim_uncaught": "x" })), outage(500)),
        (Said::json(429, &too_many), wait(843)),
        (Said::json(429, &too_many).header("retry-after", "7"), wait(7)),
        (Said::json(429, &json!({ "retryAfter": "soon" })), Error::Throttled { retry_after: None }),
        (Said::text(401, "text/html", "<html>"), Error::Unauthorised),
        (Said::text(408, "text/plain", ""), Error::TimedOut),
        (Said::json(404, &json!({ "error": "Run not found" })), Error::NotFound { what: format!("run {ID}") }),
        (
            Said::json(500, &json!({ "error": "invalid input syntax for type uuid: \"x\"" })),
            Error::NotFound { what: format!("run {ID}") },
        ),
    ] {
        let what = format!("{} {}", said.status, String::from_utf8_lossy(&said.body));
        let (_server, client) = says(said).await;
        assert_eq!(run(&client).await, expected, "{what} has its meaning");
    }
    let told = Said::json(500, &json!({ "error": "e", "correlationId": "err-1", "timestamp": "t" }));
    let (_server, client) = says(told).await;
    let known = Error::Unavailable { status: 500, correlation_id: Some("err-1".to_owned()) };
    assert_eq!(run(&client).await, known, "the id in the body is passed on where there is none in the head");
}

#[tokio::test]
async fn unknown_projects_are_invalid_where_the_text_proves_it() {
    let text = "insert or update on table \"run\" violates foreign key constraint \"run_project_id_fkey\"";
    let (_server, client) = says(Said::json(500, &json!({ "error": text }))).await;
    let error = client.create_run(&context(), &good()).await.expect_err("it is refused");
    let Error::Invalid { message, faults } = error else { panic!("an unknown project is a fault: {error:?}") };
    assert_eq!(faults[0].path, "projectId", "and the fault says where");
    assert!(!message.contains("constraint"), "what the database said is not passed on");
}

#[tokio::test]
async fn a_replayed_refusal_is_told_apart() {
    let refusal = || Said::json(400, &json!({ "error": "plan: Required" }));
    let (_server, client) = says(refusal().header("x-idempotency-replayed", "true")).await;
    let error = client.create_run(&context(), &good()).await.expect_err("it is refused");
    let Error::Invalid { message, faults } = error else { panic!("a refusal of the input: {error:?}") };
    assert!(message.contains("earlier request with the same key"), "it says whose answer it is: {message}");
    assert_eq!(faults.len(), 1, "and keeps its faults");
    let (_server, client) = says(refusal()).await;
    let first = client.create_run(&context(), &good()).await.expect_err("it is refused");
    assert!(!first.to_string().contains("earlier"), "a first answer is its own: {first}");
}

#[tokio::test]
async fn a_run_that_was_started_is_told_even_if_it_cannot_be_read() {
    let (_server, client) = served(|asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/runs") => list(&json!([])),
        ("POST", "/runs") => Said::json(201, &json!({ "id": ID, "status": "queued", "projectId": "default" })),
        _ => Said::text(502, "text/html", "<html>"),
    })
    .await;
    let run = client.create_run(&context(), &good()).await.expect("the run is there");
    assert_eq!((run.summary.id.as_str(), run.summary.goal.as_str()), (ID, "g"), "under its id and with our goal");
    assert!(run.summary.created_at.as_millis() > 0, "started when the server answered");
}

#[tokio::test]
async fn one_odd_row_hides_no_other() {
    let rows = json!([
        { "id": ID, "status": "levitating", "created_at": "2026-11-20 10:00:00", "title": "odd word, no zone" },
        { "id": ID, "status": "failed", "created_at": "2026-11-20T10:00:00Z", "title": "the same again" },
        { "id": "1bf8169a-d2bb-4c36-a627-a5508161f23a", "status": "succeeded", "created_at": 1_795_170_825_000_i64 },
        { "id": "2bf8169a-d2bb-4c36-a627-a5508161f23a", "status": 7, "created_at": "soon", "title": null },
        { "status": "queued" }, null, "text", 5,
    ]);
    let (_server, client) = served(move |_| list(&rows)).await;
    let page = client.list_runs(&context(), &RunFilter::default()).await.expect("a list");
    let runs: Vec<_> = page.items.iter().map(|run| (run.id.as_str().chars().next(), run.status)).collect();
    let expected =
        [(Some('1'), RunStatus::Succeeded), (Some('0'), RunStatus::Running), (Some('2'), RunStatus::Running)];
    assert_eq!(runs, expected, "each run once, newest first; a word that is new is no end");
    assert_eq!(page.items[1].created_at.to_string(), "2026-11-20T10:00:00.000Z", "a time without a zone is UTC");
}

#[tokio::test]
async fn an_event_that_is_told_twice_is_one() {
    let row =
        |id: &str, kind: &str| json!({ "id": id, "run_id": ID, "type": kind, "created_at": "2026-11-20T10:00:00Z" });
    let rows =
        json!([row("a", "run.created"), row("a", "run.created"), row("b", "something.new"), null, { "type": "x" }]);
    let (_server, client) = served(move |asked| match asked.path.as_str() {
        "/runs" => Said::json(200, &json!({ "runs": [] })),
        path if path.ends_with("/timeline") => Said::json(200, &rows),
        _ => Said::json(200, &json!({ "run": { "id": ID, "status": "queued" }, "steps": [] })),
    })
    .await;
    let events = client.events(&context(), &RunId::new(ID), 0, 100).await.expect("a timeline").items;
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["run.created", "run.noted", "run.noted"], "each once, and what is new is kept as a note");
}

#[tokio::test]
async fn gates_of_two_steps_with_one_tool_are_told_apart() {
    let run = json!({ "run": { "id": ID, "status": "queued" }, "steps": [
        { "id": "s1", "name": "first", "tool": "manual:deploy", "status": "succeeded" },
        { "id": "s2", "name": "second", "tool": "manual:deploy", "status": "succeeded" },
    ] });
    let gate = |id: &str, step: &str, status: &str| json!({ "id": id, "step_id": step, "gate_type": "manual:deploy", "status": status });
    let gates = json!([gate("g1", "s1", "passed"), gate("g2", "s2", "pending")]);
    let (_server, client) = served(move |asked| match asked.path.as_str() {
        "/runs" => Said::json(200, &json!({ "runs": [] })),
        path if path.ends_with("/gates") => Said::json(200, &gates),
        path if path.ends_with("/timeline") => Said::json(200, &json!([])),
        _ => Said::json(200, &run),
    })
    .await;
    let run = client.run(&context(), &RunId::new(ID)).await.expect("a run");
    let states: Vec<_> = run.steps.iter().filter_map(|step| step.gate.as_ref()).map(|gate| gate.state).collect();
    assert_eq!(states, [GateState::Approved, GateState::Open], "each step has the gate that names it");
    assert_eq!(run.summary.open_gates, 1, "and one of them is open");
}

#[tokio::test]
async fn gates_that_went_away_take_no_run_with_them() {
    let tries = AtomicUsize::new(0);
    let (_server, client) = served(move |asked| match asked.path.as_str() {
        "/runs" => list(&json!([])),
        path if path.ends_with("/gates") && tries.fetch_add(1, Ordering::Relaxed) == 0 => Said::json(200, &json!([])),
        path if path.ends_with("/gates") => Said::json(404, &json!({ "error": "Not found", "timestamp": "t" })),
        _ => Said::json(200, &json!({ "id": ID, "status": "queued", "plan": { "steps": [{ "tool": "manual:x" }] } })),
    })
    .await;
    let run = client.run(&context(), &RunId::new(ID)).await.expect("the run is there");
    assert_eq!(run.summary.open_gates, 0, "without gates");
    let reason = client.capabilities().reason(Action::DecideGate).map(ToOwned::to_owned);
    assert!(reason.is_some_and(|reason| reason.contains("does not answer")), "which is known from now on");
}

#[tokio::test]
async fn nobody_at_home_is_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let client = NofxClient::new(&format!("http://{address}"), None, Limits::default()).expect("a client");
    let gone = Error::Unreachable { detail: "connection refused".to_owned() };
    assert_eq!(run(&client).await, gone, "nobody listens");
    assert_eq!(client.identity(&context()).await, Err(gone.clone()), "so nobody says who it is");
    assert_eq!(client.facts(&context()).await, Err(gone), "and nothing could be asked");
}

#[tokio::test]
async fn a_store_that_is_down_is_not_ready() {
    let page = json!({ "status": "ok", "timestamp": "2026-11-20T10:27:24.317Z",
        "queue": { "status": "inactive", "oldestAgeMs": 900_000 }, "store": { "status": "unhealthy" } });
    let (_server, client) = says(Said::json(200, &page)).await;
    let facts = client.facts(&context()).await.expect("it was asked");
    assert_eq!(facts.live, Ok("200 ok".to_owned()), "it lives");
    assert!(facts.ready.is_err(), "but it cannot work, although it answers 200");
    assert_eq!(facts.oldest_queued_ms, None, "the age of a queue that nobody empties means nothing");
}

#[test]
fn addresses_and_credentials_are_judged_without_repeating_them() {
    for bad in ["ftp://plane", "plane", "http://me:hunter2@plane", "http://plane/?token=hunter2"] {
        let error = NofxClient::new(bad, None, Limits::default()).expect_err("not an address");
        assert!(matches!(error, BuildError::Address { .. }), "{bad} is refused: {error}");
        assert!(!error.to_string().contains("hunter2"), "a password is not repeated: {error}");
    }
    let error = NofxClient::new("http://plane", Some(Secret::new("nofx_hunter2\n")), Limits::default());
    assert_eq!(error.err(), Some(BuildError::Token), "a key that no header can carry is refused");
}
