//! The admission path under every order in which threads can meet.
//!
//! The breaker is compiled here a second time, from the same sources, on loom's lock and atomics in the place of the real
//! ones (`crate::sync`). Loom then runs each story below once for every schedule that differs, with at most three
//! preemptions, and every value that the memory model allows a load to see.

#![cfg(test)]
#![expect(dead_code, reason = "only the breaker's part of these modules is called here")]

#[path = "../src/breaker/mod.rs"]
pub mod breaker;
#[path = "../src/clock.rs"]
pub mod clock;
#[path = "../src/correlation/mod.rs"]
pub mod correlation;
#[path = "../src/growth.rs"]
pub mod growth;
#[path = "../src/name.rs"]
pub mod name;
#[path = "../src/random.rs"]
pub mod random;
#[path = "../src/retry/mod.rs"]
pub mod retry;

/// Loom's lock and atomic number.
mod sync {
    pub(crate) use loom::sync::atomic::AtomicU64;

    /// Loom runs its threads on one of the system, so none has a seat.
    pub(crate) fn seat() -> u8 {
        u8::MAX
    }

    #[derive(Debug)]
    pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(loom::sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> loom::sync::MutexGuard<'_, T> {
            self.0.lock().expect("no story panics with the lock held")
        }
    }
}

use breaker::{Breaker, BreakerPolicy, Cause, State, TripRule};
use clock::{Clock, Hand};
use loom::thread;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

const MINUTE: Duration = Duration::from_mins(1);

/// Tells `story` for every schedule.
fn every_schedule(story: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(story);
}

/// A breaker that one failure opens and `successes` close.
fn breaker(successes: u32) -> (Breaker, Arc<Hand>) {
    let (clock, hand) = Clock::by_hand();
    let trip = TripRule::Consecutive { failures: 1 };
    let policy = BreakerPolicy { trip, success_threshold: successes, ..BreakerPolicy::http() };
    (Breaker::with_clock("loom", policy, clock), hand)
}

fn failed(breaker: &Breaker) {
    breaker.try_acquire().expect("it admits").failure(Cause::Unreachable);
}

#[test]
fn however_callers_race_no_more_probes_pass_than_successes_are_missing() {
    every_schedule(|| {
        let (breaker, hand) = breaker(1);
        failed(&breaker);
        hand.advance(MINUTE);
        let others: Vec<_> = (0..2)
            .map(|_| {
                let breaker = breaker.clone();
                thread::spawn(move || breaker.try_acquire_owned().ok())
            })
            .collect();
        let mine = breaker.try_acquire_owned().ok();
        let theirs: Vec<_> = others.into_iter().map(|other| other.join().expect("it ends")).collect();
        let passed = theirs.iter().flatten().count() + usize::from(mine.is_some());
        assert_eq!(passed, 1, "one probe passes, whoever is first");
        assert_eq!(breaker.stats().tallies.rejections, 2, "and the two others are counted as refused");
    });
}

#[test]
fn a_success_that_races_with_the_failure_that_opens_never_undoes_it() {
    every_schedule(|| {
        let (breaker, _hand) = breaker(2);
        let other = {
            let breaker = breaker.clone();
            thread::spawn(move || {
                if let Ok(permit) = breaker.try_acquire() {
                    permit.success();
                }
            })
        };
        failed(&breaker);
        other.join().expect("it ends");
        let stats = breaker.stats();
        assert_eq!((stats.state, stats.open_count), (State::Open, 1), "the failure opened it, once");
        let tallies = stats.tallies;
        assert_eq!(tallies.failures, 1, "the failure is counted");
        assert_eq!(
            tallies.successes + tallies.late + tallies.rejections,
            1,
            "the other call is counted once, as one thing"
        );
    });
}

#[test]
fn two_failures_that_race_open_it_once() {
    every_schedule(|| {
        let (breaker, _hand) = breaker(2);
        let permits = [breaker.try_acquire_owned(), breaker.try_acquire_owned()];
        let threads = permits.map(|permit| {
            let permit = permit.expect("it admits");
            thread::spawn(move || permit.failure(Cause::Timeout))
        });
        for thread in threads {
            thread.join().expect("it ends");
        }
        let tallies = breaker.stats().tallies;
        assert_eq!((tallies.times_opened, tallies.failures, tallies.late), (1, 1, 1), "the second failure is late");
    });
}

#[test]
fn a_result_from_before_a_reset_decides_nothing_after_it() {
    every_schedule(|| {
        let (breaker, _hand) = breaker(2);
        let permit = breaker.try_acquire_owned().expect("it admits");
        let other = {
            let breaker = breaker.clone();
            thread::spawn(move || breaker.reset("amira", "a test"))
        };
        permit.failure(Cause::Timeout);
        other.join().expect("it ends");
        assert_eq!(breaker.state(), State::Closed, "reset after the failure, or the failure is late");
        assert!(breaker.try_acquire().is_ok(), "and calls pass");
    });
}

#[test]
fn a_probe_that_is_dropped_frees_its_slot_for_whoever_comes() {
    every_schedule(|| {
        let (breaker, hand) = breaker(1);
        failed(&breaker);
        hand.advance(MINUTE);
        let probe = breaker.try_acquire_owned().expect("a probe passes");
        let other = {
            let breaker = breaker.clone();
            thread::spawn(move || breaker.try_acquire_owned().map(breaker::Permit::success).is_ok())
        };
        drop(probe);
        let closed = other.join().expect("it ends");
        let expected = if closed { State::Closed } else { State::HalfOpen };
        assert_eq!(breaker.state(), expected, "the other was refused, or closed it");
        assert_eq!(breaker.stats().probes_in_flight, 0, "no slot is lost");
    });
}

#[test]
fn events_arrive_in_order_and_none_is_left_behind() {
    every_schedule(|| {
        let (breaker, _hand) = breaker(2);
        let told = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&told);
        breaker.listen(move |event| sink.lock().expect("no story panics").push(event.seq));
        let other = {
            let breaker = breaker.clone();
            thread::spawn(move || breaker.reset("amira", "a test"))
        };
        breaker.open(MINUTE, "tomas", "a test");
        other.join().expect("it ends");
        assert_eq!(*told.lock().expect("no story panics"), [1, 2], "both events, in order, before the acts return");
    });
}
