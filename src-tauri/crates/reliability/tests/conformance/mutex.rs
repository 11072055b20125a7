//! Mutex: M01 to M05. That a guard cannot be released twice (M03) is a doctest that must not compile.

use reliability::mutex::{Mutex, StillLocked};
use std::{
    sync::{
        Arc, Mutex as Log,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{task::yield_now, time::timeout};

const SHORT: Duration = Duration::from_millis(20);

#[tokio::test(start_paused = true)]
async fn m01_waiters_are_served_in_the_order_of_asking() {
    let mutex = Mutex::new(Vec::new());
    let guard = mutex.acquire().await;
    let mut waiting = Vec::new();
    for number in 0..100 {
        let mutex = mutex.clone();
        waiting.push(tokio::spawn(async move { mutex.acquire().await.push(number) }));
        yield_now().await;
    }
    guard.release();
    for waiter in waiting {
        waiter.await.unwrap();
    }
    assert_eq!(*mutex.acquire().await, (0..100).collect::<Vec<_>>(), "first come, first served");
}

#[tokio::test]
async fn m01_two_tasks_in_a_loop_share_the_lock() {
    let (mutex, stop) = (Mutex::new(()), Arc::new(AtomicBool::new(false)));
    let shares = [Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0))];
    let tasks = shares.clone().map(|share| {
        let (mutex, stop) = (mutex.clone(), Arc::clone(&stop));
        tokio::spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                mutex.run_exclusive(async |()| yield_now().await).await;
                if share.fetch_add(1, Ordering::SeqCst) > 5000 {
                    stop.store(true, Ordering::SeqCst);
                }
            }
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    let [one, two] = shares.map(|share| f64::from(share.load(Ordering::SeqCst)));
    let share = one / (one + two);
    assert!((0.45..=0.55).contains(&share), "each has half of the turns; one had {share}");
}

#[tokio::test(start_paused = true)]
async fn m02_a_waiter_that_gave_up_is_not_handed_the_lock() {
    let mutex = Mutex::new(());
    let guard = mutex.acquire().await;
    assert_eq!(mutex.acquire_within(SHORT).await.unwrap_err(), StillLocked { waited: SHORT }, "the waiter gives up");
    guard.release();
    assert!(!mutex.is_locked(), "nobody holds the lock");
    assert!(timeout(SHORT, mutex.acquire()).await.is_ok(), "and the next one gets it");
}

#[tokio::test(start_paused = true)]
async fn m02_a_waiter_behind_one_that_gave_up_goes_on() {
    let mutex = Mutex::new(());
    let guard = mutex.acquire().await;
    let impatient = tokio::spawn({
        let mutex = mutex.clone();
        async move { mutex.acquire_within(SHORT).await.is_err() }
    });
    yield_now().await;
    let patient = tokio::spawn({
        let mutex = mutex.clone();
        async move { mutex.acquire().await.release() }
    });
    assert!(impatient.await.unwrap(), "the first waiter gives up");
    guard.release();
    assert!(timeout(SHORT, patient).await.is_ok(), "the second is next");
}

#[tokio::test(start_paused = true)]
async fn m04_a_body_that_panics_or_is_dropped_releases_the_lock() {
    let mutex = Mutex::new(0);
    let inside = mutex.clone();
    let panicked = tokio::spawn(async move { inside.run_exclusive(async |_| panic!("boom")).await });
    assert!(panicked.await.unwrap_err().is_panic(), "the panic goes on");
    assert!(mutex.try_acquire().is_some(), "the lock is free after a panic");
    let dropped = timeout(SHORT, mutex.run_exclusive(async |_| std::future::pending::<()>().await)).await;
    assert!(dropped.is_err(), "the body is dropped");
    assert!(mutex.try_acquire().is_some(), "the lock is free after a drop");
}

#[tokio::test(start_paused = true)]
async fn m05_nobody_jumps_the_queue() {
    let mutex = Mutex::new(());
    let order = Arc::new(Log::new(Vec::new()));
    let guard = mutex.acquire().await;
    let waiter = tokio::spawn({
        let (mutex, order) = (mutex.clone(), Arc::clone(&order));
        async move {
            let _guard = mutex.acquire().await;
            order.lock().unwrap().push("waiter");
        }
    });
    yield_now().await;
    guard.release();
    assert!(mutex.try_acquire().is_none(), "at the instant of release the lock belongs to the waiter");
    waiter.await.unwrap();
    assert_eq!(*order.lock().unwrap(), ["waiter"], "who gets it");
}
