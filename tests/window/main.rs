//! What people do in the real window: the app itself, driven through `WebKitWebDriver`, one story a file. They leave pictures
//! in `target/window`.
//!
//! They need a display, so they are not part of a plain `cargo test`; `cargo xtask test --only window` gives them one.

#![expect(clippy::expect_used, clippy::panic, reason = "set-up that fails is a failed test")]

mod driver;
mod notices;
mod plane;
mod run;
#[path = "../record/session.rs"]
mod session;
mod team;
