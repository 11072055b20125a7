//! Closed and tripping by failures in a row: C01 to C05, C12, C13.

use super::{Stand, seconds};
use reliability::breaker::{Breaker, BreakerPolicy, CallError, Cause, Outcome, State, TripRule};
use std::cell::Cell;

#[tokio::test(start_paused = true)]
async fn c01_opens_on_the_fifth_failure_and_does_not_run_the_sixth_call() {
    let breaker = Breaker::new("c01", BreakerPolicy::http());
    let ran = Cell::new(0);
    let fail = || {
        breaker.call(
            || {
                ran.set(ran.get() + 1);
                async { Err::<(), _>("down") }
            },
            |_| Outcome::Failure(Cause::Unreachable),
        )
    };
    for _ in 0..4 {
        assert_eq!(fail().await, Err(CallError::Inner("down")), "the error reaches the caller");
    }
    assert_eq!(breaker.state(), State::Closed, "four failures leave it closed");
    let _ = fail().await;
    assert_eq!(breaker.state(), State::Open, "the fifth opens it");
    assert!(matches!(fail().await, Err(CallError::Rejected(_))), "the sixth call is refused");
    assert_eq!(ran.get(), 5, "a refused call never runs");
}

#[test]
fn c02_one_success_starts_the_count_over() {
    let stand = Stand::http();
    stand.fail(4);
    stand.succeed(1);
    stand.fail(4);
    assert_eq!(stand.state(), State::Closed, "only failures in a row count");
    stand.fail(1);
    assert_eq!(stand.state(), State::Open, "the fifth in a row opens it");
}

#[tokio::test(start_paused = true)]
async fn c03_an_ignored_error_neither_counts_nor_resets() {
    let breaker = Breaker::new("c03", BreakerPolicy::http());
    for _ in 0..4 {
        breaker.try_acquire().unwrap().failure(Cause::ServerError);
    }
    for _ in 0..10 {
        let result = breaker.call(|| async { Err::<(), _>("not found") }, |_| Outcome::Ignored).await;
        assert_eq!(result, Err(CallError::Inner("not found")), "an ignored error still reaches the caller");
    }
    assert_eq!(breaker.stats().consecutive_failures, 4, "ignored errors changed nothing");
    breaker.try_acquire().unwrap().failure(Cause::ServerError);
    assert_eq!(breaker.state(), State::Open, "the next failure is the fifth in a row");
    assert_eq!(breaker.stats().tallies.ignored, 10, "they are tallied apart");
}

#[test]
fn c04_an_error_that_is_no_failure_counts_as_success() {
    let stand = Stand::http();
    stand.fail(4);
    stand.report(1, Outcome::of_error(false, None));
    stand.fail(4);
    assert_eq!(stand.state(), State::Closed, "the error proved that the dependency answers");
}

#[test]
fn c05_ignore_wins_over_record() {
    let both = Outcome::of_error(true, Some(Cause::ServerError));
    assert_eq!(both, Outcome::Ignored, "an error that matches both rules is ignored");
    let stand = Stand::http();
    stand.report(100, both);
    assert_eq!(stand.state(), State::Closed, "ignored errors never open it");
}

#[test]
fn c12_a_result_across_the_edge_of_the_interval_is_late() {
    let stand = Stand::new(BreakerPolicy { interval: Some(seconds(30)), ..BreakerPolicy::http() });
    stand.fail(4);
    stand.hand.advance(seconds(29));
    let straddling = stand.breaker.try_acquire().unwrap();
    stand.hand.advance(std::time::Duration::from_millis(1500));
    straddling.failure(Cause::Unreachable);
    let stats = stand.breaker.stats();
    assert_eq!(stats.consecutive_failures, 0, "neither the old count nor the late result is in the new interval");
    assert_eq!(stats.tallies.late, 1, "the result is counted as late");
    stand.fail(4);
    assert_eq!(stand.state(), State::Closed, "the new interval counts from zero");
    stand.fail(1);
    assert_eq!(stand.state(), State::Open, "and opens at five of its own");
}

#[test]
fn c12_a_success_across_the_edge_is_late_as_well() {
    let stand = Stand::new(BreakerPolicy { interval: Some(seconds(30)), ..BreakerPolicy::http() });
    let straddling = stand.breaker.try_acquire().unwrap();
    stand.hand.advance(seconds(31));
    straddling.success();
    let tallies = stand.breaker.stats().tallies;
    assert_eq!((tallies.successes, tallies.late), (0, 1), "also where no failure is behind it");
}

#[test]
fn c13_two_threads_lose_no_count() {
    let breaker = Breaker::new("c13", BreakerPolicy::http());
    let before = breaker.stats().generation;
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..1_000_000 {
                    breaker.try_acquire().unwrap().success();
                }
            });
        }
    });
    let stats = breaker.stats();
    assert_eq!((stats.tallies.calls(), stats.tallies.successes), (2_000_000, 2_000_000), "every call is counted once");
    assert_eq!((stats.state, stats.generation), (State::Closed, before), "successes turn nothing");
}

#[test]
fn c13_more_threads_than_can_count_for_themselves_lose_no_count_either() {
    let breaker = Breaker::new("c13", BreakerPolicy::http());
    // Threads that come and go one after the other take over each other's place.
    for _ in 0..20 {
        std::thread::scope(|scope| {
            for _ in 0..5 {
                scope.spawn(|| (0..10_000).for_each(|_| breaker.try_acquire().unwrap().success()));
            }
        });
    }
    assert_eq!(breaker.stats().tallies.successes, 1_000_000, "every call is counted once, whoever made it");
}

#[test]
fn a_caller_that_gives_up_late_counts_as_a_timeout_where_the_policy_says_so() {
    let stand = Stand::new(BreakerPolicy { cancel_fails_after: Some(seconds(10)), ..BreakerPolicy::http() });
    let give_up_after = |wait| {
        let call = stand.breaker.try_acquire().unwrap();
        stand.hand.advance(wait);
        drop(call);
    };
    for _ in 0..5 {
        give_up_after(seconds(9));
    }
    assert_eq!(stand.state(), State::Closed, "whoever gives up soon has lost interest");
    for _ in 0..5 {
        give_up_after(seconds(10));
    }
    let stats = stand.breaker.stats();
    assert_eq!(
        (stats.state, stats.cause),
        (State::Open, Some(Cause::Timeout)),
        "whoever waited that long has seen it hang"
    );
}

#[test]
fn absurd_policies_are_clamped_to_the_nearest_that_makes_sense() {
    let trip = TripRule::Consecutive { failures: 0 };
    let stand = Stand::new(BreakerPolicy { trip, success_threshold: 0, ..BreakerPolicy::http() });
    stand.fail(1);
    assert_eq!(stand.state(), State::Open, "a threshold of zero means one");
    stand.hand.advance(seconds(60));
    stand.succeed(1);
    assert_eq!(stand.state(), State::Closed, "so does a success threshold of zero");
    let stand = Stand::new(BreakerPolicy { call_timeout: std::time::Duration::ZERO, ..BreakerPolicy::http() });
    stand.fail(5);
    stand.hand.advance(seconds(60));
    let probes: Vec<_> = (0..3).filter_map(|_| stand.breaker.try_acquire().ok()).collect();
    assert_eq!(probes.len(), 2, "a lease of nothing would let any number pass");
    probes.into_iter().for_each(reliability::breaker::Permit::success);
    assert_eq!(stand.state(), State::Closed, "and none of them would count");
}
