//! People who sign in, stay signed in and sign out: the console and its client against a real plane, with a clock that is
//! turned.
#![expect(clippy::unwrap_used, reason = "set-up that fails is a failed test")]

mod desk;
mod in_browser;
mod plane;
mod secrets;
mod sharing;
mod signing_in;
mod staying;
