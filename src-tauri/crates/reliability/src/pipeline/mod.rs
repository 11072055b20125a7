//! Pipeline: every policy round one dependency, in the one order that is right.
//!
//! **What.** A [`Pipeline`] holds a [`Breaker`](crate::breaker::Breaker) and as much of the rest as is wanted, and makes calls
//! through all of it: correlation, rate limit, bulkhead, deadline, retry with its budget, hedge, breaker, call timeout. The
//! order is built in: parts can be left out, not put elsewhere.
//!
//! **When.** Round every dependency that more than one policy protects. Clones share everything, so it is made once per
//! dependency and not per call.
//!
//! **When not.** At the door of a server, where requests come in and nothing is called: that takes a
//! [`rate_limit`](crate::rate_limit) alone, or the layers of [`layer`](crate::layer).
//!
//! **Defaults.** None of the parts; no retry. Each part brings its own.
//!
//! # Why this order
//!
//! 1. *Correlation* outermost, so that whatever follows can be traced to one request.
//! 2. *Idempotency* next, where there is one: [`Idempotency::run`](crate::idempotency::Idempotency::run) goes round
//!    [`Pipeline::run`], for a replay is to cost nothing below.
//! 3. *Rate limit*: refuse before anything is held.
//! 4. *Bulkhead*: bound what is under way. The wait for a slot is not the dependency's time, so the deadline is inside.
//! 5. *Deadline*: one limit over all attempts and the sleeps between them.
//! 6. *Retry*, with its budget: outside of the breaker, so that each attempt is one outcome for it.
//! 7. *Hedge*: inside of the retry, so that a hedged attempt is still one attempt.
//! 8. *Breaker*, once for every call, so that the loser of a hedge is one that nobody wanted any more.
//! 9. *Call timeout* innermost, where it really stops the call.
//!
//! A deadline shorter than the breaker's call timeout hides calls that hang: they are cut by somebody who lost interest, which
//! says nothing to the breaker. Set [`cancel_fails_after`](crate::breaker::BreakerPolicy::cancel_fails_after) with it.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
//! use reliability::{
//!     Random,
//!     breaker::{Breaker, BreakerPolicy, Cause, Outcome},
//!     bulkhead::{Bulkhead, BulkheadPolicy},
//!     correlation::CorrelationId,
//!     pipeline::Pipeline,
//!     retry::{Budget, Retry, RetryPolicy, Verdict},
//! };
//! use std::time::Duration;
//!
//! let random = Random::from_os();
//! let inventory = Pipeline::new(Breaker::new("inventory", BreakerPolicy::http()))
//!     .bulkhead(Bulkhead::new(BulkheadPolicy { concurrent: 8, queue: 32 }))
//!     .deadline(Duration::from_secs(45))
//!     .retry(Retry::new(RetryPolicy::http(), random.clone()).with_budget(Budget::standard()));
//!
//! let stock = inventory
//!     .run(
//!         Some(CorrelationId::new(&random)),
//!         |call| async move { if call.attempt < 3 { Err("busy") } else { Ok(42) } },
//!         |result| if result.is_ok() { Outcome::Success } else { Outcome::Failure(Cause::Overloaded) },
//!         |error| error.verdict(|_| Verdict::Retryable),
//!     )
//!     .await;
//! assert_eq!(stock.unwrap(), 42);
//! # });
//! ```
//!
//! **Deliberately absent:** other orders, and a pipeline without a breaker: what has none is not a dependency.

mod error;
mod run;

pub use error::PipelineError;
pub use run::{Attempt, Pipeline};
