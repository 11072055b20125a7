//! Idempotency: one request carried out once, however often it is sent.
//!
//! **What.** [`Idempotency::run`] takes a [`Scope`] (who, and which key) and a [`Fingerprint`] of the request. The first to come
//! claims the scope and runs the handler; meanwhile others are told to wait; afterwards they get the stored response. The
//! same key with another request is refused. A claim whose process died ends with its lease.
//!
//! **When.** Round every request that changes something and carries a key.
//!
//! **When not.** As a cache, or for requests that are idempotent by themselves.
//!
//! **Defaults.** [`IdempotencyPolicy::default`]: responses are kept for 24 h, like the systems that this replaces and Stripe; a
//! claim's lease is 5 minutes and must exceed the longest handler.
//!
//! # Rules
//!
//! - The scope contains the principal: nobody gets an answer that was made for somebody else.
//! - The response is stored before the caller gets it.
//! - The caller says what to keep. Keep what is final; do not keep server errors, refusals of invalid input and limits, so
//!   that the same key can try again.
//! - A handler must not take longer than the lease, and should run in a task of its own: dropped with its client's connection it
//!   leaves a claim that others wait for. If the wall clock jumps ahead by more than the lease (a machine that slept), a claim
//!   in flight counts as ended and the handler may run a second time.
//! - An answer that cannot be stored is given to its caller alone; after the lease the request is carried out again.
//! - Storage is a port, [`Store`], with two operations; the state machine is [`step`], pure.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! use reliability::{Random, idempotency::*};
//! use std::{collections::HashMap, convert::Infallible, sync::Mutex, time::SystemTime};
//!
//! /// A store in memory; a real one is a table with a unique scope and `UPDATE .. WHERE token = expected`.
//! #[derive(Default)]
//! struct Memory(Mutex<HashMap<Scope, Record<String>>>);
//!
//! impl Store<String> for Memory {
//!     type Error = Infallible;
//!
//!     async fn load(&self, scope: &Scope) -> Result<Option<Record<String>>, Infallible> {
//!         Ok(self.0.lock().unwrap().get(scope).cloned())
//!     }
//!
//!     async fn replace(&self, scope: &Scope, expected: Option<u64>, record: Option<Record<String>>) -> Result<bool, Infallible> {
//!         let mut records = self.0.lock().unwrap();
//!         if records.get(scope).map(|record| record.token) != expected {
//!             return Ok(false);
//!         }
//!         match record {
//!             Some(record) => records.insert(scope.clone(), record),
//!             None => records.remove(scope),
//!         };
//!         Ok(true)
//!     }
//! }
//!
//! let idempotency = Idempotency::new(IdempotencyPolicy::default(), Memory::default(), Random::from_os());
//! let scope = Scope::new("amira", IdempotencyKey::accept("create-run-1").unwrap());
//! let request = Fingerprint::of(&[b"POST", b"/runs", b"{}"]);
//! let now = || SystemTime::UNIX_EPOCH;
//! for replayed in [false, true] {
//!     let reply = idempotency.run(&scope, request, now, || async { "run 1".to_owned() }, |_| true).await.unwrap();
//!     assert_eq!((reply.response.as_str(), reply.replayed), ("run 1", replayed));
//! }
//! # });
//! ```
//!
//! **Deliberately absent:** status codes, and purging of old records, which the store does by [`Record::ends`].

mod error;
mod key;
mod policy;
mod port;
mod run;
mod state;

pub use error::{KeyError, Refused};
pub use key::{Fingerprint, IdempotencyKey, Scope};
pub use policy::IdempotencyPolicy;
pub use port::Store;
pub use run::{Idempotency, Reply};
pub use state::{Phase, Record, Step, step};
