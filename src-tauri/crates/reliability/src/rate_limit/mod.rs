//! Rate limit: never more than so many calls in any window, wherever the window begins.
//!
//! **What.** [`RateLimit::check`] admits or refuses one call of one key, and says the limit, what remains, when the whole
//! limit is free again, and, refused, when to come back. A full burst is allowed at once; the window slides.
//!
//! **When.** At the door of a server, before anything is held or parsed. By principal where there is one, else by
//! [`client_address`].
//!
//! **When not.** For smoothing one's own calls to a provider, where a steady trickle is wanted.
//!
//! **Defaults.** The five tiers of the control planes that this replaces, and the flood guard: [`RatePolicy::general`],
//! [`auth`](RatePolicy::auth), [`expensive`](RatePolicy::expensive), [`admin`](RatePolicy::admin),
//! [`webhooks`](RatePolicy::webhooks), [`flood`](RatePolicy::flood).
//!
//! # Why strict
//!
//! A fixed window, a two-bucket sliding counter and GCRA all let through nearly twice the limit in some window. Here every
//! admitted call is remembered until it is a whole window old. Up to 65 moments are kept per key, which makes limits up to 64
//! exact; beyond that, calls less than a 64th of the window apart share a moment, the later one: such a client may wait
//! up to a 64th of a window too long, and never too short.
//!
//! # Bounded memory
//!
//! A moment takes 24 bytes, so a key takes up to 3 kB, and 100,000 of the busiest keys 300 MB; a key that called once takes 96
//! bytes. A key with nothing in its window is forgotten at the latest a window (and a second) later, if anybody calls. When [`RatePolicy::max_keys`] keys are alive,
//! further keys share one window among them; that is strict for each of them, and a client who makes up keys starves only
//! others who are new.
//!
//! ```
//! use reliability::rate_limit::{Key, RateLimit, RatePolicy};
//!
//! let limit = RateLimit::new(RatePolicy::auth());
//! let key = Key::principal("amira");
//! for _ in 0..10 {
//!     limit.check(&key).unwrap();
//! }
//! let refused = limit.check(&key).unwrap_err();
//! assert_eq!((refused.quota.limit, refused.quota.remaining), (10, 0));
//! assert!(refused.retry_after_seconds() <= 15 * 60);
//! ```
//!
//! **Deliberately absent:** header names, and limits shared between processes.

mod error;
mod key;
mod policy;
mod state;
mod window;

pub use error::Limited;
pub use key::{Key, client_address};
pub use policy::RatePolicy;
pub use state::{Quota, RateLimit};
