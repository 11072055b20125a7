//! The event feed: C49 and C50, and the request behind an event.

use super::{MINUTE, Stand, seconds};
use reliability::{
    breaker::{Breaker, BreakerPolicy, Cause, Event, EventKind, FeedItem, State, TripRule},
    correlation::{self, CorrelationId},
};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

/// Sequence numbers without a gap, and every event starts where the one before ended.
fn assert_chain(events: &[Event]) {
    for pair in events.windows(2) {
        assert_eq!(pair[1].seq, pair[0].seq + 1, "numbers have no gap");
        assert_eq!(pair[1].from, pair[0].to, "the chain of states is unbroken");
        assert!(pair[1].generation >= pair[0].generation, "generations only grow");
    }
}

#[test]
fn c49_a_listener_may_call_the_breaker_and_still_sees_events_in_order() {
    let stand = Stand::http();
    let (inside, resets) = (stand.breaker.clone(), AtomicUsize::new(0));
    let after = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&after);
    stand.breaker.listen(move |event| {
        let _ = (inside.state(), inside.stats());
        if matches!(event.kind, EventKind::Opened { .. }) && resets.fetch_add(1, Ordering::SeqCst) < 3 {
            inside.reset("a listener", "to see whether it deadlocks");
        }
        sink.lock().unwrap().push(event.clone());
    });
    for _ in 0..4 {
        stand.fail(5);
    }
    stand.hand.advance(MINUTE);
    stand.succeed(2);
    let events = after.lock().unwrap().clone();
    assert_eq!(events.len(), 9, "four openings, three resets, one half-open, one close");
    assert_eq!(events[0].seq, 1, "from the first");
    assert_chain(&events);
    assert_eq!(stand.events(), events, "every listener sees the same");
}

#[test]
fn c49_threads_that_turn_it_at_once_are_told_in_one_order() {
    let trip = TripRule::Consecutive { failures: 1 };
    let stand = Stand::new(BreakerPolicy { trip, open_for: seconds(0), ..BreakerPolicy::http() });
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // Few enough that the outbox holds them all even if the thread that delivers is not scheduled.
                for round in 0..200 {
                    if let Ok(permit) = stand.breaker.try_acquire() {
                        if round % 3 == 0 { permit.success() } else { permit.failure(Cause::Other) }
                    }
                    if round % 50 == 0 {
                        stand.breaker.isolate("a thread", "noise", None).release();
                    }
                }
            });
        }
    });
    let events = stand.events();
    assert!(events.len() > 100, "there was something to order");
    assert_chain(&events);
    assert_eq!(events.last().unwrap().to, stand.state(), "the last event says where it stands");
}

#[test]
fn c49_a_listener_that_panics_harms_nobody() {
    let stand = Stand::http();
    stand.breaker.listen(|_| panic!("a broken listener"));
    stand.fail(5);
    stand.breaker.reset("amira", "go on");
    assert_eq!(stand.events().len(), 2, "the others are still told");
    stand.succeed(1);
}

#[tokio::test(start_paused = true)]
async fn c50_a_reader_that_stalls_blocks_nobody_and_learns_how_much_it_lost() {
    let breaker = Breaker::new("c50", BreakerPolicy::http());
    let mut feed = breaker.subscribe();
    for _ in 0..10_000 {
        breaker.reset("amira", "make noise");
    }
    let Some(FeedItem::Lost(lost)) = feed.next().await else { panic!("the reader is told that it lost events") };
    let mut left = 0;
    let mut expected = lost + 1;
    while let Some(item) = feed.try_next() {
        let FeedItem::Event(event) = item else { panic!("nothing more is lost") };
        assert_eq!(event.seq, expected, "the rest follows in order");
        (left, expected) = (left + 1, expected + 1);
    }
    assert_eq!(lost + left, 10_000, "lost and delivered are all that happened");
    assert!(left <= 256, "what is kept is bounded");
    drop(breaker);
    assert_eq!(feed.next().await, None, "the feed ends with the breaker");
}

#[tokio::test(start_paused = true)]
async fn x02_an_event_carries_the_request_that_caused_it() {
    let stand = Stand::http();
    let id = CorrelationId::accept("req-7f3a").unwrap();
    correlation::scope(id.clone(), async { stand.fail(5) }).await;
    let opened = stand.events().pop().unwrap();
    assert_eq!(opened.to, State::Open, "the request opened the circuit");
    assert_eq!(opened.trace.unwrap().id, id, "and the event names it");
}
