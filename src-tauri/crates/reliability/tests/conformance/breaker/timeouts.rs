//! Call timeouts: C36 to C38.

use super::seconds;
use reliability::breaker::{Breaker, BreakerPolicy, CallError, Outcome, State};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

struct SaysWhenDropped(Arc<AtomicBool>);

impl Drop for SaysWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

async fn take(breaker: &Breaker, time: u64) -> Result<(), CallError<&'static str>> {
    let call = || async move {
        tokio::time::sleep(seconds(time)).await;
        Ok(())
    };
    breaker.call(call, |_| Outcome::Success).await
}

#[tokio::test(start_paused = true)]
async fn c36_a_call_that_is_too_long_is_stopped_not_abandoned() {
    let breaker = Breaker::new("c36", BreakerPolicy::http());
    let dropped = Arc::new(AtomicBool::new(false));
    let finished = Arc::new(AtomicBool::new(false));
    let (witness, end) = (SaysWhenDropped(Arc::clone(&dropped)), Arc::clone(&finished));
    let began = tokio::time::Instant::now();
    let operation = || async move {
        let _witness = witness;
        tokio::time::sleep(seconds(31)).await;
        end.store(true, Ordering::SeqCst);
        Ok::<_, &str>(())
    };
    let mut call = Box::pin(breaker.call(operation, |_| Outcome::Success));
    // Awaited by reference, so that it is kept: the inner future has to go by itself.
    let result = call.as_mut().await;
    assert_eq!(result, Err(CallError::TimedOut { after: seconds(30) }), "it times out");
    assert_eq!(began.elapsed().as_secs(), 30, "at 30 s");
    assert!(dropped.load(Ordering::SeqCst), "the inner future is gone when the caller learns of it");
    drop(call);
    tokio::time::sleep(seconds(60)).await;
    assert!(!finished.load(Ordering::SeqCst), "and never finishes");
    let stats = breaker.stats();
    assert_eq!(
        (stats.consecutive_failures, stats.tallies.failures, stats.tallies.calls()),
        (1, 1, 1),
        "one failure, nothing later"
    );
}

#[tokio::test(start_paused = true)]
async fn c37_the_ai_preset_waits_longer() {
    let breaker = Breaker::new("c37", BreakerPolicy::ai());
    assert_eq!(take(&breaker, 59).await, Ok(()), "59 s are fine");
    for _ in 0..5 {
        assert_eq!(take(&breaker, 61).await, Err(CallError::TimedOut { after: seconds(60) }), "61 s are not");
    }
    assert_eq!(breaker.state(), State::Open, "five timeouts open it");
    assert_eq!(breaker.stats().remaining, seconds(120), "for 120 s");
}

#[tokio::test(start_paused = true)]
async fn c38_quick_calls_leave_no_timer_behind() {
    let breaker = Breaker::new("c38", BreakerPolicy::http());
    for _ in 0..10_000 {
        let result = breaker.call(|| async { Ok::<_, &str>(()) }, |_| Outcome::Success).await;
        assert_eq!(result, Ok(()), "it succeeds");
    }
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0, "no task is left");
    // Outside of any runtime a timer cannot even be made.
    std::thread::scope(|scope| {
        let call = || {
            let call = std::pin::pin!(breaker.call(|| async { Ok::<_, &str>(()) }, |_| Outcome::Success));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            assert!(call.poll(&mut context).is_ready(), "it is over at once");
        };
        scope.spawn(call).join().expect("and needs no timer");
    });
    assert_eq!(breaker.stats().tallies.late, 0, "no timer reported anything");
}
