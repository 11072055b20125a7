//! Probes that never report: C30 and C33.

use super::{MINUTE, Stand, seconds};
use reliability::breaker::{Breaker, BreakerPolicy, CallError, Cause, EventKind, Outcome, State};
use std::{future::pending, time::Duration};

#[tokio::test(start_paused = true)]
async fn c30_a_hanging_probe_ends_at_its_time_limit() {
    let breaker = Breaker::new("c30", BreakerPolicy::http());
    for _ in 0..5 {
        breaker.try_acquire().unwrap().failure(Cause::Unreachable);
    }
    tokio::time::advance(MINUTE).await;
    let began = tokio::time::Instant::now();
    let result = breaker.call(pending::<Result<(), &str>>, |_| Outcome::Success).await;
    assert_eq!(result, Err(CallError::TimedOut { after: seconds(30) }), "the caller learns that it timed out");
    assert!(began.elapsed() < seconds(31), "after 30 s");
    let stats = breaker.stats();
    assert_eq!((stats.state, stats.probes_in_flight), (State::Open, 0), "the breaker is open and no permit is lost");
    assert_eq!((stats.cause, stats.tallies.timeouts), (Some(Cause::Timeout), 1), "the cause is the timeout");
}

#[test]
fn c33_a_forgotten_permit_loses_its_slot_when_its_lease_ends() {
    let stand = Stand::expired();
    let forgotten = [stand.breaker.try_acquire().unwrap(), stand.breaker.try_acquire().unwrap()];
    stand.hand.advance(Duration::from_nanos(29_999_999_999));
    assert!(stand.breaker.try_acquire().is_err(), "until the lease ends the slots are taken");
    stand.hand.advance(Duration::from_nanos(1));
    let probe = stand.breaker.try_acquire().expect("then they are free");
    let expired = stand.events().iter().filter(|event| event.kind == EventKind::LeaseExpired).count();
    assert_eq!(expired, 2, "one event for each lease");
    let [one, two] = forgotten;
    one.failure(Cause::Unreachable);
    two.success();
    let stats = stand.breaker.stats();
    assert_eq!((stats.state, stats.probe_successes), (State::HalfOpen, 0), "what they report later is ignored");
    assert_eq!((stats.tallies.late, stats.tallies.leases_expired), (2, 2), "and counted as late");
    probe.success();
    stand.succeed(1);
    assert_eq!(stand.state(), State::Closed, "the breaker is not stuck");
}

#[test]
fn c33_a_report_after_the_lease_is_late_even_if_nobody_called_meanwhile() {
    let stand = Stand::expired();
    let slow = stand.breaker.try_acquire().unwrap();
    stand.hand.advance(seconds(30));
    slow.failure(Cause::Unreachable);
    assert_eq!(stand.state(), State::HalfOpen, "whether the report counts does not depend on who else called");
}

#[tokio::test(start_paused = true)]
async fn c33_a_call_that_is_kept_and_never_polled_again_loses_its_slot_too() {
    let breaker = Breaker::new("kept", BreakerPolicy { success_threshold: 1, ..BreakerPolicy::http() });
    for _ in 0..5 {
        breaker.try_acquire().unwrap().failure(Cause::Unreachable);
    }
    tokio::time::advance(MINUTE).await;
    let mut kept = Box::pin(breaker.call(pending::<Result<(), &str>>, |_| Outcome::Success));
    let polled = kept.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
    assert!(polled.is_pending(), "the probe is under way");
    assert!(breaker.try_acquire().is_err(), "and holds the only slot");
    tokio::time::advance(MINUTE).await;
    breaker.try_acquire().expect("a future that nobody polls cannot hold the circuit for ever").success();
    assert_eq!(breaker.state(), State::Closed, "the next probe decides");
}
