//! Half-open, decided by probes alone: C22, C24 to C29, C31, C32, C34, C35.

use super::{MINUTE, Stand, seconds};
use reliability::{
    Growth,
    breaker::{Breaker, BreakerPolicy, Cause, EventKind, Outcome, RejectionReason, State, TripRule},
};
use std::{
    future::pending,
    sync::atomic::{AtomicUsize, Ordering},
};

/// A breaker on tokio's paused time, open and ready to probe.
async fn expired() -> Breaker {
    let breaker = Breaker::new("half-open", BreakerPolicy::http());
    for _ in 0..5 {
        breaker.try_acquire().unwrap().failure(Cause::Unreachable);
    }
    tokio::time::advance(MINUTE).await;
    breaker
}

#[tokio::test(start_paused = true)]
async fn c22_half_open_admits_exactly_two_of_two_hundred() {
    let breaker = expired().await;
    let (ran, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let calls = (0..200).map(|_| async {
        let result = breaker
            .call(
                || async {
                    ran.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(seconds(1)).await;
                    Ok::<_, &str>(())
                },
                |_| Outcome::Success,
            )
            .await;
        if let Err(reliability::breaker::CallError::Rejected(rejection)) = result {
            assert_eq!(rejection.reason, RejectionReason::HalfOpenFull, "the reason is that the probes are under way");
            refused.fetch_add(1, Ordering::SeqCst);
        }
    });
    let mut running: Vec<_> = calls.map(Box::pin).collect();
    for call in &mut running {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let _ = call.as_mut().poll(&mut context);
    }
    assert_eq!(ran.load(Ordering::SeqCst), 2, "as many probes run as successes are needed");
    assert_eq!(refused.load(Ordering::SeqCst), 198, "everybody else is refused");
    for call in running.into_iter().take(2) {
        call.await;
    }
    assert_eq!(breaker.state(), State::Closed, "two successes close it");
}

#[test]
fn c24_two_successes_close_it_with_every_count_at_zero() {
    let stand = Stand::expired();
    stand.succeed(1);
    assert_eq!(stand.state(), State::HalfOpen, "one success is not enough");
    stand.succeed(1);
    let stats = stand.breaker.stats();
    assert_eq!(stats.state, State::Closed, "the second closes it");
    let counts = (stats.consecutive_failures, stats.probe_successes, stats.probes_in_flight, stats.open_count);
    assert_eq!(counts, (0, 0, 0, 0), "every count is zero");
}

#[test]
fn c25_one_failure_opens_it_for_the_full_time_and_forgets_the_success() {
    let stand = Stand::expired();
    stand.succeed(1);
    stand.fail(1);
    assert_eq!(stand.state(), State::Open, "one failure opens it at once");
    assert_eq!(stand.breaker.stats().remaining, MINUTE, "for the full time");
    stand.hand.advance(MINUTE);
    stand.succeed(1);
    assert_eq!(stand.state(), State::HalfOpen, "the next round starts from no successes");
    assert_eq!(stand.breaker.stats().probe_successes, 1, "and counts its own");
}

#[tokio::test(start_paused = true)]
async fn c26_a_dropped_probe_gives_its_permit_back() {
    let breaker = expired().await;
    for _ in 0..100 {
        let probe = breaker.call(pending::<Result<(), &str>>, |_| Outcome::Success);
        assert!(tokio::time::timeout(seconds(1), probe).await.is_err(), "the caller loses interest");
        assert_eq!(breaker.stats().probes_in_flight, 0, "the permit is back");
    }
    let stats = breaker.stats();
    assert_eq!(stats.state, State::HalfOpen, "nothing was decided");
    assert_eq!((stats.tallies.dropped, stats.tallies.failures), (100, 5), "nothing was recorded but the drop");
    assert!(breaker.try_acquire().is_ok(), "the next call is admitted");
}

#[tokio::test(start_paused = true)]
async fn c27_a_call_that_is_never_polled_takes_no_permit() {
    let breaker = expired().await;
    let unpolled = breaker.call(pending::<Result<(), &str>>, |_| Outcome::Success);
    assert_eq!(breaker.state(), State::Open, "making the future turned nothing");
    let permits = [breaker.try_acquire(), breaker.try_acquire()];
    assert!(permits.iter().all(Result::is_ok), "both probes are still there");
    drop(unpolled);
    assert_eq!(breaker.stats().probes_in_flight, 2, "dropping it gives back nothing that it did not take");
}

#[test]
fn c28_an_ignored_probe_gives_its_permit_back_a_hundred_times() {
    let stand = Stand::expired();
    stand.report(100, Outcome::Ignored);
    assert_eq!(stand.state(), State::HalfOpen, "ignored probes decide nothing");
    assert_eq!(stand.breaker.stats().probes_in_flight, 0, "and hold nothing");
    stand.succeed(2);
    assert_eq!(stand.state(), State::Closed, "real successes still close it");
}

#[tokio::test(start_paused = true)]
async fn c29_a_panicking_probe_is_a_failure_and_the_panic_goes_on() {
    let breaker = expired().await;
    let inside = breaker.clone();
    let probe = tokio::spawn(async move {
        let _ = inside
            .call(|| async { if true { panic!("boom") } else { Ok::<(), &str>(()) } }, |_| Outcome::Success)
            .await;
    });
    assert!(probe.await.unwrap_err().is_panic(), "the caller's task panics");
    let stats = breaker.stats();
    assert_eq!(stats.state, State::Open, "a panic is a failure");
    assert_eq!((stats.tallies.failures, stats.probes_in_flight), (6, 0), "recorded once, permit returned");
    breaker.reset("amira", "the lock still works");
    breaker.try_acquire().unwrap().success();
}

#[tokio::test(start_paused = true)]
async fn c29_a_probe_that_panics_before_it_is_a_future_is_a_failure_too() {
    let breaker = expired().await;
    let inside = breaker.clone();
    let probe = tokio::spawn(async move {
        let begin = || if true { panic!("boom") } else { std::future::ready(Ok::<(), &str>(())) };
        let _ = inside.call(begin, |_| Outcome::Success).await;
    });
    assert!(probe.await.unwrap_err().is_panic(), "the caller's task panics");
    let stats = breaker.stats();
    assert_eq!((stats.state, stats.tallies.failures, stats.probes_in_flight), (State::Open, 6, 0), "recorded once");
}

#[tokio::test(start_paused = true)]
async fn c29_a_panic_next_to_a_call_is_not_its_failure() {
    let breaker = Breaker::new("bystander", BreakerPolicy::http());
    let inside = breaker.clone();
    let task = tokio::spawn(async move {
        let call = std::pin::pin!(inside.call(pending::<Result<(), &str>>, |_| Outcome::Success));
        let mut call = call;
        tokio::select! {
            biased;
            _ = &mut call => {}
            () = tokio::task::yield_now() => panic!("the neighbour"),
        }
    });
    assert!(task.await.unwrap_err().is_panic(), "the neighbour panicked");
    let tallies = breaker.stats().tallies;
    assert_eq!((tallies.failures, tallies.dropped), (0, 1), "the call was only dropped");
}

#[test]
fn c29_a_panic_with_a_permit_in_hand_is_a_failure() {
    let stand = Stand::expired();
    let breaker = stand.breaker.clone();
    let panicked = std::thread::spawn(move || {
        let _permit = breaker.try_acquire().unwrap();
        panic!("boom");
    });
    assert!(panicked.join().is_err(), "the panic goes on");
    assert_eq!(stand.state(), State::Open, "and counts as a failure");
}

#[test]
fn c31_a_stale_success_decides_nothing() {
    let stand = Stand::http();
    let stale: Vec<_> = (0..5).map(|_| stand.breaker.try_acquire().unwrap()).collect();
    stand.fail(5);
    stand.hand.advance(MINUTE);
    let probe = stand.breaker.try_acquire().unwrap();
    for call in stale {
        call.success();
    }
    let stats = stand.breaker.stats();
    assert_eq!((stats.state, stats.probe_successes), (State::HalfOpen, 0), "calls of before the outage prove nothing");
    assert_eq!((stats.probes_in_flight, stats.tallies.late), (1, 5), "the probe alone decides");
    probe.success();
    assert_eq!(stand.breaker.stats().probe_successes, 1, "and its success counts");
}

#[test]
fn c32_a_stale_failure_decides_nothing() {
    let stand = Stand::http();
    let stale = stand.breaker.try_acquire().unwrap();
    stand.fail(5);
    stand.hand.advance(MINUTE);
    let probe = stand.breaker.try_acquire().unwrap();
    stale.failure(Cause::ServerError);
    assert_eq!(stand.state(), State::HalfOpen, "a failure of before the outage says nothing new");
    assert_eq!(stand.entered(State::Open), 1, "there was one opening only");
    probe.success();
    stand.succeed(1);
    assert_eq!(stand.state(), State::Closed, "the probes closed it");
}

#[test]
fn c34_the_open_time_grows_while_recoveries_fail_and_starts_over_after_a_close() {
    let growth = Growth { factor: 2.0, cap: seconds(600) };
    let stand = Stand::new(BreakerPolicy { open_growth: Some(growth), ..BreakerPolicy::http() });
    stand.fail(5);
    for wait in [60, 120, 240, 480, 600, 600] {
        assert_eq!(stand.breaker.stats().remaining, seconds(wait), "the open time doubles up to the cap");
        stand.hand.advance(seconds(wait));
        stand.fail(1);
    }
    stand.hand.advance(seconds(600));
    stand.succeed(2);
    stand.fail(5);
    assert_eq!(stand.breaker.stats().remaining, MINUTE, "a recovery starts it over");
    let opened = stand.events().into_iter().rev().find_map(|event| match event.kind {
        EventKind::Opened { open_count, .. } => Some(open_count),
        _ => None,
    });
    assert_eq!(opened, Some(1), "and the count of openings too");
}

#[test]
fn c35_a_failed_probe_opens_it_whatever_the_volume() {
    let trip = TripRule::CountWindow { calls: 100, minimum: 50, failure_rate: 50 };
    let stand = Stand::new(BreakerPolicy { trip, ..BreakerPolicy::http() });
    stand.fail(50);
    assert_eq!(stand.state(), State::Open, "fifty failures are enough calls to judge");
    stand.hand.advance(MINUTE);
    stand.fail(1);
    assert_eq!(stand.state(), State::Open, "one probe is enough to judge a recovery");
}

#[test]
fn c26_a_call_that_waits_where_there_is_no_timer_leaks_no_permit() {
    let stand = Stand::expired();
    let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let call = std::pin::pin!(stand.breaker.call(std::future::pending::<Result<(), ()>>, |_| Outcome::Success));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        call.poll(&mut context).is_pending()
    }));
    assert!(polled.is_err(), "outside of a runtime a call cannot be given a limit");
    assert_eq!(stand.breaker.stats().probes_in_flight, 0, "but its permit is back");
}
