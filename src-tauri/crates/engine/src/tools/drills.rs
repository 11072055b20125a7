//! The tools that need no other program or host: `echo`, `fail`, `wait`, `manual:`, and the list of all tools.

use super::{
    AiEndpoints, Conduct, Prices, Registry, Tool, Toolbox,
    echo::Echo,
    fail::Fail,
    given::tests::sources,
    manual,
    rehearsal::{breakers, call, eventually, object},
    wait,
};
use domain::LogStream;
use serde_json::json;
use std::time::Duration;

fn registry() -> Registry {
    let sources = sources(&[]);
    Registry::new(Toolbox {
        secrets: sources.secrets,
        environment: sources.environment,
        ai: AiEndpoints::default(),
        prices: Prices::built_in(),
        ai_retry: reliability::retry::RetryPolicy::ai(),
        random: reliability::Random::seeded(1),
        breakers: breakers(),
    })
}

#[test]
fn tools_are_found_by_their_whole_name() {
    let registry = registry();
    for name in ["shell", "gate:lint", "manual:go-live", "http", "ai", "wait", "echo", "fail"] {
        assert!(registry.find(name).is_some(), "{name} is a tool");
    }
    for name in [
        "",
        "gate",
        "gate:",
        "gate:a b",
        "shell:",
        "shellx",
        "Shell",
        "manual:\u{202e}x",
        "bash",
        &format!("gate:{}", "x".repeat(61)),
    ] {
        assert!(registry.find(name).is_none(), "{name:?} is none");
    }
    assert_eq!(registry.conduct("manual:x"), Some(Conduct::Ask), "people are asked");
    assert_eq!(registry.conduct("wait"), Some(Conduct::Pause), "time passes without a slot");
    assert_eq!(registry.conduct("echo"), Some(Conduct::Execute), "the rest is executed");
    assert!(registry.tools().iter().all(|tool| !tool.summary().is_empty()), "each says what it does");
}

#[test]
fn a_plane_that_may_use_few_tools_knows_no_others() {
    let registry = registry().only(&["ai", "wait"]);
    assert_eq!(registry.names(), ["ai", "wait"], "in their order");
    assert!(registry.find("http").is_none() && registry.find("shell").is_none(), "the rest is not there at all");
}

#[tokio::test]
async fn echo_answers_its_inputs() {
    let inputs = json!({"message": "one\ntwo\u{1b}[2J", "n": 1});
    let (call, log) = call("echo", inputs.clone());
    let outcome = Echo.run(call).await.expect("echo ends well");
    assert_eq!(outcome.output, inputs, "the answer is the inputs");
    assert_eq!(log.text(LogStream::Stdout), "one\ntwo\n", "the message is logged, line by line and clean");
    assert_eq!(Echo.validate(&object(json!({"x": "y".repeat(200_000)}))).len(), 1, "an answer has a largest size");
}

#[tokio::test]
async fn fail_fails_as_often_as_it_is_told() {
    let mut ends = Vec::new();
    for attempt in 1..=3 {
        let (mut call, _log) = call("fail", json!({"times": 2, "message": "drill"}));
        call.attempt = attempt;
        ends.push(Fail.run(call).await.map_err(|failed| failed.failure.message));
    }
    assert_eq!(ends[..2], [Err("drill".to_owned()), Err("drill".to_owned())], "two attempts fail with the message");
    assert!(ends[2].is_ok(), "the third ends well");
    let failed = Fail.run(call("fail", json!({"retryable": false})).0).await.expect_err("it always fails");
    assert!(!failed.failure.retryable, "a drill of a failure that stays");
}

#[tokio::test]
async fn a_hanging_drill_ends_when_it_is_told_to() {
    let (hanging, log) = call("fail", json!({"hang": "1h"}));
    let cancel = hanging.cancel.clone();
    let task = tokio::spawn(async move { Fail.run(hanging).await });
    eventually("the start of the drill", || log.text(LogStream::System).contains("Hanging").then_some(())).await;
    assert!(!task.is_finished(), "it hangs");
    cancel.cancel();
    assert_eq!(task.await.unwrap().expect_err("it was stopped").failure.code, "cancelled", "until it is stopped");
}

#[test]
fn people_are_asked_a_question_for_a_while() {
    let asked =
        manual::request(&object(json!({"question": "Ship?", "expires_in": "2h"}))).expect("the inputs are good");
    assert_eq!((asked.question.as_str(), asked.expires_in), ("Ship?", Duration::from_hours(2)), "as the plan says");
    let asked = manual::request(&object(json!({}))).expect("nothing is required");
    assert_eq!(asked.expires_in, Duration::from_hours(24), "a day, if the plan does not say");
    assert!(manual::request(&object(json!({"expires_in": 0}))).is_err(), "a gate that is never open is refused");
}

#[tokio::test]
async fn a_manual_gate_that_is_executed_lets_nothing_through() {
    let registry = registry();
    let tool = registry.find("manual:x").expect("it is a tool");
    assert!(tool.run(call("manual:x", json!({})).0).await.is_err(), "it fails closed");
}

#[test]
fn time_to_wait_is_read_before() {
    assert_eq!(
        wait::duration(&object(json!({"duration": "5m"}))).ok(),
        Some(Duration::from_mins(5)),
        "as the plan says"
    );
    assert!(wait::duration(&object(json!({}))).is_err(), "for how long must be said");
}
