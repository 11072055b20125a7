//! Bulkhead: so many at once, so many waiting, the rest refused at once.
//!
//! **What.** [`Bulkhead::acquire`] takes one of [`BulkheadPolicy::concurrent`] slots, or one of [`BulkheadPolicy::queue`] places
//! in a first-come, first-served queue, or is refused. A waiter that gives up leaves its place to the next.
//!
//! **When.** Round a resource that suffers from too many at once, so that one slow dependency cannot take every task.
//!
//! **When not.** As a rate limit: a thousand short calls a second pass through one slot.
//!
//! **Defaults:** none; both numbers are properties of what is protected.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! use reliability::bulkhead::{Bulkhead, BulkheadPolicy};
//!
//! let bulkhead = Bulkhead::new(BulkheadPolicy { concurrent: 1, queue: 0 });
//! let slot = bulkhead.acquire().await.unwrap();
//! assert!(bulkhead.acquire().await.is_err());
//! drop(slot);
//! assert_eq!(bulkhead.run(|| async { 42 }).await, Ok(42));
//! # });
//! ```
//!
//! **Deliberately absent:** a limit on the wait; put a [`timeout`](crate::timeout) round it.

mod error;
mod policy;
mod state;

pub use error::Full;
pub use policy::BulkheadPolicy;
pub use state::{Bulkhead, Occupancy, Slot};
