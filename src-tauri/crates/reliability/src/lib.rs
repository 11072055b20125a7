//! Retry, breakers, limits: policies that know nothing of what they protect.
//!
//! One policy, one folder, the same parts in each: `mod.rs` says what it is for, when to use it and when not, with an
//! example; `policy.rs` holds the numbers; `state.rs` the state machine, pure where it can be; `error.rs` what the caller
//! gets. Learn one and you know them all.
//!
//! # Order of composition
//!
//! From the outside in:
//!
//! 1. [`correlation`]: everything below can be traced to one request;
//! 2. [`idempotency`]: a replay costs nothing below;
//! 3. [`rate_limit`]: refuse before holding anything;
//! 4. [`bulkhead`]: bound what runs at once;
//! 5. [`timeout`], or the deadline of the retry: one limit over all attempts;
//! 6. [`retry`] with its budget;
//! 7. [`hedge`];
//! 8. [`breaker`]: every *attempt* is one outcome for the breaker;
//! 9. the breaker's call timeout, innermost, which really stops the call.
//!
//! A caller that puts its own shorter timeout *inside* the breaker's must report it as a failure: to the breaker, a future
//! that is dropped is a caller who lost interest, which says nothing about the other side.
//!
//! # What is deliberately absent
//!
//! No HTTP, no storage, no knowledge of connections or providers: the callers classify results, and map causes to their
//! own words. No global registry and no background task: time is read when somebody calls.

pub mod breaker;
pub mod bulkhead;
mod clock;
pub mod correlation;
mod growth;
pub mod hedge;
pub mod idempotency;
pub mod mutex;
pub mod poll;
mod random;
pub mod rate_limit;
pub mod retry;
pub mod timeout;

pub use clock::{Clock, Hand};
pub use growth::Growth;
pub use random::Random;
