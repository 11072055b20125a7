//! The console and its client against a real plane that is served on loopback: people who sign in, stay signed in and sign
//! out, with a clock that is turned, and outages of what the plane calls.
#![expect(clippy::unwrap_used, reason = "set-up that fails is a failed test")]

mod desk;
mod in_browser;
mod outage;
mod plane;
mod secrets;
mod sharing;
mod signing_in;
mod staying;
