//! `ai` against the providers of a drill: every way in which they fail, and what the breaker makes of it.

use super::{Ai, AiEndpoints, Prices};
use crate::tools::{
    Tool, ToolFailure, ToolOutcome,
    breakers::BreakerSet,
    given::tests::sources,
    rehearsal::{breakers, call},
};
use domain::{Breaker, BreakerCause, BreakerState, DrillFault, DrillPhase, DrillProvider};
use drill::Stage;
use reliability::{Random, retry::RetryPolicy};
use serde_json::json;
use std::{sync::Arc, time::Duration};

const KEY: &str = "sk-throwaway";

/// The tool, pointed at a stage on which everything fails so from the beginning.
async fn set(fault: Option<DrillFault>) -> (Stage, Ai, Arc<BreakerSet>) {
    let phases = DrillProvider::ALL.map(|provider| DrillPhase { after_ms: 0, provider, fault });
    let stage = Stage::open(phases.to_vec(), KEY).await.expect("loopback has free ports");
    let base = |provider| format!("http://{}", stage.addresses().of(provider));
    let endpoints = AiEndpoints { anthropic: base(DrillProvider::Anthropic), openai: base(DrillProvider::Openai) };
    let breakers = breakers();
    let keys = sources(&[("anthropic-api-key", KEY), ("openai-api-key", KEY)]);
    let mut tool = Ai::new(keys, breakers.clone(), endpoints, Prices::built_in(), RetryPolicy::ai(), Random::seeded(7));
    tool.silence = Duration::from_millis(300);
    (stage, tool, breakers)
}

const fn name(provider: DrillProvider) -> &'static str {
    match provider {
        DrillProvider::Anthropic => "anthropic",
        DrillProvider::Openai => "openai",
    }
}

/// One try, since the plan is said to retry by itself.
async fn ask(tool: &Ai, provider: DrillProvider) -> Result<ToolOutcome, ToolFailure> {
    let inputs = json!({"provider": name(provider), "model": "drill", "prompt": "Say hi"});
    let (mut call, _log) = call("ai", inputs);
    call.plan_retries = true;
    tool.run(call).await
}

fn breaker(breakers: &BreakerSet, provider: DrillProvider) -> Breaker {
    breakers.list().into_iter().find(|breaker| breaker.id == provider.breaker()).expect("it is there from the start")
}

#[tokio::test]
async fn a_provider_that_is_well_is_understood() {
    let (stage, tool, breakers) = set(None).await;
    for provider in DrillProvider::ALL {
        let outcome = ask(&tool, provider).await.expect("there is an answer");
        assert_eq!(outcome.output["text"], "This answer comes from a drill: no model was asked.", "it is whole");
        let usage = outcome.usage.map(|usage| (usage.input_tokens, usage.output_tokens));
        assert_eq!(usage, Some((24, 12)), "its tokens are counted");
        assert_eq!(breaker(&breakers, provider).failures, 0, "and nothing failed");
    }
    assert_eq!(stage.requests().len(), 2, "both were counted where they came");
}

#[tokio::test]
async fn five_failures_of_any_kind_open_the_breaker_for_the_right_reason() {
    for (fault, code, cause) in [
        (DrillFault::Overloaded, "throttled", BreakerCause::Overloaded),
        (DrillFault::ServerError, "http_status", BreakerCause::ServerError),
        (DrillFault::Hanging, "timeout", BreakerCause::Timeout),
        (DrillFault::CutStream, "cut_stream", BreakerCause::Unreachable),
        (DrillFault::Malformed, "malformed", BreakerCause::Malformed),
        (DrillFault::Unreachable, "unreachable", BreakerCause::Unreachable),
    ] {
        let (stage, tool, breakers) = set(Some(fault)).await;
        for provider in DrillProvider::ALL {
            if fault == DrillFault::Unreachable {
                until_nobody_listens(&stage, provider).await;
            }
            for number in 1..=5 {
                let failed = ask(&tool, provider).await.expect_err("the provider fails");
                assert_eq!(failed.failure.code, code, "{fault:?} of {provider:?} is named");
                let seen = breaker(&breakers, provider);
                assert_eq!(seen.state == BreakerState::Open, number == 5, "the fifth opens it: {seen:?}");
            }
            let failed = ask(&tool, provider).await.expect_err("it is refused");
            assert_eq!(failed.failure.code, "breaker_open", "the sixth is not sent");
            assert_eq!(breaker(&breakers, provider).cause, Some(cause), "{fault:?} of {provider:?} is understood");
        }
        let came = if fault == DrillFault::Unreachable { 0 } else { 10 };
        assert_eq!(stage.requests().len(), came, "five requests each reached their provider with {fault:?}");
    }
}

/// The listener is given up a moment after the script says so.
async fn until_nobody_listens(stage: &Stage, provider: DrillProvider) {
    let address = stage.addresses().of(provider);
    for _ in 0..200 {
        if tokio::net::TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{provider:?} still listens");
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back_and_opens_nothing() {
    let (stage, tool, breakers) = set(Some(DrillFault::RateLimited)).await;
    for provider in DrillProvider::ALL {
        for _ in 0..6 {
            let failed = ask(&tool, provider).await.expect_err("it is refused");
            assert_eq!(failed.failure.code, "throttled", "it is a matter of the rate");
            assert_eq!(failed.retry_after, Some(Duration::from_secs(20)), "the plane waits as it is told");
        }
        assert_eq!(breaker(&breakers, provider).state, BreakerState::Closed, "the provider is not down");
    }
    assert_eq!(stage.requests().len(), 12, "all of them came");
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_neither_silence_nor_a_failure() {
    let (_stage, mut tool, breakers) = set(Some(DrillFault::SlowStream)).await;
    tool.silence = Duration::from_mins(1);
    let began = tokio::time::Instant::now();
    ask(&tool, DrillProvider::Anthropic).await.expect("it comes in the end");
    assert!(began.elapsed() > Duration::from_secs(90), "long after a step of a drill ran out of time");
    assert_eq!(breaker(&breakers, DrillProvider::Anthropic).failures, 0, "so no breaker can see it");
}

#[tokio::test]
async fn a_provider_recovers_when_its_script_says_so_at_the_same_address() {
    let phase = |after_ms, fault| DrillPhase { after_ms, provider: DrillProvider::Openai, fault };
    let phases = vec![phase(0, Some(DrillFault::Unreachable)), phase(600, None)];
    let stage = Stage::open(phases, KEY).await.expect("loopback has free ports");
    until_nobody_listens(&stage, DrillProvider::Openai).await;
    let address = stage.addresses().of(DrillProvider::Openai);
    crate::tools::rehearsal::eventually("the recovery", || std::net::TcpStream::connect(address).ok()).await;
    assert!(stage.elapsed_ms() >= 600, "not before its moment, and at the same address");
}

#[tokio::test]
async fn another_key_than_the_throwaway_one_is_refused() {
    let (stage, mut tool, _) = set(None).await;
    tool.sources = sources(&[("anthropic-api-key", "sk-of-somebody"), ("openai-api-key", "sk-of-somebody")]);
    for provider in DrillProvider::ALL {
        let failed = ask(&tool, provider).await.expect_err("nobody knows this key");
        assert_eq!(failed.failure.code, "credential_refused", "as a real provider refuses it");
    }
    assert_eq!(stage.requests().len(), 2, "they are counted all the same");
}
