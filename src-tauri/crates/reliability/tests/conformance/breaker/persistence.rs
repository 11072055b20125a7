//! Across a restart: C46 to C48.

use super::{MINUTE, Stand, seconds};
use reliability::breaker::{BreakerPolicy, EventKind, Restored, SnapshotError, State, TripRule};
use std::time::{Duration, SystemTime};

fn wall(after: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + seconds(1_800_000_000 + after)
}

#[test]
fn c46_the_time_left_is_what_is_left_after_a_restart() {
    let stand = Stand::opened();
    stand.hand.advance(seconds(20));
    let stored = stand.breaker.snapshot(wall(0)).encode();
    let restarted = Stand::http();
    assert_eq!(restarted.breaker.restore(&stored, wall(10)), Restored::Applied(State::Open), "it is open again");
    assert_eq!(restarted.breaker.stats().remaining, seconds(30), "40 s were left, 10 s passed");
    assert_eq!(restarted.breaker.stats().tallies, stand.breaker.stats().tallies, "the tallies go on");
    assert_eq!(restarted.breaker.stats().cause, stand.breaker.stats().cause, "so does the cause");
}

#[test]
fn c46_a_wall_clock_that_stepped_back_leaves_no_more_than_was_left() {
    let stand = Stand::opened();
    let stored = stand.breaker.snapshot(wall(7200)).encode();
    let restarted = Stand::http();
    restarted.breaker.restore(&stored, wall(0));
    assert_eq!(restarted.breaker.stats().remaining, MINUTE, "never longer than it was");
}

#[test]
fn c46_isolations_survive_until_released() {
    let stand = Stand::http();
    let _held = stand.breaker.isolate("amira", "legal asked", None);
    let _brief = stand.breaker.isolate("bela", "for a minute", Some(MINUTE));
    let stored = stand.breaker.snapshot(wall(0)).encode();
    let restarted = Stand::http();
    assert_eq!(
        restarted.breaker.restore(&stored, wall(61)),
        Restored::Applied(State::Isolated),
        "it is still isolated"
    );
    let isolations = restarted.breaker.isolations();
    assert_eq!(isolations.len(), 1, "the one that expired meanwhile is gone");
    assert_eq!(&*isolations[0].by.actor, "amira", "the other is still amira's");
    restarted.breaker.release_isolation(isolations[0].id, "amira", "legal agreed").unwrap();
    restarted.succeed(1);
}

#[test]
fn c47_half_open_comes_back_open_and_ready_to_probe() {
    let stand = Stand::expired();
    let _probe = stand.breaker.try_acquire().unwrap();
    assert_eq!(stand.state(), State::HalfOpen, "it is half-open when the snapshot is taken");
    let stored = stand.breaker.snapshot(wall(0)).encode();
    let restarted = Stand::http();
    assert_eq!(restarted.breaker.restore(&stored, wall(0)), Restored::Applied(State::Open), "it comes back open");
    let stats = restarted.breaker.stats();
    assert_eq!((stats.remaining, stats.open_count), (Duration::ZERO, 1), "ready to probe, the count of openings kept");
    restarted.succeed(2);
    assert_eq!(restarted.state(), State::Closed, "and its probes decide");
}

#[test]
fn c48_a_snapshot_that_cannot_be_used_changes_nothing_and_says_so() {
    let refused = [
        ("", SnapshotError::Unreadable),
        ("{\"version\":1}", SnapshotError::Unreadable),
        ("\u{0}\u{1}", SnapshotError::Unreadable),
        ("{\"version\":99,\"phase\":\"sideways\"}", SnapshotError::UnknownVersion { found: 99, known: 1 }),
    ];
    for (stored, error) in refused {
        let stand = Stand::http();
        assert_eq!(stand.breaker.restore(stored, wall(0)), Restored::Refused(error.clone()), "it is refused");
        assert_eq!(stand.state(), State::Closed, "the breaker starts closed");
        let events = stand.events();
        assert_eq!(events.len(), 1, "one event");
        assert_eq!(events[0].kind, EventKind::SnapshotRefused { error }, "which says why");
        stand.succeed(1);
    }
}

#[test]
fn c48_a_snapshot_under_another_policy_is_judged_by_the_new_one() {
    let stand = Stand::http();
    stand.fail(4);
    let stored = stand.breaker.snapshot(wall(0)).encode();
    let restarted = Stand::new(BreakerPolicy { trip: TripRule::Consecutive { failures: 3 }, ..BreakerPolicy::http() });
    restarted.breaker.restore(&stored, wall(0));
    assert_eq!(restarted.state(), State::Closed, "no call has been judged yet");
    restarted.fail(1);
    assert_eq!(restarted.state(), State::Open, "the next failure is beyond the lower threshold");
}
