//! Adaptive polling: P01.

use reliability::poll::{AdaptivePoll, PollPolicy, Polled};
use std::{
    cell::{Cell, RefCell},
    ops::ControlFlow,
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

const FAILED: Polled = Polled::Failed { retry_after: None };

#[test]
fn p01_waits_grow_from_5_to_30_and_fall_back_on_work() {
    let mut poll = AdaptivePoll::new(PollPolicy::default());
    let mut waits = vec![poll.wait().as_millis()];
    waits.extend((0..6).map(|_| poll.observe(Polled::Idle).as_millis()));
    assert_eq!(
        waits,
        [5_000, 7_500, 11_250, 16_875, 25_312, 30_000, 30_000],
        "each idle poll waits half as long again, up to 30 s"
    );
    assert_eq!(poll.observe(Polled::Work).as_millis(), 5_000, "work brings it back to 5 s");
}

#[test]
fn p01_errors_back_off_and_never_below_the_shortest() {
    let mut poll = AdaptivePoll::new(PollPolicy::default());
    for _ in 0..10 {
        let wait = poll.observe(FAILED);
        assert!(wait > Duration::from_secs(5) && wait <= Duration::from_secs(30), "errors grow the wait like idleness");
    }
    let asked = Polled::Failed { retry_after: Some(Duration::from_secs(90)) };
    assert_eq!(poll.observe(asked), Duration::from_secs(90), "a wait that was asked for is kept");
    let asked = Polled::Failed { retry_after: Some(Duration::ZERO) };
    assert_eq!(poll.observe(asked), Duration::from_secs(30), "asking for less than our own changes nothing");
}

#[tokio::test(start_paused = true)]
async fn p01_polls_do_not_overlap_and_pause_while_hidden() {
    let (window, visible) = watch::channel(true);
    let started = Instant::now();
    let (busy, begun) = (Cell::new(false), RefCell::new(Vec::new()));
    let mut poll = AdaptivePoll::new(PollPolicy::default());
    let polling = poll.run(visible, || async {
        assert!(!busy.replace(true), "the poll before has ended");
        begun.borrow_mut().push(started.elapsed().as_secs());
        tokio::time::sleep(Duration::from_secs(10)).await;
        busy.set(false);
        ControlFlow::Continue(Polled::Work)
    });
    let watching = async {
        tokio::time::sleep(Duration::from_secs(22)).await;
        window.send(false).unwrap();
        tokio::time::sleep(Duration::from_secs(100)).await;
        window.send(true).unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(window);
    };
    tokio::join!(polling, watching);
    assert_eq!(
        *begun.borrow(),
        [0, 15, 122],
        "10 s of polling and 5 s of waiting, none while hidden, at once when seen again"
    );
}

#[tokio::test(start_paused = true)]
async fn p01_the_poll_may_end_the_loop() {
    let (_window, visible) = watch::channel(true);
    let polls = Cell::new(0);
    let mut poll = AdaptivePoll::new(PollPolicy::default());
    poll.run(visible, || async {
        polls.set(polls.get() + 1);
        if polls.get() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(Polled::Idle) }
    })
    .await;
    assert_eq!(polls.get(), 3, "it breaks when the poll says so");
}
