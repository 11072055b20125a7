//! The composition: what is outside of what, shown by what each part sees of the others.

use crate::breaker::seconds;
use reliability::{
    Random,
    breaker::{Breaker, BreakerPolicy, CallError, Cause, Outcome, RejectionReason, State},
    bulkhead::{Bulkhead, BulkheadPolicy, Full},
    correlation::{self, CorrelationId},
    hedge::{Hedge, HedgePolicy, Repeatable},
    pipeline::{Pipeline, PipelineError},
    rate_limit::{RateLimit, RatePolicy},
    retry::{Budget, Jitter, Retry, RetryPolicy, Stopped, Verdict},
};
use std::{
    cell::{Cell, RefCell},
    future::pending,
    sync::Arc,
    time::Duration,
};
use tokio::time::{Instant, sleep};

fn breaker() -> Breaker {
    Breaker::new("pipeline", BreakerPolicy::http())
}

fn retry(retries: u32) -> Retry {
    let policy = RetryPolicy { retries, jitter: Jitter::Off, ..RetryPolicy::http() };
    Retry::new(policy, Random::seeded(1))
}

fn outcome<T>(result: &Result<T, &'static str>) -> Outcome {
    if result.is_ok() { Outcome::Success } else { Outcome::Failure(Cause::Unreachable) }
}

fn verdict(error: &CallError<&'static str>) -> Verdict {
    error.verdict(|_| Verdict::Retryable)
}

fn limit(calls: u32) -> Arc<RateLimit<reliability::Name>> {
    Arc::new(RateLimit::new(RatePolicy { limit: calls, window: seconds(3600), max_keys: 10 }))
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_one_outcome_for_the_breaker_and_all_are_one_request_for_the_limit() {
    let pipeline = Pipeline::new(breaker()).rate_limit(limit(2), "amira").retry(retry(3));
    let calls = Cell::new(0);
    let once = |_| {
        calls.set(calls.get() + 1);
        async { Err::<(), _>("refused") }
    };
    let error = pipeline.run(None, once, outcome, verdict).await.unwrap_err();
    assert!(
        matches!(
            error,
            PipelineError::Failed { attempts: 4, stopped: Stopped::Exhausted, error: CallError::Inner("refused") }
        ),
        "the last error comes back: {error}"
    );
    assert_eq!((calls.get(), pipeline.breaker().stats().tallies.failures), (4, 4), "retry is outside of the breaker");

    // The fifth failure opens it, the second attempt is refused, the third is the probe and fails, the fourth is refused.
    let error = pipeline.run(None, once, outcome, verdict).await.unwrap_err();
    let PipelineError::Failed { attempts: 4, error: CallError::Rejected(refused), .. } = &error else {
        panic!("the last attempt was refused by the breaker, but {error}")
    };
    assert_eq!(refused.reason, RejectionReason::Open, "since it is open again");
    assert_eq!((calls.get(), pipeline.breaker().state()), (6, State::Open), "a refused attempt is no call");
    let made = calls.get();
    let error = pipeline.run(None, once, outcome, verdict).await.unwrap_err();
    assert!(matches!(error, PipelineError::Limited(_)), "the limit is outside of all: {error}");
    assert_eq!(calls.get(), made, "and what it refuses is never called");
}

#[tokio::test(start_paused = true)]
async fn the_deadline_begins_when_the_bulkhead_lets_in_and_counts_every_attempt() {
    let bulkhead = Bulkhead::new(BulkheadPolicy { concurrent: 1, queue: 1 });
    let pipeline = Pipeline::new(breaker()).retry(retry(3)).bulkhead(bulkhead.clone()).deadline(seconds(10));
    let held = bulkhead.acquire().await.unwrap();
    let begun = Instant::now();
    let slow = |_| async {
        sleep(seconds(4)).await;
        Err::<(), _>("slow")
    };
    let (error, ()) = tokio::join!(pipeline.run(None, slow, outcome, verdict), async {
        sleep(seconds(30)).await;
        let busy = pipeline.run(None, slow, outcome, verdict).await.unwrap_err();
        assert_eq!(busy, PipelineError::Full(Full { concurrent: 1, queue: 1 }), "one waits already");
        drop(held);
    });
    // 4 s, 1 s of sleep, 4 s, and then a sleep of 2 s would end after the deadline.
    let error = error.unwrap_err();
    assert!(matches!(error, PipelineError::Failed { attempts: 2, stopped: Stopped::Deadline, .. }), "{error}");
    assert_eq!(begun.elapsed(), seconds(39), "thirty seconds in the queue are not the dependency's");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_cuts_the_first_attempt_says_so_and_stops_it() {
    struct Stopped<'a>(&'a Cell<bool>);
    impl Drop for Stopped<'_> {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }
    let dropped = Cell::new(false);
    let pipeline = Pipeline::new(breaker()).deadline(seconds(5));
    let hang = |_| async {
        let _stopped = Stopped(&dropped);
        pending::<Result<(), &'static str>>().await
    };
    let error = pipeline.run(None, hang, outcome, verdict).await.unwrap_err();
    assert_eq!(error, PipelineError::DeadlinePassed, "there is no error to give back");
    assert!(dropped.get(), "and the call is gone");
    assert_eq!(pipeline.breaker().stats().tallies.dropped, 1, "which says nothing to the breaker");
}

#[tokio::test(start_paused = true)]
async fn the_call_timeout_is_innermost_and_worth_a_retry() {
    let policy = BreakerPolicy { call_timeout: seconds(3), ..BreakerPolicy::http() };
    let pipeline = Pipeline::new(Breaker::new("pipeline", policy)).retry(retry(1)).deadline(seconds(60));
    let once = |call: reliability::pipeline::Attempt| async move {
        if call.attempt == 1 {
            sleep(seconds(100)).await;
        }
        Ok::<_, &'static str>(call.attempt)
    };
    assert_eq!(pipeline.run(None, once, outcome, verdict).await, Ok(2), "the second attempt answers");
    assert_eq!(pipeline.breaker().stats().tallies.timeouts, 1, "the first was stopped and counted");
}

#[tokio::test(start_paused = true)]
async fn x02_one_id_goes_through_attempts_and_hedges_and_each_knows_its_number() {
    let budget = Budget::standard();
    let rules = HedgePolicy { delay: seconds(1), hedges: 1 };
    let hedge = Hedge::new(rules, Repeatable::Yes, budget.clone()).unwrap();
    let pipeline = Pipeline::new(breaker()).retry(retry(1).with_budget(budget)).hedge(hedge);
    let seen = RefCell::new(Vec::new());
    let once = |call: reliability::pipeline::Attempt| {
        let seen = &seen;
        async move {
            let trace = correlation::current().expect("there is a request");
            assert_eq!((trace.attempt, trace.hedge), (call.attempt, call.hedge), "both say the same");
            seen.borrow_mut().push((trace.id.as_str().to_owned(), call.attempt, call.hedge));
            match (call.attempt, call.hedge) {
                (1, 0) => Err("at once"),
                (2, 0) => {
                    sleep(seconds(20)).await;
                    Ok("slow")
                }
                _ => Ok("hedged"),
            }
        }
    };
    let id = CorrelationId::accept("req-7f3a").unwrap();
    assert_eq!(pipeline.run(Some(id), once, outcome, verdict).await, Ok("hedged"), "the hedge of the retry wins");
    let call = |attempt, hedge| ("req-7f3a".to_owned(), attempt, hedge);
    assert_eq!(seen.into_inner(), [call(1, 0), call(2, 0), call(2, 1)], "one id, three calls");
    let tallies = pipeline.breaker().stats().tallies;
    assert_eq!(
        (tallies.failures, tallies.successes, tallies.dropped),
        (1, 1, 1),
        "the loser of the hedge is nobody's fault"
    );
}

#[tokio::test(start_paused = true)]
async fn r08_an_open_breaker_ends_the_retry_at_once_when_the_deadline_is_nearer() {
    let pipeline = Pipeline::new(breaker()).retry(retry(3)).deadline(seconds(10));
    pipeline.breaker().open(seconds(60), "amira", "a test");
    let begun = Instant::now();
    let error = pipeline.run(None, |_| async { Ok::<(), _>(()) }, outcome, verdict).await.unwrap_err();
    assert!(
        matches!(error, PipelineError::Failed { attempts: 1, error: CallError::Rejected(_), .. }),
        "the breaker's own error comes back: {error}"
    );
    assert_eq!(begun.elapsed(), Duration::ZERO, "nobody waits for what cannot come in time");
}

#[tokio::test(start_paused = true)]
async fn a_hedge_without_a_retry_is_paid_for_by_the_requests_themselves() {
    let hedge = Hedge::new(HedgePolicy { delay: seconds(1), hedges: 1 }, Repeatable::Yes, Budget::new(20, 0, 100));
    let pipeline = Pipeline::new(breaker()).hedge(hedge.unwrap());
    for _ in 0..100 {
        pipeline.run(None, |_| async { Ok::<_, &'static str>(()) }, outcome, verdict).await.unwrap();
    }
    let hedges = Cell::new(0);
    for _ in 0..30 {
        let slow = |call: reliability::pipeline::Attempt| {
            hedges.set(hedges.get() + call.hedge);
            async {
                sleep(seconds(2)).await;
                Ok::<_, &'static str>(())
            }
        };
        pipeline.run(None, slow, outcome, verdict).await.unwrap();
    }
    assert_eq!(hedges.get(), 26, "a fifth of all 130 requests, and not one more");
}

#[test]
fn parts_may_be_named_in_any_order() {
    let one = Pipeline::new(breaker()).deadline(seconds(9)).retry(retry(3));
    let two = Pipeline::new(breaker()).retry(retry(3)).deadline(seconds(9));
    assert_eq!(format!("{one:?}"), format!("{two:?}"), "the order of composition is not the order of the calls");
}
