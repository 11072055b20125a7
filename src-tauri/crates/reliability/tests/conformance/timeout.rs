//! Deadlines, which the other policies build on.

use reliability::timeout::{Deadline, DeadlinePassed};
use std::{future::pending, time::Duration};
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn nested_limits_do_not_add_up() {
    let started = Instant::now();
    let outer = Deadline::after(Duration::from_secs(10));
    sleep(Duration::from_secs(7)).await;
    let inner = outer.but_at_most(Duration::from_secs(5));
    assert_eq!(inner.remaining(), Duration::from_secs(3), "the outer deadline is nearer");
    assert_eq!(inner.run(pending::<()>()).await, Err(DeadlinePassed), "the work is stopped");
    assert_eq!(started.elapsed().as_secs(), 10, "when the outer deadline says");
    let shorter = Deadline::after(Duration::from_secs(10)).but_at_most(Duration::from_secs(2));
    assert_eq!(shorter.remaining(), Duration::from_secs(2), "an inner limit may be nearer");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_beyond_the_clock_never_passes() {
    let never = Deadline::after(Duration::MAX);
    assert_eq!(never.remaining(), Duration::MAX, "it is further off than the clock can say");
    assert_eq!(never.run(async { 42 }).await, Ok(42), "and work runs under it");
    assert!(
        never.but_at_most(Duration::from_secs(1)).remaining() <= Duration::from_secs(1),
        "a nearer one still counts"
    );
}
