//! `http` against real hosts on loopback.

use super::Http;
use crate::tools::{
    Tool, ToolFailure, ToolOutcome,
    breakers::{BreakerSet, Met, Undone},
    given::tests::sources,
    rehearsal::{Host, Remembered, Reply, breakers, call, object},
};
use domain::{BreakerAct, BreakerState, BreakerVerdict, LogStream};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::net::TcpListener;

async fn ask(breakers: &Arc<BreakerSet>, inputs: Value) -> (Result<ToolOutcome, ToolFailure>, Arc<Remembered>) {
    let (call, log) = call("http", inputs);
    let http = Http::new(sources(&[("api", "very-secret-value")]), breakers.clone());
    (http.run(call).await, log)
}

#[tokio::test]
async fn an_expected_answer_is_handed_on_and_no_secret_comes_back() {
    let body = "{\"status\":\"ok\",\"items\":[{\"id\":3}],\"echo\":\"Bearer very-secret-value\"}";
    let host =
        Host::with(vec![Reply::whole(201, "content-type: application/json; echo=very-secret-value\r\n", body)]).await;
    let (answered, log) = ask(
        &breakers(),
        json!({
            "method": "POST", "url": format!("{}/orders?token=query-secret", host.url), "json": {"n": 1},
            "headers": {"authorization": {"from_keychain": "api"}, "x-kind": "test"},
            "expect": {"status": [200, 201], "body_contains": "ok", "json": {"status": "ok", "items.0.id": 3}}
        }),
    )
    .await;
    let outcome = answered.expect("the answer is as expected");
    assert_eq!(outcome.output["status"], 201, "the status is handed on");
    let request = host.requests().remove(0);
    for part in [
        "POST /orders?token=query-secret HTTP/1.1",
        "authorization: very-secret-value",
        "x-kind: test",
        "x-correlation-id: corr-1",
        "content-type: application/json",
        "{\"n\":1}",
    ] {
        assert!(request.contains(part), "{part:?} was sent: {request}");
    }
    let kept = format!("{}{}{}", outcome.output, log.text(LogStream::Stdout), log.text(LogStream::System));
    assert!(!kept.contains("very-secret-value") && !kept.contains("query-secret"), "no secret is kept: {kept}");
    assert!(log.text(LogStream::Stdout).contains("[redacted]"), "the body is shown, without it");
}

#[tokio::test]
async fn a_secret_that_comes_back_in_another_spelling_is_kept_nowhere() {
    let body = r#"{"echo":"very\u002dsecret-value"}"#;
    let host = Host::with(vec![Reply::whole(200, "content-type: application/json\r\n", body)]).await;
    let headers = json!({"authorization": {"from_keychain": "api"}});
    let outcome = ask(&breakers(), json!({"url": host.url, "headers": headers})).await.0.expect("it is as expected");
    let kept = outcome.output.to_string();
    assert!(!kept.contains("secret-value"), "neither the parsed value nor its spelling is kept: {kept}");
    let plain = r#"{"kind":"order","echo":"very-secret-value"}"#;
    let host = Host::with(vec![Reply::whole(200, "content-type: application/json\r\n", plain)]).await;
    let headers = json!({"authorization": {"from_keychain": "api"}});
    let outcome = ask(&breakers(), json!({"url": host.url, "headers": headers})).await.0.expect("it is as expected");
    assert_eq!(
        outcome.output["body"], r#"{"kind":"order","echo":"[redacted]"}"#,
        "one that can be cleaned is kept clean"
    );
}

#[tokio::test]
async fn a_body_too_deep_to_be_used_is_kept_as_text_only() {
    let body = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let host = Host::with(vec![Reply::whole(200, "content-type: application/json\r\n", &body)]).await;
    let expect = json!({"json": {[".0"; 99].concat()[1..].to_owned() + ".0": 1}});
    let inputs = json!({"url": host.url, "expect": expect});
    let outcome = ask(&breakers(), inputs).await.0.expect("what is expected of it can still be looked up");
    assert_eq!(outcome.output["json"], Value::Null, "nothing could read it back");
    assert_eq!(outcome.output["body"], body.as_str(), "the text is there");
}

#[tokio::test]
async fn a_secret_in_the_address_of_a_redirection_is_hidden() {
    let moved = Reply::whole(302, "location: /next?key=very-secret-value\r\n", "");
    let host = Host::with(vec![moved]).await;
    let headers = json!({"authorization": {"from_keychain": "api"}});
    let inputs = json!({"url": host.url, "headers": headers, "expect": {"status": 302}});
    let outcome = ask(&breakers(), inputs).await.0.expect("302 is what is expected");
    assert_eq!(outcome.output["location"], "/next?key=[redacted]", "the address is kept without the secret");
}

#[tokio::test]
async fn each_disappointment_has_its_code() {
    let hello = Reply::whole(200, "content-type: text/plain\r\n", "hello");
    for (reply, expect, code, retryable) in [
        (Reply::whole(404, "", ""), json!({}), "http_status", false),
        (Reply::whole(500, "", ""), json!({}), "http_status", true),
        (Reply::whole(302, "location: /next\r\n", ""), json!({}), "http_status", false),
        (hello.clone(), json!({"status": 204}), "http_status", false),
        (hello.clone(), json!({"body_contains": "bye"}), "unexpected_body", true),
        (hello.clone(), json!({"json": {"a": 1}}), "unexpected_body", true),
        (Reply::Bytes("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nshort".to_owned()), json!({}), "unreachable", true),
        (
            Reply::ThenSilence("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nslow".to_owned()),
            json!({}),
            "timeout",
            true,
        ),
    ] {
        let host = Host::with(vec![reply.clone()]).await;
        let inputs = json!({"url": host.url, "expect": expect, "timeout": "300ms"});
        let failed = ask(&breakers(), inputs).await.0.expect_err("it is not as expected");
        assert_eq!(
            (failed.failure.code.as_str(), failed.failure.retryable),
            (code, retryable),
            "{reply:?} with {expect}"
        );
        assert!(failed.failure.remedy.is_some(), "there is advice");
    }
}

#[tokio::test]
async fn a_call_for_patience_is_passed_on() {
    let host = Host::with(vec![Reply::whole(429, "retry-after: 7\r\n", "")]).await;
    let breakers = breakers();
    let failed = ask(&breakers, json!({"url": host.url})).await.0.expect_err("429 is not expected");
    assert_eq!(failed.retry_after, Some(Duration::from_secs(7)), "the scheduler learns how long");
    assert_eq!(
        failed.breaker.map(|met| (met.state, met.verdict)),
        Some((BreakerState::Closed, BreakerVerdict::Ignored)),
        "the attempt names its breaker"
    );
    let shown = breakers
        .list()
        .into_iter()
        .find(|breaker| breaker.id.starts_with("http:127.0.0.1:"))
        .expect("the host has one");
    assert_eq!(shown.consecutive_failures, 0, "who asks for patience is alive");
}

#[tokio::test]
async fn redirections_are_followed_only_when_asked_and_only_at_home() {
    let moved = Reply::whole(302, "location: /next\r\n", "");
    let host = Host::with(vec![moved, Reply::whole(200, "", "there")]).await;
    let followed =
        ask(&breakers(), json!({"url": host.url, "follow_redirects": true})).await.0.expect("it is followed");
    assert_eq!(followed.output["body"], "there", "the answer is that of the second address");

    let elsewhere = Host::with(vec![Reply::whole(200, "", "stolen")]).await;
    let away = Reply::whole(302, &format!("location: {}/x\r\n", elsewhere.url), "");
    let host = Host::with(vec![away]).await;
    let failed =
        ask(&breakers(), json!({"url": host.url, "follow_redirects": true})).await.0.expect_err("it leads elsewhere");
    assert_eq!(failed.failure.code, "http_status", "the redirection itself is the answer");
    assert_eq!(elsewhere.requests(), Vec::<String>::new(), "nothing was sent to the other host");
}

#[tokio::test]
async fn a_long_body_is_cut_and_the_cut_is_stated() {
    let host =
        Host::with(vec![Reply::whole(200, "content-type: text/plain\r\n", &"0123456789\n".repeat(10_000))]).await;
    let (answered, log) = ask(&breakers(), json!({"url": host.url, "max_body_bytes": 5000})).await;
    let outcome = answered.expect("a cut body is a body");
    assert_eq!(
        (&outcome.output["body_bytes"], &outcome.output["body_cut"]),
        (&json!(5000), &json!(true)),
        "the cut is handed on"
    );
    assert!(log.text(LogStream::System).contains("is cut here"), "and stated in the log");
}

#[tokio::test]
async fn a_host_that_is_down_opens_its_breaker_and_a_reset_closes_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    drop(listener);
    let breakers = breakers();
    let inputs = json!({"url": format!("http://{address}/")});
    for _ in 0..5 {
        let failed = ask(&breakers, inputs.clone()).await.0.expect_err("nobody listens");
        assert_eq!(failed.failure.code, "unreachable", "it is tried while the breaker is closed");
        let verdict = failed.breaker.map(|met| met.verdict);
        assert_eq!(verdict, Some(BreakerVerdict::Failure), "the breaker counts it");
    }
    let failed = ask(&breakers, inputs.clone()).await.0.expect_err("the breaker is open");
    assert_eq!(
        (failed.failure.code.as_str(), failed.failure.retryable),
        ("breaker_open", true),
        "it is not tried any more"
    );
    assert!(failed.retry_after.is_some_and(|wait| wait <= Duration::from_mins(1)), "the scheduler learns how long");
    let id = format!("http:{address}");
    let refused = Met { id: id.clone(), state: BreakerState::Open, verdict: BreakerVerdict::Refused };
    assert_eq!(failed.breaker, Some(refused), "the attempt names the breaker");
    let shown = breakers.list().into_iter().find(|breaker| breaker.id == id).expect("it is listed");
    assert_eq!((shown.state, shown.rejections, shown.calls), (BreakerState::Open, 1, 5), "the list says the same");
    assert!(shown.next_probe_at.is_some() && shown.cause.is_some(), "with when and why");

    let reset = breakers.act(&id, BreakerAct::Reset, "amira", "it is up again").expect("it exists");
    assert_eq!(reset.state, BreakerState::Closed, "a person may close it");
    let missing = breakers.act("http:nobody:1", BreakerAct::Reset, "amira", "x");
    assert_eq!(missing, Err(Undone::Missing), "one that does not exist stays so");
}

#[tokio::test]
async fn told_to_stop_a_call_ends_at_once() {
    let host = Host::with(vec![Reply::ThenSilence(String::new())]).await;
    let (call, _log) = call("http", json!({"url": host.url}));
    call.cancel.cancel();
    let failed = Http::new(sources(&[]), breakers()).run(call).await.expect_err("it was stopped");
    assert_eq!(failed.failure.code, "cancelled", "the failure says so");
}

#[test]
fn faulty_inputs_are_all_named() {
    let http = Http::new(sources(&[]), breakers());
    let inputs = json!({
        "url": "ftp://x", "method": "get", "headers": {"a b": "x", "Cookie": "c=1", "x": "a\nb"}, "body": "a", "json": 1,
        "expect": {"status": 99, "sttus": 1}, "timeout": "2h"
    });
    let found: Vec<_> = http.validate(&object(inputs)).into_iter().map(|fault| (fault.path, fault.rule)).collect();
    let found: Vec<_> = found.iter().map(|(path, rule)| (path.as_str(), rule.as_str())).collect();
    assert_eq!(
        found,
        [
            ("method", "not_a_choice"),
            ("url", "not_a_url"),
            ("headers.Cookie", "secret_in_plan"),
            ("headers[\"a b\"]", "not_a_name"),
            ("headers.x", "control_character"),
            ("json", "conflict"),
            ("expect.status", "out_of_range"),
            ("expect.sttus", "unknown_field"),
            ("timeout", "out_of_range"),
        ],
        "every fault at once"
    );
    let faults = http.validate(&object(json!({"url": "https://user:hunter2@example.org/"})));
    assert_eq!(
        faults.first().map(|fault| fault.rule.as_str()),
        Some("secret_in_plan"),
        "an address may hide a secret too"
    );
}
