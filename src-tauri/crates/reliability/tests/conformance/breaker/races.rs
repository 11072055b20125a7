//! Races on the first admission: C23.

use super::{MINUTE, Stand};
use reliability::breaker::State;
use std::sync::Barrier;

#[test]
fn c23_two_threads_racing_for_the_first_admission_make_one_transition() {
    let stand = Stand::opened();
    let barrier = Barrier::new(2);
    for round in 1..=10_000 {
        stand.hand.advance(MINUTE);
        let race = || {
            barrier.wait();
            stand.breaker.try_acquire()
        };
        let (one, two) = std::thread::scope(|scope| {
            let other = scope.spawn(race);
            (race(), other.join().unwrap())
        });
        assert_eq!(
            stand.breaker.stats().probes_in_flight,
            2,
            "both hold a permit, the one that made the transition too"
        );
        assert_eq!(stand.entered(State::HalfOpen), round, "one transition in each round");
        assert!(stand.breaker.try_acquire().is_err(), "a third is one too many");
        one.unwrap().failure(reliability::breaker::Cause::Other);
        two.unwrap().failure(reliability::breaker::Cause::Other);
        assert_eq!(stand.state(), State::Open, "and the round ends open");
        let mut events = stand.events.lock().unwrap();
        events.retain(|event| event.to == State::HalfOpen);
    }
}
