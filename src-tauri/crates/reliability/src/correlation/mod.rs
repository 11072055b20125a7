//! Correlation: one id that follows a request through retries, hedges and spawned work.
//!
//! **What.** A task-local [`Trace`]: the [`CorrelationId`] of the request, the attempt in progress, and which hedge of it.
//! [`scope`] sets it for a future; [`retry`](crate::retry) and [`hedge`](crate::hedge) number their attempts under the same
//! id; breaker events carry it, so that the opening of a circuit can be traced to the request that caused it.
//!
//! **When.** At every place where a request enters: accept the caller's id if it is well formed, else make one, and echo it
//! in the response. [`CorrelationId::accept`] does the first half; making one needs randomness, which is given.
//!
//! **When not.** An id is no authentication and no idempotency key.
//!
//! **Defaults.** A new id is 128 random bits in 32 hexadecimal digits, as W3C trace ids are.
//!
//! **Limits.** 1 to 128 characters of `A-Z a-z 0-9 . _ : -`; anything else is replaced, never cleaned, because an id that
//! was altered correlates with nothing. (An unvalidated id lets a client write control characters and 10 kB lines into logs.)
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! use reliability::{Random, correlation::{self, CorrelationId}};
//!
//! let id = CorrelationId::accept_or_new(Some("req-7f3a"), &Random::from_os());
//! correlation::scope(id, async {
//!     assert_eq!(correlation::current().unwrap().id.as_str(), "req-7f3a");
//!     // A spawned task has its own task-locals: carry the trace over.
//!     tokio::spawn(correlation::carried(async {
//!         assert_eq!(correlation::current().unwrap().id.as_str(), "req-7f3a");
//!     })).await.unwrap();
//! }).await;
//! # });
//! ```
//!
//! **Deliberately absent:** header names and log fields, which belong to the server and the faces.

mod id;

pub use id::{CorrelationId, MAX_LENGTH};

use std::future::Future;

tokio::task_local! {
    static TRACE: Trace;
}

/// What the current task is working on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Trace {
    /// The request.
    pub id: CorrelationId,
    /// The attempt in progress: 1 for the first call, 2 for the first retry, and so on.
    pub attempt: u32,
    /// Which call of that attempt: 0 for the call itself, 1 for its first hedge, and so on.
    pub hedge: u32,
}

/// The trace of the current task; none outside any [`scope`].
pub fn current() -> Option<Trace> {
    TRACE.try_with(Clone::clone).ok()
}

/// Runs `work` as (the first attempt of) the request `id`.
pub async fn scope<F: Future>(id: CorrelationId, work: F) -> F::Output {
    TRACE.scope(Trace { id, attempt: 1, hedge: 0 }, work).await
}

/// Runs `work` as attempt `attempt` (from 1) of the current request, which is taken at the first poll; with no current request it just runs.
pub async fn attempt<F: Future>(attempt: u32, work: F) -> F::Output {
    match current() {
        Some(trace) => TRACE.scope(Trace { id: trace.id, attempt, hedge: 0 }, work).await,
        None => work.await,
    }
}

/// Runs `work` as call `hedge` (from 0) of the current attempt, which is taken at the first poll; with no current request it just runs.
pub async fn hedge<F: Future>(hedge: u32, work: F) -> F::Output {
    match current() {
        Some(trace) => TRACE.scope(Trace { hedge, ..trace }, work).await,
        None => work.await,
    }
}

/// Runs `make`, which begins call `hedge` of the current attempt, so that what it does at once is traced like the rest.
pub(crate) fn in_hedge<R>(hedge: u32, make: impl FnOnce() -> R) -> R {
    match current() {
        Some(trace) => TRACE.sync_scope(Trace { hedge, ..trace }, make),
        None => make(),
    }
}

/// `work` with the trace of the task that calls this, for `tokio::spawn`: the trace is taken now, not when it first runs.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let trace = current();
    async move {
        match trace {
            Some(trace) => TRACE.scope(trace, work).await,
            None => work.await,
        }
    }
}
