//! One envelope on every JSON answer: each class of error, with its status, code, correlation id and headers.

use crate::plane::{Plane, Said, gated, good};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn every_class_of_error_has_its_status_and_code() {
    let plane = Plane::start().await;
    plane.get("/api/v1/nowhere").await.assert_refused(404, "not_found", "an unknown path");
    let missing = plane.get("/api/v1/runs/run_never").await;
    missing.assert_refused(404, "not_found", "an unknown run");
    assert!(missing.json["error"]["details"]["what"].as_str().is_some_and(|what| what.contains("run_never")), "named");
    let deleted = Said::of(plane.ask("DELETE", "/api/v1/runs")).await;
    deleted.assert_refused(405, "method_not_allowed", "an unknown method");
    assert!(deleted.header("allow").contains("POST"), "what is allowed is named: {}", deleted.header("allow"));

    let submit =
        |body: Vec<u8>, media: &str| plane.ask("POST", "/api/v1/runs").header("content-type", media).body(body);
    plane.get("/api/v1/runs/%00%27%22").await.assert_refused(404, "not_found", "an id of odd characters");
    plane.get("/api/v1/runs/%ff").await.assert_refused(400, "malformed", "an id that is no text");
    let cut = submit(br#"{"goal": "#.to_vec(), "application/json");
    Said::of(cut).await.assert_refused(400, "malformed", "cut JSON");
    let garbage = submit(vec![0xff, 0xfe, 0x00], "application/yaml");
    Said::of(garbage).await.assert_refused(400, "malformed", "bytes that are no text");
    let deep = submit([b"[".repeat(10_000), b"]".repeat(10_000)].concat(), "application/json");
    Said::of(deep).await.assert_refused(400, "malformed", "JSON nested beyond reason");
    let form = submit(b"goal=x".to_vec(), "application/x-www-form-urlencoded");
    Said::of(form).await.assert_refused(415, "unsupported_media_type", "a form");
    let large = submit(vec![b' '; 1024 * 1024 + 1], "application/json");
    Said::of(large).await.assert_refused(413, "body_too_large", "a body of more than 1 MiB");

    let refused = plane.post("/api/v1/runs", &json!({"goal": "", "steps": [{"name": "a", "tool": "none"}]})).await;
    refused.assert_refused(422, "invalid", "a faulty plan");
    let faults = refused.json["error"]["details"]["faults"].as_array().expect("faults").clone();
    assert!(faults.len() >= 2, "every fault is named at once: {faults:?}");
    for fault in &faults {
        let complete = ["path", "rule", "message", "remedy"].iter().all(|key| fault[key].is_string());
        assert!(complete, "each with its place, rule, message and remedy: {fault}");
    }

    let run = plane.run(&gated()).await;
    let cancel = format!("/api/v1/runs/{run}/cancel");
    plane.post(&cancel, &json!({})).await.assert_refused(422, "invalid", "no reason");
    plane.post(&cancel, &json!({"reason": ""})).await.assert_refused(422, "invalid", "an empty reason");
    plane.post(&cancel, &json!({"reason": "x".repeat(501)})).await.assert_refused(422, "invalid", "a long reason");
    plane.post(&cancel, &json!({"reason": "x", "extra": 1})).await.assert_refused(422, "invalid", "an unknown field");
    plane.post(&cancel, &json!([])).await.assert_refused(422, "invalid", "a list in place of an object");
    let retry = plane.post(&format!("/api/v1/runs/{run}/steps/ask/retry"), &json!({"reason": "again"})).await;
    retry.assert_refused(409, "step_not_retryable", "a step that has not ended badly");
    assert!(retry.json["error"]["details"]["hint"].is_string(), "what to do instead is said");
    let step = plane.post(&format!("/api/v1/runs/{run}/steps/none/retry"), &json!({"reason": "again"})).await;
    step.assert_refused(404, "not_found", "an unknown step");
}

#[tokio::test]
async fn the_correlation_id_comes_back_whatever_happens() {
    let plane = Plane::start().await;
    let with = |method: &str, path: &str, id: &str| plane.ask(method, path).header("x-correlation-id", id);
    for (what, request, status) in [
        ("a list", with("GET", "/api/v1/runs", "trace-7"), 200),
        ("an unknown path", with("GET", "/nowhere", "trace-7"), 404),
        ("an unknown method", with("PUT", "/api/v1/runs", "trace-7"), 405),
        ("a bad query", with("GET", "/api/v1/runs?limit=0", "trace-7"), 422),
        ("no body", with("POST", "/api/v1/runs", "trace-7"), 415),
        ("the wrong host", with("GET", "/api/v1/runs", "trace-7").header("host", "evil.example"), 421),
        ("no token", plane.bare("GET", "/api/v1/runs").header("x-correlation-id", "trace-7"), 401),
    ] {
        let said = Said::of(request).await;
        assert_eq!(said.status, status, "{what}: {}", said.text);
        assert_eq!(said.header("x-correlation-id"), "trace-7", "{what}: the id comes back");
        said.assert_dressed(what);
    }
    let forged = Said::of(with("GET", "/api/v1/runs", &"x".repeat(129))).await;
    assert_eq!(forged.header("x-correlation-id").len(), 36, "an id that is too long is replaced");
    let run = Said::of(with("POST", "/api/v1/runs", "trace-8").json(&good())).await;
    assert_eq!(run.json["data"]["correlation_id"], "trace-8", "the run remembers which request made it");
    for path in ["/metrics", "/api/v1/openapi.json"] {
        let said = Said::of(with("GET", path, "trace-9")).await;
        assert_eq!((said.status, said.header("x-correlation-id")), (200, "trace-9"), "{path} carries it, too");
        assert_eq!(said.header("x-content-type-options"), "nosniff", "{path} carries the fixed headers, too");
    }
}

#[tokio::test]
async fn a_body_that_only_says_that_it_is_small_is_cut_off() {
    let plane = Plane::start().await;
    let mut stream = tokio::net::TcpStream::connect(plane.address).await.expect("a connection");
    let head = format!(
        "POST /api/v1/runs HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         transfer-encoding: chunked\r\nconnection: close\r\n\r\n",
        plane.token
    );
    stream.write_all(head.as_bytes()).await.expect("the head is taken");
    let chunk = format!("{:x}\r\n{}\r\n", 64 * 1024, " ".repeat(64 * 1024));
    for _ in 0..32 {
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(crate::plane::PATIENCE, stream.read_to_end(&mut answer)).await.expect("it ends");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 413"), "1 MiB is the end, announced or not: {answer}");
}

#[tokio::test]
async fn a_body_that_never_comes_is_not_waited_for() {
    let plane = Plane::start_with(|mut config| {
        config.patience = std::time::Duration::from_millis(200);
        config
    })
    .await;
    let mut stream = tokio::net::TcpStream::connect(plane.address).await.expect("a connection");
    let head = format!(
        "POST /api/v1/runs HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n{{",
        plane.token
    );
    stream.write_all(head.as_bytes()).await.expect("the head is taken");
    let mut answer = vec![0; 12];
    tokio::time::timeout(crate::plane::PATIENCE, stream.read_exact(&mut answer))
        .await
        .expect("in time")
        .expect("an answer");
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 408", "the server says that it will not wait");
}
