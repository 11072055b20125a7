//! What the program writes down: an audit that shows what was changed in it. Every test runs the
//! real executable over a data directory of its own.

#![expect(clippy::expect_used, clippy::panic, reason = "set-up that fails is a failed test")]

mod audit;
mod house;
