//! Circuit breaker: stop calling what is down, and find out cheaply when it is up again.
//!
//! **What.** A [`Breaker`] stands round one dependency. *Closed*, calls pass and their outcomes are counted. When the
//! [`TripRule`] says so it *opens*: calls are refused at once with the time left. After [`BreakerPolicy::open_for`] it lets
//! a few probes through (*half-open*), exactly as many as it needs successes; enough of them close it, one failure opens it
//! again for the full time.
//!
//! **When.** Round every dependency that can be down as a whole: one per connection, one per provider.
//!
//! **When not.** Not round single items (a bad request is not an outage: classify it [`Outcome::Ignored`]), and not as a
//! limiter: a 429 says that the other side is alive. Classify it as ignored here and let [`retry`](crate::retry) wait.
//!
//! **Defaults.** [`BreakerPolicy::http`]: 5 failures in a row open it, 2 successes close it, a call may take 30 s, it stays
//! open for 60 s. [`BreakerPolicy::ai`]: the same with 60 s and 120 s. Five in a row is what Finagle and Envoy use; two
//! successes keep one lucky answer from closing the circuit.
//!
//! # What holds at any instant
//!
//! - Every admitted call holds a [`Permit`] with the **generation** that admitted it. Every transition, reset, isolation
//!   and change of mode starts a new generation; a result of an old one is counted as late and decides nothing.
//! - Half-open, `successes + calls in flight` never exceeds the success threshold, however many callers race.
//! - A permit cannot leak: dropped, it returns its slot and records nothing; dropped because the call panicked, it records
//!   a failure; kept and forgotten, its **lease** ends and the slot is free again.
//! - [`Breaker::state`] only reads. An open breaker whose time is over still says open until a probe is really admitted.
//! - A call through a healthy breaker takes no lock and no memory: it reads one word and counts its success. The word is
//!   written under the lock, so what it allows is what the lock would have allowed a moment before.
//! - Nobody's code runs while the lock is held: events leave through an outbox after it is released, in order.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! use reliability::breaker::{Breaker, BreakerPolicy, CallError, Cause, Outcome, State};
//!
//! let breaker = Breaker::new("inventory", BreakerPolicy::http());
//! for _ in 0..5 {
//!     let result: Result<(), CallError<&str>> = breaker
//!         .call(|| async { Err("connection refused") }, |result| match result {
//!             Ok(()) => Outcome::Success,
//!             Err(_) => Outcome::Failure(Cause::Unreachable),
//!         })
//!         .await;
//!     assert!(matches!(result, Err(CallError::Inner("connection refused"))));
//! }
//! assert_eq!(breaker.state(), State::Open);
//!
//! let rejection = breaker.try_acquire().unwrap_err();
//! assert_eq!(rejection.retry_after().unwrap().as_secs(), 59);
//!
//! breaker.reset("amira", "inventory was restarted");
//! breaker.try_acquire().unwrap().success();
//! # });
//! ```
//!
//! **Deliberately absent:** a timer that moves it to half-open (the next caller does), a registry of breakers, and the text
//! of any error: a [`Cause`] is one of eight words.

mod call;
mod control;
mod core;
mod error;
mod event;
mod gate;
mod handle;
mod moment;
mod permit;
mod policy;
mod rare;
mod snapshot;
mod state;
mod stats;
mod turns;
mod window;

pub use control::{Isolated, Isolation, IsolationId};
pub use error::{CallError, ControlError, Rejection, RejectionReason, SnapshotError};
pub use event::{Event, EventKind, Feed, FeedItem, Operator};
pub use handle::Breaker;
pub use permit::Permit;
pub use policy::{BreakerPolicy, SlowCalls, TripRule};
pub use snapshot::{Restored, Snapshot};
pub use state::{Cause, Mode, Outcome, State};
pub use stats::{Stats, Tallies};
