//! One layer per policy.

use super::{Around, Guarded, LayerError};
use crate::{
    breaker::{Breaker, CallError, Outcome},
    bulkhead::{Bulkhead, Full},
    correlation::{self, CorrelationId},
    hedge::Hedge,
    pipeline::{Pipeline, PipelineError},
    rate_limit::{Key, Limited, RateLimit},
    retry::{Retry, RetryError, Verdict},
    timeout::{Deadline, DeadlinePassed},
};
use std::{future::Future, sync::Arc, time::Duration};
use tower::{Layer, Service, ServiceExt as _};

/// Sets the correlation id of each request, which `identify` finds or makes.
#[derive(Debug, Clone)]
pub struct CorrelationLayer<Identify> {
    identify: Identify,
}

/// Admits no more requests of one key than the limit allows; `key` says whose a request is.
#[derive(Debug, Clone)]
pub struct RateLimitLayer<Whose> {
    limit: Arc<RateLimit<Key>>,
    key: Whose,
}

/// Bounds how many requests are under way and waiting.
#[derive(Debug, Clone)]
pub struct BulkheadLayer {
    bulkhead: Bulkhead,
}

/// Stops a request that takes longer than this.
#[derive(Debug, Clone, Copy)]
pub struct DeadlineLayer {
    within: Duration,
}

/// Tries a failed request again; `judge` says whether that can help.
#[derive(Debug, Clone)]
pub struct RetryLayer<Judge> {
    retry: Retry,
    judge: Judge,
}

/// Makes a second request when the first is slow.
#[derive(Debug, Clone)]
pub struct HedgeLayer {
    hedge: Hedge,
}

/// Stands a breaker in front of the service; `classify` says what a result means to it.
#[derive(Debug, Clone)]
pub struct BreakerLayer<Classify> {
    breaker: Breaker,
    classify: Classify,
}

/// All of them, in their order.
#[derive(Debug, Clone)]
pub struct PipelineLayer<Classify, Judge> {
    pipeline: Pipeline,
    classify: Classify,
    judge: Judge,
}

impl<Identify> CorrelationLayer<Identify> {
    /// `identify` takes the id that came with a request if it is well formed, else makes one:
    /// [`CorrelationId::accept_or_new`].
    pub const fn new(identify: Identify) -> Self {
        Self { identify }
    }
}

impl<Whose> RateLimitLayer<Whose> {
    /// A limit, and whose calls count together.
    pub const fn new(limit: Arc<RateLimit<Key>>, key: Whose) -> Self {
        Self { limit, key }
    }
}

impl BulkheadLayer {
    /// A bulkhead, which other services may share.
    pub const fn new(bulkhead: Bulkhead) -> Self {
        Self { bulkhead }
    }
}

impl DeadlineLayer {
    /// So long for each request.
    pub const fn new(within: Duration) -> Self {
        Self { within }
    }
}

impl<Judge> RetryLayer<Judge> {
    /// A retry and the judgement of errors.
    pub const fn new(retry: Retry, judge: Judge) -> Self {
        Self { retry, judge }
    }
}

impl HedgeLayer {
    /// A hedge, which was asked for something that may happen twice. Each request pays into its budget; with a retry that pays
    /// as well, use [`PipelineLayer`], or the share doubles.
    pub const fn new(hedge: Hedge) -> Self {
        Self { hedge }
    }
}

impl<Classify> BreakerLayer<Classify> {
    /// A breaker and the meaning of results.
    pub const fn new(breaker: Breaker, classify: Classify) -> Self {
        Self { breaker, classify }
    }
}

impl<Classify, Judge> PipelineLayer<Classify, Judge> {
    /// A pipeline, the meaning of results to its breaker, and the judgement of errors for its retry.
    pub const fn new(pipeline: Pipeline, classify: Classify, judge: Judge) -> Self {
        Self { pipeline, classify, judge }
    }
}

/// Every layer hands its service a clone of itself.
macro_rules! layers {
    ($($layer:ident $(<$($parameter:ident),+>)?),+ $(,)?) => {$(
        impl<S $($(, $parameter)+)?> Layer<S> for $layer $(<$($parameter),+>)?
        where
            Self: Clone,
        {
            type Service = Guarded<S, Self>;

            fn layer(&self, service: S) -> Self::Service {
                Guarded::new(service, self.clone())
            }
        }
    )+};
}

layers!(
    CorrelationLayer<Identify>,
    RateLimitLayer<Whose>,
    BulkheadLayer,
    DeadlineLayer,
    RetryLayer<Judge>,
    HedgeLayer,
    BreakerLayer<Classify>,
    PipelineLayer<Classify, Judge>,
);

/// A service that a layer can send elsewhere.
trait Sendable<Request>: Service<Request, Response: Send, Error: Send, Future: Send> + Send {}

impl<Request, S: Service<Request, Response: Send, Error: Send, Future: Send> + Send> Sendable<Request> for S {}

impl<Request, S, Identify> Around<Request, S> for CorrelationLayer<Identify>
where
    Request: Send,
    S: Sendable<Request>,
    Identify: Fn(&Request) -> CorrelationId + Send,
{
    type Error = S::Error;

    fn around(self, request: Request, service: S) -> impl Future<Output = Result<S::Response, S::Error>> + Send {
        let id = (self.identify)(&request);
        correlation::scope(id, service.oneshot(request))
    }
}

impl<Request, S, Whose> Around<Request, S> for RateLimitLayer<Whose>
where
    Request: Send,
    S: Sendable<Request>,
    Whose: Fn(&Request) -> Key + Send,
{
    type Error = LayerError<Limited, S::Error>;

    async fn around(self, request: Request, service: S) -> Result<S::Response, Self::Error> {
        self.limit.check(&(self.key)(&request)).map_err(LayerError::Refused)?;
        service.oneshot(request).await.map_err(LayerError::Inner)
    }
}

impl<Request, S> Around<Request, S> for BulkheadLayer
where
    Request: Send,
    S: Sendable<Request>,
{
    type Error = LayerError<Full, S::Error>;

    async fn around(self, request: Request, service: S) -> Result<S::Response, Self::Error> {
        let _slot = self.bulkhead.acquire().await.map_err(LayerError::Refused)?;
        service.oneshot(request).await.map_err(LayerError::Inner)
    }
}

impl<Request, S> Around<Request, S> for DeadlineLayer
where
    Request: Send,
    S: Sendable<Request>,
{
    type Error = LayerError<DeadlinePassed, S::Error>;

    async fn around(self, request: Request, service: S) -> Result<S::Response, Self::Error> {
        let ended = Deadline::after(self.within).run(service.oneshot(request)).await;
        ended.map_err(LayerError::Refused)?.map_err(LayerError::Inner)
    }
}

impl<Request, S, Judge> Around<Request, S> for RetryLayer<Judge>
where
    Request: Clone + Send + Sync,
    S: Sendable<Request> + Clone + Sync,
    Judge: Fn(&S::Error) -> Verdict + Send + Sync,
{
    type Error = RetryError<S::Error>;

    async fn around(self, request: Request, service: S) -> Result<S::Response, Self::Error> {
        self.retry.run(|_| service.clone().oneshot(request.clone()), &self.judge).await
    }
}

impl<Request, S> Around<Request, S> for HedgeLayer
where
    Request: Clone + Send + Sync,
    S: Sendable<Request> + Clone + Sync,
{
    type Error = S::Error;

    async fn around(self, request: Request, service: S) -> Result<S::Response, S::Error> {
        self.hedge.deposit();
        self.hedge.run(|_| service.clone().oneshot(request.clone())).await
    }
}

impl<Request, S, Classify> Around<Request, S> for BreakerLayer<Classify>
where
    Request: Send,
    S: Sendable<Request>,
    Classify: Fn(&Result<S::Response, S::Error>) -> Outcome + Send + Sync,
{
    type Error = CallError<S::Error>;

    async fn around(self, request: Request, service: S) -> Result<S::Response, Self::Error> {
        self.breaker.call(|| service.oneshot(request), &self.classify).await
    }
}

impl<Request, S, Classify, Judge> Around<Request, S> for PipelineLayer<Classify, Judge>
where
    Request: Clone + Send + Sync,
    S: Sendable<Request> + Clone + Sync,
    Classify: Fn(&Result<S::Response, S::Error>) -> Outcome + Send + Sync,
    Judge: Fn(&CallError<S::Error>) -> Verdict + Send + Sync,
{
    type Error = PipelineError<S::Error>;

    async fn around(self, request: Request, service: S) -> Result<S::Response, Self::Error> {
        let once = |_| service.clone().oneshot(request.clone());
        self.pipeline.run(None, once, &self.classify, &self.judge).await
    }
}
