//! The `tower` layers: each does what its policy does, and none calls a service that is not ready.

use crate::breaker::seconds;
use reliability::{
    Random,
    breaker::{Breaker, BreakerPolicy, CallError, Cause, Outcome, State},
    bulkhead::{Bulkhead, BulkheadPolicy},
    correlation::{self, CorrelationId},
    hedge::{Budget, Hedge, HedgePolicy, Repeatable},
    layer::{
        BreakerLayer, BulkheadLayer, CorrelationLayer, DeadlineLayer, HedgeLayer, LayerError, PipelineLayer,
        RateLimitLayer, RetryLayer,
    },
    pipeline::{Pipeline, PipelineError},
    rate_limit::{Key, RateLimit, RatePolicy},
    retry::{Jitter, Retry, RetryPolicy, Stopped, Verdict},
    timeout::DeadlinePassed,
};
use std::{
    future::{Ready, ready},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll},
};
use tokio::time::{Instant, Sleep, sleep};
use tower::{Service, ServiceBuilder, ServiceExt as _, service_fn};

fn outcome(result: &Result<u32, &'static str>) -> Outcome {
    if result.is_ok() { Outcome::Success } else { Outcome::Failure(Cause::Unreachable) }
}

fn retry(retries: u32) -> Retry {
    Retry::new(RetryPolicy { retries, jitter: Jitter::Off, ..RetryPolicy::http() }, Random::seeded(1))
}

/// Answers with its input, and fails for zero.
fn echo(input: u32) -> Ready<Result<u32, &'static str>> {
    ready(if input == 0 { Err("refused") } else { Ok(input) })
}

#[tokio::test(start_paused = true)]
async fn a_breaker_layer_opens_and_refuses() {
    let breaker = Breaker::new("layer", BreakerPolicy::http());
    let service = ServiceBuilder::new().layer(BreakerLayer::new(breaker.clone(), outcome)).service(service_fn(echo));
    for _ in 0..5 {
        assert_eq!(service.clone().oneshot(0).await, Err(CallError::Inner("refused")), "failures pass through");
    }
    assert_eq!(breaker.state(), State::Open, "and open it");
    assert!(matches!(service.oneshot(1).await, Err(CallError::Rejected(_))), "then it refuses");
}

/// Becomes ready a while after it was asked; each clone anew. Calling it earlier panics.
struct Late {
    waits: std::pin::Pin<Box<Sleep>>,
    is_ready: bool,
}

impl Late {
    fn new() -> Self {
        Self { waits: Box::pin(sleep(seconds(40))), is_ready: false }
    }
}

impl Clone for Late {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl Service<u32> for Late {
    type Response = u32;
    type Error = &'static str;
    type Future = Ready<Result<u32, &'static str>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.waits.as_mut().poll(context).map(|()| {
            self.is_ready = true;
            Ok(())
        })
    }

    fn call(&mut self, input: u32) -> Self::Future {
        assert!(self.is_ready, "whoever calls has asked first");
        ready(Ok(input))
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_get_ready_is_a_call_that_hangs() {
    let breaker = Breaker::new("layer", BreakerPolicy::http());
    let service = ServiceBuilder::new().layer(BreakerLayer::new(breaker.clone(), outcome)).service(Late::new());
    let ended = service.oneshot(1).await;
    assert!(matches!(ended, Err(CallError::TimedOut { .. })), "after the 30 s of a call: {ended:?}");
    assert_eq!(breaker.stats().tallies.timeouts, 1, "which the breaker counts");
    let patient = BreakerPolicy { call_timeout: seconds(50), ..BreakerPolicy::http() };
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new(retry(1), |_: &CallError<&'static str>| Verdict::Retryable))
        .layer(BreakerLayer::new(Breaker::new("layer", patient), outcome))
        .service(Late::new());
    assert_eq!(service.oneshot(7).await, Ok(7), "and one that gets ready in time answers");
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_layer_counts_by_key() {
    let limit = Arc::new(RateLimit::new(RatePolicy { limit: 1, window: seconds(60), max_keys: 10 }));
    let key = |input: &u32| Key::principal(if *input > 10 { "tomas" } else { "amira" });
    let service = ServiceBuilder::new().layer(RateLimitLayer::new(limit, key)).service(service_fn(echo));
    assert_eq!(service.clone().oneshot(1).await, Ok(1), "the first call of one");
    assert!(matches!(service.clone().oneshot(2).await, Err(LayerError::Refused(_))), "the second is over the limit");
    assert_eq!(service.oneshot(11).await, Ok(11), "another is not concerned");
}

#[tokio::test(start_paused = true)]
async fn a_bulkhead_layer_bounds_what_is_under_way_and_a_deadline_layer_how_long() {
    let slow = |input: u32| async move {
        sleep(seconds(u64::from(input))).await;
        Ok::<_, &'static str>(input)
    };
    let bulkhead = Bulkhead::new(BulkheadPolicy { concurrent: 1, queue: 0 });
    let service = ServiceBuilder::new()
        .layer(BulkheadLayer::new(bulkhead))
        .layer(DeadlineLayer::new(seconds(5)))
        .service(service_fn(slow));
    let (one, two) = tokio::join!(service.clone().oneshot(3), service.clone().oneshot(3));
    assert_eq!(one, Ok(3), "the first has the slot");
    assert!(matches!(two, Err(LayerError::Refused(_))), "the second finds none");
    let late = service.oneshot(6).await;
    assert_eq!(late, Err(LayerError::Inner(LayerError::Refused(DeadlinePassed))), "six seconds are one too many");
}

#[tokio::test(start_paused = true)]
async fn a_retry_layer_tries_again_and_a_hedge_layer_makes_a_second_call() {
    let calls = Arc::new(AtomicU32::new(0));
    let counting = {
        let calls = Arc::clone(&calls);
        move |input: u32| {
            let call = calls.fetch_add(1, Ordering::Relaxed);
            ready(if call < input { Err("not yet") } else { Ok(call) })
        }
    };
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new(retry(3), |_: &&'static str| Verdict::Retryable))
        .service(service_fn(counting));
    assert_eq!(service.clone().oneshot(2).await, Ok(2), "the third attempt succeeds");
    let gave_up = service.oneshot(100).await.unwrap_err();
    assert_eq!((gave_up.attempts, gave_up.stopped), (4, Stopped::Exhausted), "four attempts and no more");

    let hedge = HedgePolicy { delay: seconds(1), hedges: 1 };
    let hedge = Hedge::new(hedge, Repeatable::Yes, Budget::standard()).unwrap();
    let first = Arc::new(AtomicU32::new(0));
    let slow_once = move |input: u32| {
        let first = Arc::clone(&first);
        async move {
            if first.fetch_add(1, Ordering::Relaxed) == 0 {
                sleep(seconds(30)).await;
            }
            Ok::<_, &'static str>(input)
        }
    };
    let begun = Instant::now();
    let service = ServiceBuilder::new().layer(HedgeLayer::new(hedge)).service(service_fn(slow_once));
    assert_eq!(service.oneshot(5).await, Ok(5), "the second call answers");
    assert_eq!(begun.elapsed(), seconds(1), "right after the delay");
}

#[tokio::test(start_paused = true)]
async fn x02_a_correlation_layer_is_seen_below_a_pipeline_layer() {
    let pipeline = Pipeline::new(Breaker::new("layer", BreakerPolicy::http())).retry(retry(1));
    let random = Random::seeded(1);
    let identify = move |_: &u32| CorrelationId::accept_or_new(Some("req-7f3a"), &random);
    let seen = |input: u32| async move {
        let trace = correlation::current().expect("there is a request");
        if trace.attempt == 1 { Err("first") } else { Ok(input + u32::try_from(trace.id.as_str().len()).unwrap_or(0)) }
    };
    let verdict = |error: &CallError<&'static str>| error.verdict(|_| Verdict::Retryable);
    let service = ServiceBuilder::new()
        .layer(CorrelationLayer::new(identify))
        .layer(PipelineLayer::new(pipeline.clone(), outcome, verdict))
        .service(service_fn(seen));
    assert_eq!(service.clone().oneshot(1).await, Ok(9), "the id reaches the service, in the second attempt");
    pipeline.breaker().open(seconds(600), "amira", "longer than anybody has patience for");
    let refused = service.oneshot(1).await;
    assert!(
        matches!(refused, Err(PipelineError::Failed { error: CallError::Rejected(_), .. })),
        "and its breaker is the pipeline's: {refused:?}"
    );
}
