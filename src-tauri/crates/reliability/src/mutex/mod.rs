//! Mutex: one at a time, in the order of asking, across awaits.
//!
//! **What.** [`Mutex::acquire`] waits its turn; [`Mutex::acquire_within`] waits at most so long; [`Mutex::try_acquire`] does
//! not wait, and does not jump the queue either; [`Mutex::run_exclusive`] holds the lock for one piece of work and gives it
//! back whatever becomes of it. The guard releases when it is dropped, once, because it is gone then.
//!
//! **When.** Where work that awaits must not overlap: one reconciler per store, one writer of a file.
//!
//! **When not.** For a few lines without an await (`parking_lot` is several times cheaper: `cargo xtask bench reliability`), and not across processes.
//!
//! **Defaults.** None: how long to wait is the caller's to say, and [`Mutex::acquire`] waits for as long as it takes.
//!
//! **Why a wrapper.** Tokio's mutex is first come, first served, and a waiter that gives up leaves the queue. The locks that
//! this replaces kept a timed-out waiter in the queue and handed it the lock, which nobody ever released.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! use reliability::mutex::Mutex;
//! use std::time::Duration;
//!
//! let balance = Mutex::new(10);
//! let left = balance.run_exclusive(async |balance| { *balance -= 3; *balance }).await;
//! assert_eq!(left, 7);
//!
//! let guard = balance.acquire().await;
//! assert!(balance.try_acquire().is_none());
//! assert!(balance.acquire_within(Duration::from_millis(1)).await.is_err());
//! guard.release();
//! assert!(balance.try_acquire().is_some());
//! # });
//! ```
//!
//! A guard cannot be released twice:
//!
//! ```compile_fail,E0382
//! # async fn twice(mutex: reliability::mutex::Mutex<()>) {
//! let guard = mutex.acquire().await;
//! guard.release();
//! guard.release();
//! # }
//! ```
//!
//! **Deliberately absent:** poisoning. A panic releases the lock; what it leaves behind is the caller's to judge.

mod error;
mod state;

pub use error::StillLocked;
pub use state::{Guard, Mutex};
