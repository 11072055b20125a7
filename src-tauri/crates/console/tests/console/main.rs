//! The console against a control plane that fails as scripted: real cache, real reliability layer, real time.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "set-up that fails is a failed test")]

mod accounts;
mod acts;
mod bench;
mod breakers;
mod connections;
mod faults;
mod follow;
mod foreign;
mod notices;
mod offline;
mod overview;
mod readiness;
mod reads;
mod replays;
mod sync;
mod told;
