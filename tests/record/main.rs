//! What the program writes down: an audit that shows what was changed in it, and no secret anywhere. Every test runs the
//! real executable over a data directory of its own.

#![expect(clippy::expect_used, clippy::panic, reason = "set-up that fails is a failed test")]

mod audit;
mod canary;
mod echo;
mod house;
mod in_browser;
mod record;
mod search;
mod session;
mod sign_in;
