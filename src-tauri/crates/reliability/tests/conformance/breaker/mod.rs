//! Rows C01 to C50, and the breaker with a clock turned by hand that they share.

mod clock;
mod closed;
mod control;
mod events;
mod half_open;
mod half_open_leases;
mod model;
mod open;
mod persistence;
mod races;
mod timeouts;
mod windows;

use reliability::{
    Clock, Hand,
    breaker::{Breaker, BreakerPolicy, Cause, Event, Outcome, State},
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

pub(crate) const MINUTE: Duration = Duration::from_mins(1);

pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A breaker, the hand of its clock, and every event that a listener got.
pub(crate) struct Stand {
    pub(crate) breaker: Breaker,
    pub(crate) hand: Arc<Hand>,
    pub(crate) events: Arc<Mutex<Vec<Event>>>,
}

impl Stand {
    pub(crate) fn new(policy: BreakerPolicy) -> Self {
        let (clock, hand) = Clock::by_hand();
        let breaker = Breaker::with_clock("stand", policy, clock);
        let events = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&events);
        breaker.listen(move |event| sink.lock().unwrap().push(event.clone()));
        Self { breaker, hand, events }
    }

    pub(crate) fn http() -> Self {
        Self::new(BreakerPolicy::http())
    }

    /// An HTTP breaker that five failures have just opened.
    pub(crate) fn opened() -> Self {
        let stand = Self::http();
        stand.fail(5);
        assert_eq!(stand.breaker.state(), State::Open, "five failures open it");
        stand
    }

    /// An HTTP breaker whose open time is over, with no probe admitted yet.
    pub(crate) fn expired() -> Self {
        let stand = Self::opened();
        stand.hand.advance(MINUTE);
        stand
    }

    pub(crate) fn report(&self, times: usize, outcome: Outcome) {
        for _ in 0..times {
            self.breaker.try_acquire().expect("the breaker admits the call").report(outcome);
        }
    }

    pub(crate) fn fail(&self, times: usize) {
        self.report(times, Outcome::Failure(Cause::Unreachable));
    }

    pub(crate) fn succeed(&self, times: usize) {
        self.report(times, Outcome::Success);
    }

    pub(crate) fn state(&self) -> State {
        self.breaker.state()
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// How many transitions into `state` there were.
    pub(crate) fn entered(&self, state: State) -> usize {
        self.events().iter().filter(|event| event.to == state && event.from != state).count()
    }
}
