//! Control planes that others made, as they were recorded to behave, for tests that need one that is alive. Stripe is no
//! control plane and was not recorded: it behaves as its documents say.
//!
//! A test of each control plane compares the shapes of its answers with those that were recorded, so that it cannot drift
//! away from them.
#![expect(clippy::expect_used, clippy::panic, reason = "a stand-in that loses its own state is a failed test")]

mod front;
mod fuzzyllama;
mod nofx;
mod store_platform;
mod stripe;

pub use front::Front;
pub use fuzzyllama::FuzzyLlama;
pub use nofx::{Dialect, Nofx};
pub use store_platform::StorePlatform;
pub use stripe::{Stripe, Trouble};
