//! Timeout: one moment by which the work is done or stopped.
//!
//! **What.** A [`Deadline`] is a moment, not a length: made once where a request enters and handed down, so that three
//! nested limits of 10 s do not add up to 30 s. [`Deadline::run`] stops the work (drops its future) when it passes.
//!
//! **When.** Over everything that somebody waits for. Inside a [`retry`](crate::retry), set the policy's deadline to
//! [`Deadline::remaining`]; round one call, the [`breaker`](crate::breaker) has its own limit.
//!
//! **When not.** Round work that does not stop when its future is dropped (a blocking thread, a process): kill that first.
//!
//! **Defaults.** None: the length belongs to what is being waited for. The presets of the breaker bring 30 s for a call over
//! the network and 60 s for one to an AI provider.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! use reliability::timeout::{Deadline, DeadlinePassed};
//! use std::time::Duration;
//!
//! let deadline = Deadline::after(Duration::from_millis(5));
//! assert_eq!(deadline.run(async { 42 }).await, Ok(42));
//! assert_eq!(deadline.run(std::future::pending::<()>()).await, Err(DeadlinePassed));
//! assert!(deadline.remaining().is_zero());
//! # });
//! ```
//!
//! **Deliberately absent:** a deadline that travels to other machines; send what remains.

mod error;
mod state;

pub use error::DeadlinePassed;
pub use state::Deadline;
