//! `ai` against hosts on loopback that speak the wire formats of both providers, well and badly.

use super::{Ai, AiEndpoints, Prices};
use crate::tools::{
    Tool, ToolFailure, ToolOutcome,
    breakers::{BreakerSet, Met},
    given::{Sources, tests::sources},
    rehearsal::{Host, Remembered, Reply, breakers, call, object},
};
use domain::{BreakerState, BreakerVerdict, LogStream, Usage};
use reliability::{Random, retry::RetryPolicy};
use serde_json::{Value, json};
use std::{fmt::Write as _, sync::Arc, time::Duration};

const KEY: &str = "sk-very-secret-key";

fn tool(host: &str, sources: Sources, breakers: Arc<BreakerSet>) -> Ai {
    let endpoints = AiEndpoints { anthropic: host.to_owned(), openai: format!("{host}/v1") };
    let policy = RetryPolicy { base: Duration::from_millis(1), cap: Duration::from_millis(2), ..RetryPolicy::ai() };
    let mut tool = Ai::new(sources, breakers, endpoints, Prices::built_in(), policy, Random::seeded(7));
    tool.silence = Duration::from_millis(400);
    tool
}

fn with_key() -> Sources {
    sources(&[("anthropic-api-key", KEY), ("openai-api-key", KEY)])
}

fn question(provider: &str) -> Value {
    let model = if provider == "anthropic" { "claude-sonnet-4-5" } else { "gpt-4o" };
    json!({"provider": provider, "model": model, "prompt": "Say hi", "system": "Be brief", "max_tokens": 50})
}

async fn ask(host: &Host, provider: &str) -> (Result<ToolOutcome, ToolFailure>, Arc<Remembered>) {
    let (call, log) = call("ai", question(provider));
    (tool(&host.url, with_key(), breakers()).run(call).await, log)
}

fn sse(events: &[Value]) -> String {
    events.iter().fold(String::new(), |mut text, event| {
        let kind = event["type"].as_str().map_or_else(String::new, |kind| format!("event: {kind}\n"));
        let _infallible = write!(text, "{kind}data: {event}\n\n");
        text
    })
}

fn anthropic_start() -> Vec<Value> {
    vec![
        json!({"type": "message_start", "message": {"id": "msg_1", "model": "claude-sonnet-4-5-20250929", "usage": {"input_tokens": 1000, "output_tokens": 1}}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "ping"}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi the"}}),
    ]
}

fn anthropic() -> String {
    let mut events = anthropic_start();
    events.extend([
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "re!\nBye sk-very-secret-key"}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null}, "usage": {"output_tokens": 100}}),
        json!({"type": "message_stop"}),
    ]);
    sse(&events)
}

fn openai() -> String {
    let chunk = |delta: Value, reason: Value| json!({"id": "c", "object": "chat.completion.chunk", "model": "gpt-4o-2024-08-06", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}], "usage": null});
    let last = json!({"id": "c", "model": "gpt-4o-2024-08-06", "choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 14}});
    let events = [
        chunk(json!({"role": "assistant", "content": ""}), Value::Null),
        chunk(json!({"content": "Hi "}), Value::Null),
        chunk(json!({"content": "there"}), Value::Null),
        chunk(json!({}), json!("stop")),
        last,
    ];
    sse(&events) + "data: [DONE]\n\n"
}

#[tokio::test]
async fn anthropic_is_spoken() {
    let host = Host::with(vec![Reply::events(&anthropic())]).await;
    let (answered, log) = ask(&host, "anthropic").await;
    let outcome = answered.expect("there is an answer");
    assert_eq!(
        outcome.output["text"], "Hi there!\nBye [redacted]",
        "the answer is whole, and the key does not come back"
    );
    assert_eq!(
        (&outcome.output["stop_reason"], &outcome.output["model"]),
        (&json!("end_turn"), &json!("claude-sonnet-4-5-20250929")),
        "with its facts"
    );
    let usage = Usage { input_tokens: 1000, output_tokens: 100, cost_micro_usd: Some(4_500) };
    assert_eq!(outcome.usage, Some(usage), "tokens are recorded and priced");
    let met = Met { id: "ai:anthropic".into(), state: BreakerState::Closed, verdict: BreakerVerdict::Success };
    assert_eq!(outcome.breaker, Some(met), "the breaker is named");
    assert_eq!(log.text(LogStream::Stdout), "Hi there!\nBye [redacted]\n", "the answer is in the log");
    let request = host.requests().remove(0).to_lowercase();
    for part in [
        "post /v1/messages http/1.1",
        "x-api-key: sk-very-secret-key",
        "anthropic-version: 2023-06-01",
        "\"max_tokens\":50",
        "\"stream\":true",
        "\"system\":\"be brief\"",
    ] {
        assert!(request.contains(part), "{part:?} was sent: {request}");
    }
}

#[tokio::test]
async fn openai_is_spoken() {
    let host = Host::with(vec![Reply::events(&openai())]).await;
    let (answered, log) = ask(&host, "openai").await;
    let outcome = answered.expect("there is an answer");
    assert_eq!(
        (&outcome.output["text"], &outcome.output["stop_reason"]),
        (&json!("Hi there"), &json!("stop")),
        "the answer is whole"
    );
    assert_eq!(
        outcome.usage,
        Some(Usage { input_tokens: 10, output_tokens: 4, cost_micro_usd: Some(65) }),
        "tokens are recorded and priced"
    );
    assert_eq!(log.text(LogStream::Stdout), "Hi there\n", "the answer is in the log");
    let request = host.requests().remove(0);
    for part in [
        "POST /v1/chat/completions HTTP/1.1",
        "authorization: Bearer sk-very-secret-key",
        "\"max_completion_tokens\":50",
        "\"include_usage\":true",
        "\"role\":\"system\"",
    ] {
        assert!(request.contains(part), "{part:?} was sent: {request}");
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_every_try_is_paid_for() {
    let whole = Reply::events(&anthropic());
    for (first, says) in [
        (Reply::whole(429, "retry-after: 0\r\n", "{\"secret\":\"provider text\"}"), "429"),
        (Reply::whole(529, "", ""), "529"),
        (Reply::whole(500, "", "provider text"), "500"),
        (Reply::cut_events(&sse(&anthropic_start())), "broke off"),
        (Reply::events(&sse(&anthropic_start())), "broke off"),
        (Reply::silent_events(&sse(&anthropic_start())), "fell silent"),
        (Reply::events("data: {not json\n\n"), "not its protocol"),
        (Reply::whole(200, "content-type: text/html\r\n", "<p>provider text"), "not its protocol"),
        (
            Reply::events(&sse(&[
                json!({"type": "error", "error": {"type": "overloaded_error", "message": "provider text"}}),
            ])),
            "529",
        ),
    ] {
        let host = Host::with(vec![first.clone(), whole.clone()]).await;
        let (answered, log) = ask(&host, "anthropic").await;
        let outcome = answered.unwrap_or_else(|failed| panic!("the second try succeeds after {first:?}: {failed:?}"));
        let said = log.text(LogStream::System);
        assert!(said.contains(says) && said.contains("Retry 1 follows"), "the log tells of the first try: {said}");
        assert!(!said.contains("provider text"), "but never in the provider's words");
        assert_eq!(host.requests().len(), 2, "two tries were made");
        let tokens = outcome.usage.map(|usage| usage.input_tokens);
        let paid = if says == "broke off" || says == "fell silent" { 2000 } else { 1000 };
        assert_eq!(tokens, Some(paid), "what a broken try used up is counted: {first:?}");
    }
}

#[tokio::test]
async fn what_will_not_pass_is_not_tried_again() {
    for (status, code) in [
        (400, "http_status"),
        (401, "credential_refused"),
        (403, "credential_refused"),
        (404, "http_status"),
        (413, "http_status"),
    ] {
        let host = Host::with(vec![Reply::whole(
            status,
            "",
            "{\"error\":{\"message\":\"provider text sk-very-secret-key\"}}",
        )])
        .await;
        for provider in ["anthropic", "openai"] {
            let failed = ask(&host, provider).await.0.expect_err("it is refused");
            assert_eq!(
                (failed.failure.code.as_str(), failed.failure.retryable),
                (code, false),
                "status {status} is final"
            );
            let told = format!("{:?}", failed.failure);
            assert!(
                !told.contains("provider text") && !told.contains("sk-very"),
                "the provider's words are not passed on: {told}"
            );
            assert!(failed.failure.remedy.is_some(), "there is advice");
        }
        assert_eq!(host.requests().len(), 2, "one try each");
    }
}

#[tokio::test]
async fn retries_end_and_a_plan_that_retries_itself_gets_one_try() {
    let host = Host::with(vec![Reply::whole(500, "", "")]).await;
    let failed = ask(&host, "openai").await.0.expect_err("it stays broken");
    assert_eq!(
        (failed.failure.code.as_str(), host.requests().len()),
        ("http_status", 4),
        "three retries, then the end"
    );

    let host = Host::with(vec![Reply::whole(429, "retry-after: 7\r\n", "")]).await;
    let (mut call, _log) = call("ai", question("openai"));
    call.plan_retries = true;
    let failed = tool(&host.url, with_key(), breakers()).run(call).await.expect_err("it is throttled");
    assert_eq!(
        (failed.failure.code.as_str(), host.requests().len()),
        ("throttled", 1),
        "one try, since the plan retries"
    );
    assert_eq!(failed.retry_after, Some(Duration::from_secs(7)), "the scheduler learns how long to wait");
}

#[tokio::test]
async fn a_provider_that_is_down_opens_its_breaker() {
    let host = Host::with(vec![Reply::whole(500, "", "")]).await;
    let breakers = breakers();
    let tool = tool(&host.url, with_key(), breakers.clone());
    tool.run(call("ai", question("openai")).0).await.expect_err("four tries fail");
    let failed = tool.run(call("ai", question("openai")).0).await.expect_err("one more try opens the breaker");
    assert_eq!((failed.failure.code.as_str(), failed.failure.retryable), ("breaker_open", true), "the rest is refused");
    assert!(failed.retry_after.is_some(), "the scheduler learns how long");
    let verdict = |failed: ToolFailure| failed.breaker.map(|met| (met.state, met.verdict));
    let failure = Some((BreakerState::Closed, BreakerVerdict::Failure));
    assert_eq!(verdict(failed), failure, "the provider failed before the rest was refused");
    let refused = tool.run(call("ai", question("openai")).0).await.expect_err("nothing is asked");
    let refusal = Some((BreakerState::Open, BreakerVerdict::Refused));
    assert_eq!(verdict(refused), refusal, "nothing of this one was sent");
    assert_eq!(host.requests().len(), 5, "five failures in a row open it");
    let open: Vec<_> = breakers
        .list()
        .into_iter()
        .filter(|breaker| breaker.state == BreakerState::Open)
        .map(|breaker| breaker.id)
        .collect();
    assert_eq!(open, ["ai:openai"], "the other provider's stays closed");
}

#[tokio::test]
async fn without_a_key_there_is_a_refusal_and_no_answer() {
    let host = Host::with(vec![Reply::events(&anthropic())]).await;
    let (call, _log) = call("ai", question("anthropic"));
    let failed = tool(&host.url, sources(&[("anthropic-api-key", "  ")]), breakers())
        .run(call)
        .await
        .expect_err("there is no key");
    assert_eq!(
        (failed.failure.code.as_str(), failed.failure.retryable),
        ("no_credential", false),
        "it says what is missing"
    );
    assert!(failed.failure.remedy.is_some_and(|remedy| remedy.contains("ANTHROPIC_API_KEY")), "and where to put it");
    assert_eq!(host.requests(), Vec::<String>::new(), "nothing was asked");
}

#[tokio::test]
async fn an_unknown_model_has_no_cost() {
    let host = Host::with(vec![Reply::events(&openai().replace("gpt-4o-2024-08-06", "my-own"))]).await;
    let mut inputs = question("openai");
    inputs["model"] = "my-own".into();
    let outcome = tool(&host.url, with_key(), breakers()).run(call("ai", inputs).0).await.expect("there is an answer");
    assert_eq!(
        outcome.usage.map(|usage| (usage.input_tokens, usage.cost_micro_usd)),
        Some((10, None)),
        "tokens without a price"
    );
    assert_eq!(outcome.output["priced_as_of"], Value::Null, "and no date of one");
}

#[tokio::test]
async fn told_to_stop_a_question_ends_at_once() {
    let host = Host::with(vec![Reply::silent_events(&sse(&anthropic_start()))]).await;
    let (call, log) = call("ai", question("anthropic"));
    let mut tool = tool(&host.url, with_key(), breakers());
    tool.silence = Duration::from_mins(10);
    let cancel = call.cancel.clone();
    let running = tokio::spawn(async move { tool.run(call).await });
    crate::tools::rehearsal::eventually("the question", || (!host.requests().is_empty()).then_some(())).await;
    cancel.cancel();
    let failed = running.await.unwrap().expect_err("it was stopped");
    assert_eq!(failed.failure.code, "cancelled", "the failure says so");
    assert!(log.text(LogStream::System).contains("Asking"), "the log says what was asked");
}

#[tokio::test]
async fn what_a_question_that_was_cut_short_used_up_is_counted() {
    let mut events = anthropic_start();
    events.push(json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "re!\n"}}));
    let host = Host::with(vec![Reply::silent_events(&sse(&events))]).await;
    let (call, log) = call("ai", question("anthropic"));
    let mut tool = tool(&host.url, with_key(), breakers());
    tool.silence = Duration::from_mins(10);
    let cancel = call.cancel.clone();
    let running = tokio::spawn(async move { tool.run(call).await });
    log.wait_for(|line| line.contains("Hi there").then_some(())).await;
    cancel.cancel();
    let failed = running.await.unwrap().expect_err("it was stopped");
    let tokens = failed.usage.map(|usage| (usage.input_tokens, usage.output_tokens));
    assert_eq!(tokens, Some((1000, 1)), "the provider has counted these tokens, and so does the step");
}

#[test]
fn addresses_follow_the_base() {
    use super::provider::Provider;
    let at = |provider: Provider, base: &str| {
        provider.address(&AiEndpoints { anthropic: base.to_owned(), openai: base.to_owned() })
    };
    assert_eq!(
        at(Provider::Anthropic, "https://api.anthropic.com/"),
        "https://api.anthropic.com/v1/messages",
        "the usual one"
    );
    assert_eq!(
        at(Provider::Anthropic, "http://proxy/anthropic"),
        "http://proxy/anthropic/v1/messages",
        "a proxy below a path"
    );
    assert_eq!(at(Provider::Anthropic, "http://proxy/v1"), "http://proxy/v1/messages", "a base that has the version");
    assert_eq!(
        at(Provider::OpenAi, "https://api.openai.com/v1"),
        "https://api.openai.com/v1/chat/completions",
        "the usual one"
    );
    assert_eq!(
        at(Provider::OpenAi, "http://localhost:11434"),
        "http://localhost:11434/v1/chat/completions",
        "a bare host"
    );
}

#[test]
fn faulty_inputs_are_all_named() {
    let tool = tool("http://127.0.0.1:1", with_key(), breakers());
    let inputs = json!({
        "provider": "acme", "prompt": "a", "messages": [{"role": "system", "content": "x"}, {"content": ""}, 1],
        "max_tokens": 0, "temperature": 3, "api_key": "hunter2", "stream": true
    });
    let found = tool.validate(&object(inputs));
    let rules: Vec<_> = found.iter().map(|fault| (fault.path.as_str(), fault.rule.as_str())).collect();
    assert_eq!(
        rules,
        [
            ("provider", "not_a_choice"),
            ("model", "required"),
            ("messages", "conflict"),
            ("messages[0].role", "not_a_choice"),
            ("messages[1].role", "required"),
            ("messages[1].content", "empty"),
            ("messages[2]", "wrong_type"),
            ("max_tokens", "out_of_range"),
            ("temperature", "out_of_range"),
            ("api_key", "secret_in_plan"),
            ("stream", "unknown_field"),
        ],
        "every fault at once"
    );
    assert!(found.iter().all(|fault| !format!("{fault:?}").contains("hunter2")), "and none quotes the key");
}
