//! The stand-in against the recordings: a field that only one of them has is a stand-in that drifted.

use crate::stand_in;
use client_nofx::Dialect;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};
use testkit::{Asked, Exchange, Said, Service, eventually, recording, stand_in::Nofx};

/// What is the business of a plan, a tool or a host, not of NOFX.
const FREE: &[&str] = &["plan", "inputs", "outputs", "metadata", "payload", "artifacts", "sdk_metadata"];

/// The path of every field, whatever the place in a list.
fn fields(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(row) => {
            for (name, value) in row {
                let path = format!("{at}.{name}");
                if !FREE.contains(&name.as_str()) {
                    fields(value, &path, found);
                }
                found.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, &format!("{at}[]"), found)),
        _ => {}
    }
}

fn of(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    fields(value, "", &mut found);
    found
}

pub(crate) async fn asks(stand_in: &Arc<Nofx>, method: &str, path: &str, sent: &Value, token: Option<&str>) -> Said {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut headers: Vec<_> =
        token.map(|token| ("authorization".to_owned(), format!("Bearer {token}"))).into_iter().collect();
    headers.push(("x-idempotency-key".to_owned(), sent["key"].as_str().unwrap_or("no-key-of-its-own").to_owned()));
    let asked = Asked {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: sent.to_string().into_bytes(),
        peer: ([127, 0, 0, 1], 1).into(),
    };
    Arc::clone(stand_in).answer(asked).await
}

pub(crate) fn same(said: &Said, name: &str) {
    let exchange: Exchange = recording("nofx", name).exchange().expect("this recording is an exchange");
    assert_eq!(said.status, exchange.status, "{name}: the status is that of the recording");
    let recorded: Value = serde_json::from_slice(&exchange.body).expect("this recording is JSON");
    assert_eq!(of(&body(said)), of(&recorded), "{name}: the fields are those of the recording");
}

/// A run that has ended, by its id.
async fn ended(stand_in: &Arc<Nofx>, tool: &str, status: &str) -> String {
    let plan =
        json!({ "plan": { "goal": "g", "steps": [{ "name": "s", "tool": tool }] }, "key": format!("key-of-{tool}") });
    let id =
        body(&asks(stand_in, "POST", "/runs", &plan, Some("good")).await)["id"].as_str().expect("an id").to_owned();
    eventually("the run ends", || async {
        let run = body(&asks(stand_in, "GET", &format!("/runs/{id}"), &Value::Null, Some("good")).await);
        (run["status"] == status || run["run"]["status"] == status).then_some(())
    })
    .await;
    id
}

#[tokio::test]
async fn the_express_answers_have_the_shapes_of_the_recordings() {
    let stand_in = Arc::new(stand_in(Dialect::Express));
    let id = ended(&stand_in, "manual:deploy", "succeeded").await;
    ended(&stand_in, "codegen", "failed").await;
    let plan =
        json!({ "plan": { "goal": "g", "steps": [{ "name": "s", "tool": "test:echo" }] }, "key": "key-of-shapes" });
    for (method, path, sent, token, name) in [
        ("GET", "/health", Value::Null, None, "db-health.json"),
        ("GET", "/auth/me", Value::Null, Some("good"), "db-auth-me.json"),
        ("GET", "/auth/me", Value::Null, None, "fs-get-auth-me.json"),
        ("GET", "/runs", Value::Null, None, "db-list.json"),
        ("POST", "/runs", plan.clone(), None, "db-create-echo.json"),
        ("POST", "/runs", plan, None, "db-idem-2.json"),
        ("POST", "/runs", json!({ "key": "another-key" }), None, "fs-runs-create-invalid-empty.json"),
        ("POST", "/runs", json!({ "key": "short" }), None, "fs-idem-short.json"),
        ("POST", "/runs/preview", json!({ "standard": { "prompt": "p" } }), None, "fs-runs-preview-min.json"),
        ("POST", "/runs/preview", Value::Null, None, "fs-runs-preview-nostd.json"),
        ("GET", &format!("/runs/{id}"), Value::Null, None, "db-get-manual.json"),
        ("GET", "/runs/00000000-0000-4000-8000-000000000000", Value::Null, None, "db-get-404.json"),
        ("GET", "/runs/abc", Value::Null, None, "db-get-notuuid.json"),
        ("GET", &format!("/runs/{id}/timeline"), Value::Null, None, "fs-runs-timeline.json"),
        ("GET", "/runs/nope/timeline", Value::Null, None, "fs-runs-timeline-404.json"),
        ("GET", &format!("/runs/{id}/gates"), Value::Null, None, "reord-gates-list.json"),
        ("POST", "/gates/x/approve", Value::Null, None, "reord-gates-approve-noauth.json"),
        ("POST", "/gates/x/approve", Value::Null, Some("any"), "reord-gates-approve-404.json"),
        ("GET", "/dev/dlq", Value::Null, None, "reord-dlq2.json"),
        ("GET", "/builder/templates", Value::Null, None, "fs-get-builder-templates.json"),
        ("GET", "/builder/templates", Value::Null, Some("any"), "fs-builder-list-bearer.json"),
        ("DELETE", "/runs/abc", Value::Null, None, "fs-runs-delete.json"),
    ] {
        same(&asks(&stand_in, method, path, &sent, token).await, name);
    }
    let gates = body(&asks(&stand_in, "GET", &format!("/runs/{id}/gates"), &Value::Null, None).await);
    let path = format!("/gates/{}/approve", gates[0]["id"].as_str().expect("an id"));
    same(&asks(&stand_in, "POST", &path, &Value::Null, Some("any")).await, "reord-gates-approve.json");
    let published = Arc::new(Nofx::as_published());
    for (path, name) in [
        ("/dev/dlq", "fs-get-dev-dlq.json"),
        ("/dev/queue", "fs-get-dev-queue.json"),
        ("/runs/abc/gates", "fs-get-runs-abc-gates.json"),
    ] {
        same(&asks(&published, "GET", path, &Value::Null, None).await, name);
    }
}

#[tokio::test]
async fn the_serverless_answers_have_the_shapes_of_the_recordings() {
    let stand_in = Arc::new(stand_in(Dialect::Serverless));
    let id = ended(&stand_in, "test:echo", "succeeded").await;
    let failed = ended(&stand_in, "codegen", "failed").await;
    let steps = |id: String, stand_in: Arc<Nofx>| async move {
        let whole = body(&asks(&stand_in, "GET", &format!("/runs/{id}"), &Value::Null, Some("any")).await);
        format!("/runs/{id}/steps/{}/retry", whole["steps"][0]["id"].as_str().expect("an id"))
    };
    let (done, bad) = (steps(id.clone(), Arc::clone(&stand_in)).await, steps(failed, Arc::clone(&stand_in)).await);
    let plan = json!({ "plan": { "goal": "g", "steps": [{ "name": "s", "tool": "test:echo" }] } });
    let missing = format!("/runs/{id}/steps/00000000-0000-4000-8000-000000000000/retry");
    for (method, path, sent, token, name) in [
        ("GET", "/runs", Value::Null, None, "fn-runs-noauth.json"),
        ("GET", "/runs?limit=3", Value::Null, Some("any"), "fn-runs-list.json"),
        ("POST", "/runs", plan, Some("any"), "fn-runs-create.json"),
        ("POST", "/runs", Value::Null, Some("any"), "fn-runs-create-400.json"),
        ("POST", "/runs/preview", json!({ "standard": { "prompt": "p" } }), Some("any"), "fn-runs-preview.json"),
        ("POST", "/runs/preview", Value::Null, Some("any"), "fn-runs-preview-400.json"),
        ("GET", &format!("/runs/{id}"), Value::Null, Some("any"), "fn-runs-get.json"),
        ("GET", "/runs/00000000-0000-4000-8000-000000000000", Value::Null, Some("any"), "fn-runs-get-404.json"),
        ("GET", &format!("/runs/{id}/timeline"), Value::Null, Some("any"), "fn-runs-timeline.json"),
        (
            "GET",
            "/runs/00000000-0000-4000-8000-000000000000/timeline",
            Value::Null,
            Some("any"),
            "fn-runs-timeline-unknown.json",
        ),
        ("GET", &format!("/runs/{id}/gates"), Value::Null, Some("any"), "fn-gates.json"),
        ("POST", "/gates/x/approve", Value::Null, Some("any"), "fn-gates-approve.json"),
        ("POST", &missing, Value::Null, Some("any"), "fn-retry-404.json"),
        ("POST", &done, Value::Null, Some("any"), "fn-retry-notretryable.json"),
        ("POST", &bad, Value::Null, Some("any"), "fn-retry.json"),
        ("GET", "/health", Value::Null, None, "fn-health.json"),
    ] {
        same(&asks(&stand_in, method, path, &sent, token).await, name);
    }
}

/// A body as JSON.
pub(crate) fn body(said: &Said) -> Value {
    serde_json::from_slice(&said.body).unwrap_or_default()
}
