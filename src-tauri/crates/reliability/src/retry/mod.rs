//! Retry: try again what may work the next time, later each time, and not for ever.
//!
//! **What.** [`Retry::run`] calls an operation until it succeeds, until the caller's classification says that it never will,
//! until the retries are used up, until the [`Budget`] is spent, or until the deadline, whichever is first. The last error
//! comes back, unless the deadline cut the first attempt.
//!
//! **When.** Round one attempt at something that is safe to repeat, *outside* the breaker, so that each attempt is one outcome
//! for it: `retry.run(|attempt| breaker.call(..), |error| error.verdict(..))`.
//!
//! **When not.** Round something that is not idempotent and may have happened. Not in layers: a retry round a retry
//! multiplies. And not in memory for work that must survive a restart: a durable scheduler asks
//! [`RetryPolicy::decide`] what the runner asks, and stores the due time.
//!
//! **Defaults.** [`RetryPolicy::http`]: 3 retries after 1 s, 2 s, 4 s (cap 10 s). [`RetryPolicy::ai`]: 3 retries after 2 s, 4 s,
//! 8 s (cap 15 s). Both with full jitter, which AWS showed to finish first with the least work.
//! The numbers come from the control planes that this replaces; they had no jitter, no deadline and no `Retry-After`.
//!
//! # Rules
//!
//! - The cap holds after jitter.
//! - A `Retry-After` is a lower bound: jitter is added to it, never taken from it. One that is longer than
//!   [`RetryPolicy::patience`] ends the matter at once.
//! - The deadline counts attempts as well as sleeps, cuts the attempt that is running, and a sleep that would end beyond
//!   it is not begun.
//! - The budget is shared: by every retry and hedge that holds a clone.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! use reliability::{Random, retry::{Retry, RetryPolicy, Verdict}};
//! use std::time::Duration;
//!
//! let policy = RetryPolicy { base: Duration::from_millis(1), ..RetryPolicy::http() };
//! let retry = Retry::new(policy, Random::from_os());
//! let answer = retry
//!     .run(
//!         |attempt| async move { if attempt < 3 { Err("busy") } else { Ok(attempt) } },
//!         |error| if *error == "busy" { Verdict::Retryable } else { Verdict::NonRetryable },
//!     )
//!     .await;
//! assert_eq!(answer.unwrap(), 3);
//! # });
//! ```
//!
//! **Deliberately absent:** a list of retryable errors. The caller knows its errors.

mod after;
mod budget;
mod error;
mod policy;
mod state;

pub use after::retry_after;
pub use budget::Budget;
pub use error::{RetryError, Stopped};
pub use policy::{Decision, Jitter, RetryPolicy, Verdict};
pub use state::{Retry, RetryEvent};
