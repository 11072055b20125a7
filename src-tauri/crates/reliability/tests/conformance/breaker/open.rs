//! Open: C14 to C21.

use super::{MINUTE, Stand, seconds};
use reliability::breaker::{Breaker, BreakerPolicy, CallError, Cause, EventKind, Outcome, RejectionReason, State};
use std::time::Duration;

const INSTANT: Duration = Duration::from_nanos(1);

#[tokio::test(start_paused = true)]
async fn c14_a_refusal_names_breaker_state_and_wait_and_is_no_failure() {
    let breaker = Breaker::new("ai:anthropic", BreakerPolicy::http());
    for _ in 0..5 {
        breaker.try_acquire().unwrap().failure(Cause::Timeout);
    }
    tokio::time::advance(seconds(20)).await;
    let failures = breaker.stats().tallies.failures;
    let mut ran = false;
    let result: Result<(), CallError<&str>> = breaker
        .call(
            || {
                ran = true;
                async { Ok(()) }
            },
            |_| Outcome::Success,
        )
        .await;
    let Err(CallError::Rejected(rejection)) = result else { panic!("the call is refused") };
    assert!(!ran, "a refused operation is never invoked");
    assert_eq!(rejection.breaker.name().as_str(), "ai:anthropic", "the refusal names the breaker");
    assert_eq!((rejection.state(), rejection.reason), (State::Open, RejectionReason::Open), "and where it stands");
    assert_eq!(rejection.retry_after(), Some(seconds(40)), "and when to come back");
    let tallies = breaker.stats().tallies;
    assert_eq!((tallies.rejections, tallies.failures), (1, failures), "a refusal is a rejection and no failure");
}

#[test]
fn c15_the_first_probe_passes_at_the_very_instant() {
    let stand = Stand::opened();
    stand.hand.advance(Duration::from_nanos(59_999_999_999));
    assert!(stand.breaker.try_acquire().is_err(), "a nanosecond early is early");
    stand.hand.advance(INSTANT);
    stand.breaker.try_acquire().expect("the instant itself is late enough").ignore();
    assert_eq!(stand.state(), State::HalfOpen, "and the call is a probe");
}

#[test]
fn c16_the_remaining_time_only_shrinks() {
    let stand = Stand::http();
    assert_eq!(stand.breaker.stats().remaining, Duration::ZERO, "nothing remains while closed");
    stand.fail(5);
    let mut previous = stand.breaker.stats().remaining;
    assert_eq!(previous, MINUTE, "all of it remains at first");
    for _ in 0..70 {
        stand.hand.advance(seconds(1));
        let remaining = stand.breaker.stats().remaining;
        assert!(remaining <= previous, "it never grows");
        previous = remaining;
    }
    assert_eq!(previous, Duration::ZERO, "nothing remains once the time is over");
    stand.breaker.try_acquire().unwrap().ignore();
    assert_eq!(stand.breaker.stats().remaining, Duration::ZERO, "nothing remains while half-open");
}

#[test]
fn c17_a_straggler_that_fails_cannot_extend_the_open_time() {
    let stand = Stand::http();
    let straggler = stand.breaker.try_acquire().unwrap();
    stand.fail(5);
    stand.hand.advance(seconds(50));
    straggler.failure(Cause::Unreachable);
    assert_eq!(stand.breaker.stats().tallies.late, 1, "its result is late");
    assert_eq!(stand.entered(State::Open), 1, "it opens nothing");
    assert_eq!(stand.breaker.stats().remaining, seconds(10), "and the expiry stands");
    stand.hand.advance(seconds(10));
    assert!(stand.breaker.try_acquire().is_ok(), "a probe passes when the first opening said");
}

#[test]
fn c18_a_straggler_that_succeeds_cannot_close_it() {
    let stand = Stand::http();
    let straggler = stand.breaker.try_acquire().unwrap();
    stand.fail(5);
    stand.hand.advance(seconds(50));
    straggler.success();
    assert_eq!(stand.state(), State::Open, "a result of before the outage proves nothing");
}

#[test]
fn c19_failures_that_land_together_open_it_once() {
    let stand = Stand::http();
    let calls: Vec<_> = (0..6).map(|_| stand.breaker.try_acquire().unwrap()).collect();
    for call in calls {
        call.failure(Cause::Unreachable);
    }
    assert_eq!(stand.events().len(), 1, "one event");
    assert!(matches!(stand.events()[0].kind, EventKind::Opened { .. }), "which is the opening");
    assert_eq!(stand.breaker.stats().tallies.times_opened, 1, "tallied once");
    stand.hand.advance(MINUTE);
    assert!(stand.breaker.try_acquire().is_ok(), "half-open is reached after 60 s");
}

#[test]
fn c20_reading_the_state_turns_nothing() {
    let stand = Stand::opened();
    let generation = stand.breaker.stats().generation;
    for _ in 0..600 {
        stand.hand.advance(seconds(1));
        assert_eq!(stand.state(), State::Open, "nobody probed, so it is open");
        let _ = stand.breaker.stats();
    }
    assert_eq!(stand.breaker.stats().generation, generation, "no transition happened");
    assert_eq!(stand.entered(State::HalfOpen), 0, "and none was announced");
    stand.breaker.try_acquire().unwrap().ignore();
    assert_eq!(stand.entered(State::HalfOpen), 1, "admitting a probe is the transition");
}

#[test]
fn c21_an_operator_opens_it_for_a_given_time() {
    let stand = Stand::http();
    stand.breaker.open(seconds(7200), "amira", "the provider announced maintenance");
    assert_eq!(stand.breaker.stats().cause, Some(Cause::Operator), "the cause is the operator");
    stand.hand.advance(seconds(3600));
    let rejection = stand.breaker.try_acquire().unwrap_err();
    assert_eq!(rejection.retry_after(), Some(seconds(3600)), "one of the two hours is left");
    stand.hand.advance(seconds(3600));
    assert!(stand.breaker.try_acquire().is_ok(), "then it probes as after any opening");
}
