//! Bulkhead: B01, B02.

use reliability::bulkhead::{Bulkhead, BulkheadPolicy, Full, Occupancy};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{sync::Notify, task::yield_now, time::timeout};

#[tokio::test(start_paused = true)]
async fn b01_ten_run_five_wait_in_order_and_five_are_refused_at_once() {
    let bulkhead = Bulkhead::new(BulkheadPolicy { concurrent: 10, queue: 5 });
    let (open, log) = (Arc::new(Notify::new()), Arc::new(Mutex::new(Vec::new())));
    let mut calls = Vec::new();
    for number in 0..20 {
        let (bulkhead, open, log) = (bulkhead.clone(), Arc::clone(&open), Arc::clone(&log));
        calls.push(tokio::spawn(async move {
            let work = || async {
                log.lock().unwrap().push(number);
                open.notified().await;
            };
            bulkhead.run(work).await
        }));
        yield_now().await;
    }
    assert_eq!(bulkhead.occupancy(), Occupancy { running: 10, queued: 5, refused: 5 }, "10 run, 5 wait, 5 are refused");
    for refused in calls.drain(15..) {
        assert!(refused.is_finished(), "a refusal is immediate");
        assert_eq!(refused.await.unwrap(), Err(Full { concurrent: 10, queue: 5 }), "and says what is full");
    }
    while calls.iter().any(|call| !call.is_finished()) {
        open.notify_one();
        yield_now().await;
    }
    assert_eq!(*log.lock().unwrap(), (0..15).collect::<Vec<_>>(), "those who waited ran in the order of asking");
    assert_eq!(bulkhead.occupancy(), Occupancy { running: 0, queued: 0, refused: 5 }, "and everything is free again");
}

#[tokio::test(start_paused = true)]
async fn b02_a_place_is_free_as_soon_as_its_waiter_has_the_slot() {
    let bulkhead = Bulkhead::new(BulkheadPolicy { concurrent: 1, queue: 1 });
    let slot = bulkhead.acquire().await.unwrap();
    let waiter = tokio::spawn({
        let bulkhead = bulkhead.clone();
        async move { bulkhead.acquire().await }
    });
    yield_now().await;
    assert_eq!(bulkhead.occupancy(), Occupancy { running: 1, queued: 1, refused: 0 }, "one runs, one waits");
    drop(slot);
    // The waiter has not been polled since, but the slot is its own.
    assert_eq!(bulkhead.occupancy(), Occupancy { running: 1, queued: 0, refused: 0 }, "it counts once");
    let next = bulkhead.acquire();
    tokio::pin!(next);
    assert!(timeout(Duration::from_millis(1), &mut next).await.is_err(), "another may wait now, and is not refused");
    drop(waiter.await.unwrap());
    drop(next.await.expect("and has its turn"));
}

#[tokio::test(start_paused = true)]
async fn b02_a_waiter_that_gives_up_leaves_its_place() {
    let bulkhead = Bulkhead::new(BulkheadPolicy { concurrent: 1, queue: 1 });
    let slot = bulkhead.acquire().await.unwrap();
    for _ in 0..100 {
        let gave_up = timeout(Duration::from_millis(1), bulkhead.acquire()).await;
        assert!(gave_up.is_err(), "it waits in the only place, and gives up");
        assert_eq!(bulkhead.occupancy().queued, 0, "the place is free");
    }
    let next = tokio::spawn({
        let bulkhead = bulkhead.clone();
        async move { bulkhead.acquire().await.is_ok() }
    });
    yield_now().await;
    assert_eq!(bulkhead.occupancy().queued, 1, "and the next one takes it");
    drop(slot);
    assert!(next.await.unwrap(), "and gets the slot");
}

#[tokio::test]
async fn a_panic_in_the_work_frees_its_slot() {
    let bulkhead = Bulkhead::new(BulkheadPolicy { concurrent: 0, queue: 0 });
    let inside = bulkhead.clone();
    let panicked = tokio::spawn(async move { inside.run(|| async { panic!("boom") }).await });
    assert!(panicked.await.unwrap_err().is_panic(), "the panic goes on");
    assert_eq!(bulkhead.run(|| async { 42 }).await, Ok(42), "the one slot that zero means is free");
}
