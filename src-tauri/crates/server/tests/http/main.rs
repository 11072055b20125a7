//! The server as its callers meet it: over real sockets, with a real engine on a temporary folder.

#![expect(clippy::expect_used, reason = "a set-up that breaks is a failed test")]

mod authority;
mod billing;
mod conformance;
mod document;
mod door;
mod envelope;
mod hostile;
mod identity;
mod matrix;
mod plane;
mod runs;
mod sign_in;
mod streams;
mod tls;
