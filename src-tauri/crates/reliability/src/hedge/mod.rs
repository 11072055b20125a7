//! Hedge: when the first call is slow, make a second and take whichever answers first.
//!
//! **What.** [`Hedge::run`] makes one call. If it has not answered after [`HedgePolicy::delay`] and the [`Budget`] allows, it
//! makes another, and so on up to [`HedgePolicy::hedges`]; the first success wins and the others are dropped. An error
//! before the delay is returned at once (trying again is [`retry`](crate::retry)'s business); one after it waits for the
//! calls still running.
//!
//! **When.** For reads with a long tail, the delay at about the 95th percentile, so that one call in twenty is doubled.
//!
//! **When not.** For anything that must not happen twice: [`Hedge::new`] asks, and refuses. Nor for slow because overloaded,
//! where a second call is one more load: hence the budget, which is shared with the retries.
//!
//! **Defaults.** None: the delay is a property of what is called. Its budget is that of the retries ([`Budget::standard`]:
//! 20 % of the calls and 10 more).
//!
//! **With a breaker.** Put it inside, one call each: the loser is dropped, which says nothing to the breaker.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
//! use reliability::{hedge::{Hedge, HedgePolicy, Repeatable}, retry::Budget};
//! use std::time::Duration;
//!
//! let policy = HedgePolicy { delay: Duration::from_millis(100), hedges: 1 };
//! let hedge = Hedge::new(policy, Repeatable::Yes, Budget::standard()).unwrap();
//! let answer = hedge.run(|call| async move {
//!     let takes = if call == 0 { 300 } else { 50 };
//!     tokio::time::sleep(Duration::from_millis(takes)).await;
//!     Ok::<_, &str>(call)
//! }).await;
//! assert_eq!(answer, Ok(1));
//! # });
//! ```
//!
//! **Deliberately absent:** measuring the percentile; the delay is given.

mod error;
mod policy;
mod state;

pub use crate::retry::Budget;
pub use error::NotRepeatable;
pub use policy::{HedgePolicy, Repeatable};
pub use state::Hedge;
