//! Acts of operators: C39 to C43.

use super::{MINUTE, Stand, seconds};
use reliability::breaker::{Cause, ControlError, EventKind, Mode, Operator, RejectionReason, State, Tallies};
use std::time::Duration;

#[test]
fn c39_reset_closes_it_with_counts_at_zero_and_says_who() {
    let stand = Stand::opened();
    assert!(stand.breaker.try_acquire().is_err(), "a rejection is counted");
    let after = stand.breaker.reset("amira", "restarted the provider");
    assert_eq!(after, State::Closed, "it is closed");
    let stats = stand.breaker.stats();
    assert_eq!(
        (stats.consecutive_failures, stats.open_count, stats.remaining),
        (0, 0, Duration::ZERO),
        "counts are zero"
    );
    let last = stand.events().pop().unwrap();
    assert_eq!(
        last.kind,
        EventKind::Reset { by: Operator::new("amira", "restarted the provider") },
        "the event says who and why"
    );
    assert_eq!((last.from, last.to), (State::Open, State::Closed), "and what changed");
    stand.succeed(1);
}

#[test]
fn c39_a_reset_makes_results_of_before_late() {
    let stand = Stand::http();
    let before: Vec<_> = (0..5).map(|_| stand.breaker.try_acquire().unwrap()).collect();
    stand.breaker.reset("amira", "start over");
    for call in before {
        call.failure(Cause::Unreachable);
    }
    assert_eq!(stand.state(), State::Closed, "what was in flight at the reset does not count against the fresh start");
}

#[test]
fn c40_isolation_ends_with_its_last_holder() {
    let stand = Stand::http();
    let amira = stand.breaker.isolate("amira", "the provider bills twice", None);
    let bela = stand.breaker.isolate("bela", "legal asked", None);
    stand.hand.advance(MINUTE);
    let rejection = stand.breaker.try_acquire().unwrap_err();
    assert_eq!(
        (rejection.state(), rejection.reason),
        (State::Isolated, RejectionReason::Isolated),
        "no timer half-opens it"
    );
    assert_eq!(rejection.retry_after(), None, "nobody can say when it ends");
    amira.release();
    assert!(stand.breaker.try_acquire().is_err(), "one holder is left");
    bela.release();
    stand.succeed(1);
}

#[test]
fn c40_isolation_ends_by_its_expiry_and_reading_notices_without_acting() {
    let stand = Stand::http();
    let id = stand.breaker.isolate("amira", "for the migration", Some(seconds(600))).detach();
    assert_eq!(stand.breaker.try_acquire().unwrap_err().retry_after(), Some(seconds(600)), "the wait is the expiry");
    stand.hand.advance(seconds(600));
    let events = stand.events().len();
    assert_eq!(stand.state(), State::Closed, "a read after the expiry tells the truth");
    assert_eq!(stand.events().len(), events, "and announces nothing");
    assert_eq!(
        stand.breaker.release_isolation(id, "amira", "it is over"),
        Err(ControlError::NoSuchIsolation),
        "there is nothing left to release"
    );
    assert_eq!(stand.events().pop().unwrap().kind, EventKind::IsolationExpired { id }, "the next act announces it");
}

#[test]
fn c40_isolation_proves_nothing_about_an_open_breaker() {
    let stand = Stand::opened();
    let isolation = stand.breaker.isolate("amira", "look closer", None);
    stand.hand.advance(seconds(20));
    isolation.release();
    assert_eq!(stand.state(), State::Open, "what was open is still open");
    assert_eq!(stand.breaker.stats().remaining, seconds(40), "for what is left of its time");
}

#[test]
fn c40_the_wait_of_an_isolated_breaker_that_is_open_is_the_longer_one() {
    let stand = Stand::http();
    stand.breaker.open(seconds(7200), "amira", "maintenance");
    let _held = stand.breaker.isolate("tomas", "to be sure", Some(seconds(600)));
    let refused = stand.breaker.try_acquire().unwrap_err();
    assert_eq!(
        (refused.state(), refused.retry_after()),
        (State::Isolated, Some(seconds(7200))),
        "then a call may pass"
    );
    stand.hand.advance(seconds(660));
    let stats = stand.breaker.stats();
    assert_eq!((stats.state, stats.state_age), (State::Open, seconds(60)), "open again since the isolation ended");
    stand.breaker.try_acquire().unwrap_err();
    assert_eq!(stand.breaker.stats().state_age, seconds(60), "also once somebody has noticed");
}

#[test]
fn c34_an_operator_who_opens_it_is_no_recovery_that_failed() {
    let growth = reliability::Growth { factor: 2.0, cap: seconds(600) };
    let stand = Stand::new(reliability::breaker::BreakerPolicy {
        open_growth: Some(growth),
        ..reliability::breaker::BreakerPolicy::http()
    });
    for _ in 0..3 {
        stand.breaker.open(seconds(60), "amira", "maintenance goes on");
    }
    stand.hand.advance(seconds(60));
    stand.fail(1);
    assert_eq!(stand.breaker.stats().remaining, seconds(120), "one recovery has failed");
}

#[test]
fn c41_results_of_before_an_isolation_are_late() {
    let stand = Stand::http();
    let calls = [stand.breaker.try_acquire().unwrap(), stand.breaker.try_acquire().unwrap()];
    let isolation = stand.breaker.isolate("amira", "stop", None);
    let [one, two] = calls;
    one.failure(Cause::Unreachable);
    two.success();
    assert_eq!(stand.state(), State::Isolated, "results turn nothing");
    assert_eq!(stand.breaker.stats().tallies.late, 2, "they are late");
    drop(isolation);
    assert_eq!(stand.breaker.stats().consecutive_failures, 0, "and never counted");
}

#[test]
fn c42_disabled_admits_and_records_nothing() {
    let stand = Stand::http();
    stand.breaker.set_mode(Mode::Disabled, "amira", "load test");
    stand.fail(100);
    let stats = stand.breaker.stats();
    assert_eq!(
        (stats.state, stats.consecutive_failures, stats.tallies),
        (State::Disabled, 0, Tallies::default()),
        "nothing is recorded"
    );
}

#[test]
fn c42_metrics_only_admits_records_and_says_once_what_it_would_do() {
    let stand = Stand::http();
    stand.breaker.set_mode(Mode::MetricsOnly, "amira", "watch first");
    stand.fail(100);
    let stats = stand.breaker.stats();
    assert_eq!((stats.state, stats.tallies.failures), (State::MetricsOnly, 100), "all are admitted and counted");
    let reached = |stand: &Stand| {
        stand.events().iter().filter(|event| matches!(event.kind, EventKind::ThresholdReached { .. })).count()
    };
    assert_eq!(reached(&stand), 1, "said exactly once");
    stand.succeed(1);
    stand.fail(5);
    assert_eq!(reached(&stand), 2, "and again after a recovery");
}

#[test]
fn c43_half_open_can_only_be_asked_of_an_open_breaker() {
    let stand = Stand::http();
    let refused = stand.breaker.half_open("amira", "try it");
    assert_eq!(
        refused,
        Err(ControlError::NotOpen { state: State::Closed }),
        "a closed breaker cannot be made half-open"
    );
    assert_eq!((stand.state(), stand.events().len()), (State::Closed, 0), "and nothing changed");
    stand.fail(5);
    stand.breaker.half_open("amira", "it is back").expect("an open one can");
    stand.succeed(2);
    assert_eq!(stand.state(), State::Closed, "and its probes decide");
}
