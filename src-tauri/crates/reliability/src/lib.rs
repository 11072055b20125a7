//! Retry, breakers, limits: policies that know nothing of what they protect.
//!
//! One policy, one folder, the same parts in each: `mod.rs` says what it is for, when to use it and when not, with an
//! example; `policy.rs` holds the numbers; `state.rs` the state machine, pure where it can be; `error.rs` what the caller
//! gets. Learn one and you know them all.
//!
//! # Order of composition
//!
//! [`correlation`] → [`idempotency`] → [`rate_limit`] → [`bulkhead`] → deadline ([`timeout`]) → [`retry`] with its budget →
//! [`hedge`] → [`breaker`] → call timeout, from the outside in. [`pipeline`] is this order as a type, and says why it is so;
//! [`layer`] has the same policies for `tower`.
//!
//! A caller that puts its own shorter timeout *inside* the breaker's must report it as a failure: to the breaker, a future
//! that is dropped is a caller who lost interest, which says nothing about the other side.
//!
//! # What is deliberately absent
//!
//! No HTTP, no storage, no knowledge of connections or providers: the callers classify results, and map causes to their
//! own words. No global registry and no background task: time is read when somebody calls.

#![warn(clippy::missing_errors_doc)]

pub mod breaker;
pub mod bulkhead;
mod clock;
pub mod correlation;
mod growth;
pub mod hedge;
pub mod idempotency;
pub mod layer;
pub mod mutex;
mod name;
pub mod pipeline;
pub mod poll;
mod random;
pub mod rate_limit;
pub mod retry;
mod sync;
pub mod timeout;

pub use clock::{Clock, Hand};
pub use growth::Growth;
pub use name::Name;
pub use random::Random;
