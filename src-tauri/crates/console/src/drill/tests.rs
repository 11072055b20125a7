//! What acts of operators are judged to be, moment by moment of a script.

use super::acts::{Bench, judge};
use crate::view::DrillVerdict;
use cache::Act;
use domain::{
    BreakerEvent, BreakerHappening, BreakerState, CorrelationId, DrillFault, DrillPhase, DrillProvider, DrillRequest,
    Timestamp,
};

const START: i64 = 1_800_000_000_000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(START + ms)
}

fn act(ms: i64, action: &str, target: &str, outcome: &str) -> Act {
    Act {
        at: at(ms),
        actor: "amira".to_owned(),
        action: action.to_owned(),
        connection: Some("drill".into()),
        target: target.to_owned(),
        reason: None,
        outcome: outcome.to_owned(),
        correlation_id: CorrelationId::new("req-1"),
    }
}

fn opened(ms: i64, breaker: &str) -> BreakerEvent {
    BreakerEvent {
        seq: 1,
        breaker: breaker.to_owned(),
        at: at(ms),
        what: BreakerHappening::Opened,
        from: BreakerState::Closed,
        to: BreakerState::Open,
        cause: None,
        until: None,
        actor: None,
        reason: None,
        correlation_id: None,
    }
}

const fn phase(after_ms: u64, provider: DrillProvider, fault: Option<DrillFault>) -> DrillPhase {
    DrillPhase { after_ms, provider, fault }
}

/// Anthropic fails from 1 s to 9 s, `OpenAI` turns calls away from 2 s to 5 s.
const PHASES: [DrillPhase; 4] = [
    phase(1_000, DrillProvider::Anthropic, Some(DrillFault::Overloaded)),
    phase(2_000, DrillProvider::Openai, Some(DrillFault::RateLimited)),
    phase(5_000, DrillProvider::Openai, None),
    phase(9_000, DrillProvider::Anthropic, None),
];

fn verdicts(requests: &[DrillRequest], breakers: &[BreakerEvent], acts: &[Act]) -> Vec<(DrillVerdict, u32)> {
    let bench = Bench { started_at: at(0), phases: &PHASES, requests, breakers };
    judge(bench, acts).into_iter().map(|act| (act.verdict, act.calls)).collect()
}

#[test]
fn an_act_is_judged_by_what_its_provider_did_at_that_moment() {
    let (right, cost, neutral) = (DrillVerdict::Right, DrillVerdict::Cost, DrillVerdict::Neutral);
    for (ms, action, target, wanted) in [
        (500, "reset_breaker", "ai:anthropic", neutral),
        (500, "isolate_breaker", "ai:anthropic", cost),
        (3_000, "isolate_breaker", "ai:anthropic", right),
        (3_000, "probe_breaker", "ai:anthropic", cost),
        (3_000, "isolate_breaker", "ai:openai", cost),
        (3_000, "reset_breaker", "ai:openai", neutral),
        (6_000, "isolate_breaker", "ai:openai", cost),
        (9_500, "isolate_breaker", "ai:anthropic", cost),
        (9_500, "probe_breaker", "ai:anthropic", right),
        (9_500, "release_breaker", "ai:anthropic", right),
        (9_500, "cancel_run", "run_1", neutral),
    ] {
        let found = verdicts(&[], &[], &[act(ms, action, target, "done")]);
        assert_eq!(found, [(wanted, 0)], "{action} of {target} at {ms} ms");
    }
    let refused = verdicts(&[], &[], &[act(3_000, "isolate_breaker", "ai:anthropic", "conflict")]);
    assert_eq!(refused, [(neutral, 0)], "what was refused did nothing");
}

#[test]
fn a_reset_that_comes_too_early_costs_the_calls_until_the_breaker_opens_again() {
    let request = |at_ms, provider, fault| DrillRequest { at_ms, provider, fault };
    let (anthropic, openai) = (DrillProvider::Anthropic, DrillProvider::Openai);
    let requests = [
        request(2_900, anthropic, Some(DrillFault::Overloaded)),
        request(3_100, anthropic, Some(DrillFault::Overloaded)),
        request(3_150, openai, Some(DrillFault::RateLimited)),
        request(3_200, anthropic, Some(DrillFault::Overloaded)),
        request(4_000, anthropic, Some(DrillFault::Overloaded)),
    ];
    let breakers = [opened(2_000, "ai:anthropic"), opened(3_160, "ai:openai"), opened(3_210, "ai:anthropic")];
    let reset = act(3_000, "reset_breaker", "ai:anthropic", "done");
    assert_eq!(
        verdicts(&requests, &breakers, std::slice::from_ref(&reset)),
        [(DrillVerdict::Cost, 2)],
        "those of its own provider"
    );
    let isolated = act(3_120, "isolate_breaker", "ai:anthropic", "done");
    let both = verdicts(&requests, &breakers, &[reset, isolated]);
    assert_eq!(both, [(DrillVerdict::Cost, 1), (DrillVerdict::Right, 0)], "the next act ends the account of the first");
}
