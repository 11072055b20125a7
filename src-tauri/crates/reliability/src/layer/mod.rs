//! Layers: the policies round a `tower` service.
//!
//! **What.** One [`Layer`](tower::Layer) per policy, each no more than a call of that policy: [`CorrelationLayer`],
//! [`RateLimitLayer`], [`BulkheadLayer`], [`DeadlineLayer`], [`RetryLayer`], [`HedgeLayer`], [`BreakerLayer`]; and
//! [`PipelineLayer`], which is all of them but the first, in the one order that is right.
//!
//! **When.** Where there is a `tower` service already: a server, a client that is one.
//!
//! **When not.** Round a plain async function: use the policy itself, or a [`pipeline`](crate::pipeline).
//!
//! **Readiness.** A service of these layers is always ready, and waits for the inner one inside the policy: the wait counts
//! for the deadline, and a breaker sees a service that never gets ready as a call that hangs. So no layer ever calls a clone
//! that was not asked whether it is ready, which is where adapters of this kind usually break.
//!
//! **Defaults.** None; each policy brings its own.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! use reliability::{
//!     breaker::{Breaker, BreakerPolicy, CallError, Cause, Outcome},
//!     layer::BreakerLayer,
//! };
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! let breaker = Breaker::new("inventory", BreakerPolicy::http());
//! let classify = |result: &Result<u32, &str>| {
//!     if result.is_ok() { Outcome::Success } else { Outcome::Failure(Cause::Unreachable) }
//! };
//! let service = ServiceBuilder::new()
//!     .layer(BreakerLayer::new(breaker.clone(), classify))
//!     .service(service_fn(|item: u32| async move { if item == 0 { Err("connection refused") } else { Ok(item) } }));
//! assert_eq!(service.clone().oneshot(7).await, Ok(7));
//! for _ in 0..5 {
//!     service.clone().oneshot(0).await.unwrap_err();
//! }
//! assert!(matches!(service.oneshot(7).await, Err(CallError::Rejected(_))));
//! # });
//! ```
//!
//! **Deliberately absent:** idempotency as a layer. What is stored under a key has to be committed together with what the
//! handler did, and only the handler can do that.

mod error;
mod policies;

pub use error::LayerError;
pub use policies::{
    BreakerLayer, BulkheadLayer, CorrelationLayer, DeadlineLayer, HedgeLayer, PipelineLayer, RateLimitLayer, RetryLayer,
};

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};
use tower::Service;

/// What a layer does to one request of a service `S`.
pub trait Around<Request, S: Service<Request>> {
    /// What the caller gets instead of a response.
    type Error;

    /// Makes the request through the policy; `service` may not be ready yet.
    fn around(self, request: Request, service: S) -> impl Future<Output = Result<S::Response, Self::Error>> + Send;
}

/// A service with one policy round it; made by the layers here.
#[derive(Debug, Clone)]
pub struct Guarded<S, Policy> {
    service: S,
    policy: Policy,
}

impl<S, Policy> Guarded<S, Policy> {
    const fn new(service: S, policy: Policy) -> Self {
        Self { service, policy }
    }
}

impl<Request, S, Policy> Service<Request> for Guarded<S, Policy>
where
    Request: Send + 'static,
    S: Service<Request> + Clone + Send + 'static,
    Policy: Around<Request, S> + Clone + Send + 'static,
{
    type Response = S::Response;
    type Error = Policy::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, Policy::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (policy, service) = (self.policy.clone(), self.service.clone());
        Box::pin(policy.around(request, service))
    }
}
