//! Adaptive polling: look often while things move, seldom while they do not.
//!
//! **What.** [`AdaptivePoll`] is the wait between two polls: [`PollPolicy::shortest`] after a poll that found work, growing
//! after each that found none or failed, up to [`PollPolicy::longest`]. [`AdaptivePoll::run`] does the polling: one poll at a
//! time, paused while nobody watches.
//!
//! **When.** Where a stream is not to be had: reconcilers, servers that only answer.
//!
//! **When not.** Where the other side can say that something changed.
//!
//! **Defaults.** 5 s to 30 s by a factor of 1.5, from the store platform's reconciler.
//!
//! ```
//! use reliability::poll::{AdaptivePoll, Polled, PollPolicy};
//!
//! let mut poll = AdaptivePoll::new(PollPolicy::default());
//! assert_eq!(poll.wait().as_secs_f64(), 5.0);
//! assert_eq!(poll.observe(Polled::Idle).as_secs_f64(), 7.5);
//! assert_eq!(poll.observe(Polled::Work).as_secs_f64(), 5.0);
//! ```
//!
//! **Deliberately absent:** jitter; polls of one reader do not meet, and many readers should be a stream.

mod policy;
mod state;

pub use policy::PollPolicy;
pub use state::{AdaptivePoll, Polled};
