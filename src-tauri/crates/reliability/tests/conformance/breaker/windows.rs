//! Tripping by rates over windows: C06 to C11.

use super::{Stand, seconds};
use reliability::breaker::{BreakerPolicy, Cause, Outcome, SlowCalls, State, TripRule};
use std::time::Duration;

fn counting(calls: u32, minimum: u32) -> BreakerPolicy {
    BreakerPolicy { trip: TripRule::CountWindow { calls, minimum, failure_rate: 50 }, ..BreakerPolicy::http() }
}

#[test]
fn c06_no_rate_means_anything_before_the_minimum_of_calls() {
    let stand = Stand::new(counting(100, 10));
    stand.fail(9);
    assert_eq!(stand.state(), State::Closed, "nine failures of nine are too few to judge");
    stand.fail(1);
    assert_eq!(stand.state(), State::Open, "the tenth call is enough");
}

#[test]
fn c06_the_call_that_completes_the_minimum_may_be_a_success() {
    let stand = Stand::new(counting(100, 10));
    stand.fail(9);
    stand.succeed(1);
    assert_eq!(stand.state(), State::Open, "nine of ten failed");
    assert_eq!(stand.breaker.stats().cause, Some(Cause::Unreachable), "the cause is that of the last failure");
}

#[test]
fn c07_a_rate_that_is_reached_exactly_opens() {
    let stand = Stand::new(counting(10, 10));
    stand.succeed(5);
    stand.fail(4);
    assert_eq!(stand.state(), State::Closed, "nine calls are below the minimum");
    stand.fail(1);
    assert_eq!(stand.state(), State::Open, "five of ten reach 50 %");
}

#[test]
fn c08_the_minimum_is_clamped_to_the_window() {
    let stand = Stand::new(counting(5, 100));
    stand.fail(4);
    assert_eq!(stand.state(), State::Closed, "the window is not full");
    stand.fail(1);
    assert_eq!(stand.state(), State::Open, "a window of five can never hold 100 calls");
}

#[test]
fn c09_a_count_window_forgets() {
    let stand = Stand::new(counting(100, 100));
    stand.succeed(10_000);
    stand.fail(49);
    assert_eq!(stand.state(), State::Closed, "49 of the last 100 failed");
    stand.fail(1);
    assert_eq!(stand.state(), State::Open, "the 50th failure makes half of the window");
}

#[test]
fn c10_a_slice_that_is_as_old_as_the_window_is_out() {
    let trip = TripRule::TimeWindow { length: seconds(10), minimum: 5, failure_rate: 50 };
    let policy = BreakerPolicy { trip, ..BreakerPolicy::http() };
    let stand = Stand::new(policy.clone());
    stand.fail(4);
    stand.hand.advance(seconds(10));
    stand.fail(1);
    assert_eq!(stand.state(), State::Closed, "only one call is left in the window");
    stand.fail(3);
    assert_eq!(stand.state(), State::Closed, "four calls in the window");
    stand.fail(1);
    assert_eq!(stand.state(), State::Open, "five calls in the window");

    let stand = Stand::new(policy);
    stand.fail(4);
    stand.hand.advance(Duration::from_nanos(9_999_999_999));
    stand.fail(1);
    assert_eq!(stand.state(), State::Open, "a nanosecond earlier all five count");
}

#[test]
fn c10_an_idle_hour_clears_every_slice() {
    let trip = TripRule::TimeWindow { length: seconds(10), minimum: 10, failure_rate: 50 };
    let stand = Stand::new(BreakerPolicy { trip, ..BreakerPolicy::http() });
    for _ in 0..9 {
        stand.fail(1);
        stand.hand.advance(seconds(1));
    }
    stand.hand.advance(seconds(3600));
    stand.fail(9);
    assert_eq!(stand.state(), State::Closed, "none of the failures of an hour ago counts");
    stand.fail(1);
    assert_eq!(stand.state(), State::Open, "ten fresh ones do");
}

#[test]
fn c11_a_slow_probe_opens_it_again() {
    let slow = Some(SlowCalls { over: seconds(2), rate: 50 });
    let stand = Stand::new(BreakerPolicy { slow, ..counting(5, 5) });
    let call = |takes: u64| {
        let permit = stand.breaker.try_acquire().unwrap();
        stand.hand.advance(seconds(takes));
        permit.success();
    };
    (0..5).for_each(|_| call(3));
    assert_eq!(stand.state(), State::Open, "slow is down");
    stand.hand.advance(seconds(60));
    call(3);
    let stats = stand.breaker.stats();
    assert_eq!((stats.state, stats.cause, stats.open_count), (State::Open, Some(Cause::Slow), 2), "and still is");
    stand.hand.advance(seconds(60));
    (0..2).for_each(|_| call(1));
    assert_eq!(stand.state(), State::Closed, "until its probes are quick");
}

#[test]
fn c11_slow_calls_open_it_and_a_slow_failure_counts_in_both_rates() {
    let slow = Some(SlowCalls { over: seconds(2), rate: 50 });
    let stand = Stand::new(BreakerPolicy { slow, ..counting(5, 5) });
    let call = |takes: u64, outcome| {
        let permit = stand.breaker.try_acquire().unwrap();
        stand.hand.advance(seconds(takes));
        permit.report(outcome);
    };
    call(3, Outcome::Success);
    call(3, Outcome::Failure(Cause::ServerError));
    call(2, Outcome::Success);
    call(1, Outcome::Success);
    assert_eq!(stand.state(), State::Closed, "four calls are below the minimum");
    call(3, Outcome::Success);
    let stats = stand.breaker.stats();
    assert_eq!(
        (stats.state, stats.cause),
        (State::Open, Some(Cause::Slow)),
        "three of five were slow; exactly 2 s is not"
    );
    assert_eq!((stats.tallies.slow, stats.tallies.failures), (3, 1), "the slow failure is in both tallies");
}
