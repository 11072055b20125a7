//! Runs over HTTP: created once, listed without holes, acted upon.

use crate::plane::{Plane, Said, endless, failing, gated, good, key};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn a_plan_becomes_a_run_as_json_and_as_yaml() {
    let plane = Plane::start().await;
    let said = plane.post("/api/v1/runs?template=drill", &good()).await;
    assert_eq!(said.status, 201, "created: {}", said.text);
    said.assert_dressed("a created run");
    let id = said.json["data"]["id"].as_str().expect("an id");
    assert_eq!(said.header("location"), format!("/api/v1/runs/{id}"), "where it is");
    assert_eq!(said.json["data"]["template"], "drill", "where its plan came from");
    assert_eq!(said.json["data"]["requested_by"], "key:test", "who asked for it");
    let run = plane.until(id, "succeeded").await;
    assert_eq!(run["steps"][0]["status"], "succeeded", "it was really carried out");

    let yaml = "goal: show an echo\nsteps:\n  - name: hello\n    tool: echo\n";
    for media in ["application/yaml", "text/yaml; charset=utf-8", "application/x-yaml"] {
        let request = plane.ask("POST", "/api/v1/runs").header("content-type", media).body(yaml);
        assert_eq!(Said::of(request).await.status, 201, "{media} is read");
    }
    let broken = plane.ask("POST", "/api/v1/runs").header("content-type", "application/yaml").body("goal: [");
    Said::of(broken).await.assert_refused(422, "invalid", "YAML that breaks off");

    let preview = plane.post("/api/v1/runs/preview", &json!({"goal": "x", "steps": []})).await;
    assert_eq!(
        (preview.status, &preview.json["data"]["valid"]),
        (200, &false.into()),
        "a preview tells, it does not refuse"
    );
}

#[tokio::test]
async fn the_same_key_is_the_same_run_however_often_and_at_once() {
    let plane = Plane::start().await;
    let create =
        |key: &str, plan: &Value| Said::of(plane.ask("POST", "/api/v1/runs").header("idempotency-key", key).json(plan));
    let plan = good();
    let all = futures::future::join_all((0..16).map(|_| create("same-key-1", &plan))).await;
    let ids: BTreeSet<_> = all.iter().map(|said| said.json["data"]["id"].as_str().expect("an id")).collect();
    assert_eq!(ids.len(), 1, "sixteen calls at once make one run");
    let fresh = all.iter().filter(|said| said.header("idempotency-replayed") != "true").count();
    assert_eq!(fresh, 1, "one of them made it, the others say that they did not");
    assert!(all.iter().all(|said| said.status == 201), "all are answered alike");
    let list = plane.get("/api/v1/runs").await;
    assert_eq!(list.json["data"]["items"].as_array().map(Vec::len), Some(1), "there is one run");

    create("same-key-1", &gated()).await.assert_refused(422, "idempotency_mismatch", "the key with another plan");
    for bad in ["short", "with a space in it", &"x".repeat(256)] {
        let said = create(bad, &plan).await;
        said.assert_refused(422, "invalid", "a key that is none");
        let path = &said.json["error"]["details"]["faults"][0]["path"];
        assert_eq!(path, "headers.idempotency-key", "the fault names its place");
    }
    let one = plane.run(&plan).await;
    let two = plane.run(&plan).await;
    assert_ne!(one, two, "without a key each call makes its own run");
}

#[tokio::test]
async fn lists_are_paged_by_key_within_bounds() {
    let plane = Plane::start().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(plane.run(&good()).await);
    }
    made.reverse();
    let mut seen = Vec::new();
    let mut path = "/api/v1/runs?limit=2".to_owned();
    loop {
        let page = plane.get(&path).await;
        let items = page.json["data"]["items"].as_array().expect("items").clone();
        assert!(items.len() <= 2, "no more than asked for");
        seen.extend(items.iter().map(|run| run["id"].as_str().expect("an id").to_owned()));
        match page.json["data"]["next"].as_str() {
            Some(next) => path = format!("/api/v1/runs?limit=2&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, made, "newest first, without hole or repeat");

    for (query, place) in [
        ("limit=0", "query.limit"),
        ("limit=101", "query.limit"),
        ("limit=-1", "query.limit"),
        ("limit=ten", "query.limit"),
        ("limit=1&limit=2", "query.limit"),
        ("status=lost", "query.status"),
        ("limt=3", "query.limt"),
    ] {
        let said = plane.get(&format!("/api/v1/runs?{query}")).await;
        said.assert_refused(422, "invalid", query);
        let path = &said.json["error"]["details"]["faults"][0]["path"];
        assert_eq!(path, place, "{query}: the fault names the parameter");
    }
    assert_eq!(plane.get("/api/v1/runs?limit=100").await.status, 200, "100 is within bounds");
    let odd = plane.get("/api/v1/runs?after=%00%27--").await;
    assert!((200..500).contains(&odd.status), "a made-up key is no defect: {}", odd.text);

    plane.until(&made[0], "succeeded").await;
    let both = plane.get("/api/v1/runs?status=succeeded,failed&status=cancelled").await;
    let items = both.json["data"]["items"].as_array().expect("items");
    let allowed = ["succeeded", "failed", "cancelled"];
    assert!(!items.is_empty(), "there is one that ended well");
    assert!(
        items.iter().all(|run| allowed.contains(&run["status"].as_str().unwrap_or_default())),
        "filters are kept to"
    );

    let events = format!("/api/v1/runs/{}/events", made[0]);
    plane.get(&format!("{events}?limit=1001")).await.assert_refused(422, "invalid", "too many events");
    plane.get(&format!("{events}?after=-1")).await.assert_refused(422, "invalid", "no sequence number");
    let page = plane.get(&format!("{events}?after=1&limit=1")).await;
    assert_eq!(page.json["data"]["items"][0]["seq"], 2, "events are resumed by sequence number: {}", page.text);
}

#[tokio::test]
async fn steps_are_retried_gates_decided_and_runs_cancelled() {
    let plane = Plane::start().await;
    let failing = plane.run(&failing()).await;
    plane.until(&failing, "failed").await;
    let letters = plane.get("/api/v1/dead-letters").await;
    assert_eq!(letters.json["data"]["items"][0]["run_id"], failing, "it fell out of the queue: {}", letters.text);
    let retried = plane.post(&format!("/api/v1/runs/{failing}/steps/drill/retry"), &json!({"reason": "again"})).await;
    assert_eq!(retried.status, 200, "the step is tried again: {}", retried.text);
    plane.until(&failing, "succeeded").await;

    let gate = plane.run(&gated()).await;
    plane.until(&gate, "waiting").await;
    let decide = |verdict: &str| format!("/api/v1/runs/{gate}/steps/ask/{verdict}");
    plane.post(&decide("reject"), &json!({"reason": ""})).await.assert_refused(422, "invalid", "no without a reason");
    let approved = Said::of(plane.ask("POST", &decide("approve"))).await;
    assert_eq!(approved.status, 200, "yes needs neither reason nor body: {}", approved.text);
    let ended = plane.until(&gate, "succeeded").await;
    assert_eq!(ended["steps"][0]["gate"]["decided_by"], "key:test", "who decided is kept");
    plane.post(&decide("reject"), &json!({"reason": "late"})).await.assert_refused(409, "run_is_terminal", "too late");

    let long = plane.run(&endless()).await;
    plane.until(&long, "running").await;
    let cancelled = plane.post(&format!("/api/v1/runs/{long}/cancel"), &json!({"reason": "enough"})).await;
    assert_eq!(cancelled.status, 200, "a running run is stopped: {}", cancelled.text);
    plane.until(&long, "cancelled").await;
}

#[tokio::test]
async fn measurements_tell_what_happened() {
    let plane = Plane::start().await;
    let run = plane.run(&good()).await;
    plane.until(&run, "succeeded").await;
    plane.get("/api/v1/nowhere").await;
    let said = plane.get("/metrics").await;
    assert!(said.header("content-type").starts_with("text/plain; version=0.0.4"), "Prometheus can read it");
    for line in [
        r#"breakwater_runs{status="succeeded"} 1"#,
        r#"breakwater_runs{status="failed"} 0"#,
        r#"breakwater_http_requests_total{method="POST",route="/api/v1/runs",status="201"} 1"#,
        r#"breakwater_http_requests_total{method="other",route="unmatched",status="404"} 1"#,
        "breakwater_ready 1",
        "breakwater_queue_depth 0",
        "breakwater_steps_executing 0",
    ] {
        assert!(said.text.lines().any(|found| found == line), "{line} is in:\n{}", said.text);
    }
    assert!(!said.text.contains(&run), "no label comes from a request");
}

#[tokio::test]
async fn an_act_with_a_key_is_done_once_and_a_key_belongs_to_one_token() {
    let plane = Plane::start().await;
    let run =
        plane.run(&json!({"goal": "fail", "steps": [{"name": "bad", "tool": "fail", "inputs": {"times": 9}}]})).await;
    plane.engine_ended(&run).await;
    let path = format!("/api/v1/runs/{run}/steps/bad/retry");
    let retry = |reason: &str| {
        Said::of(plane.ask("POST", &path).header("idempotency-key", "retry-key-1").json(&json!({"reason": reason})))
    };
    for _ in 0..3 {
        let said = retry("again").await;
        assert_eq!(said.status, 200, "a repetition is no error: {}", said.text);
        plane.engine_ended(&run).await;
    }
    let seen = plane.get(&format!("/api/v1/runs/{run}")).await;
    let attempts = seen.json["data"]["steps"][0]["attempts"].as_array().map(Vec::len);
    assert_eq!(attempts, Some(2), "three requests with one key were one retry");
    retry("for another reason").await.assert_refused(422, "idempotency_mismatch", "the key with another body");

    let other = key(&plane.engine, "test").await.secret;
    let create = |token: &str| {
        let request = plane.bare("POST", "/api/v1/runs").bearer_auth(token).header("idempotency-key", "create-key-1");
        Said::of(request.json(&gated()))
    };
    let (mine, theirs) = (create(&plane.token).await, create(other.expose()).await);
    assert_ne!(mine.json["data"]["id"], theirs.json["data"]["id"], "a key is that of a token, not of its name");
}

#[tokio::test]
async fn a_fault_does_not_quote_what_was_sent() {
    let plane = Plane::start().await;
    let run = plane.run(&gated()).await;
    let body = json!({"reason": "again", "inputs": "sk-very-secret"});
    let said = plane.post(&format!("/api/v1/runs/{run}/steps/wait/retry"), &body).await;
    assert_eq!(said.status, 422, "a text is no map of inputs: {}", said.text);
    assert!(!said.text.contains("sk-very-secret"), "the value may be a secret: {}", said.text);
    assert!(said.text.contains("expected here: a map"), "what is expected is said: {}", said.text);
}
