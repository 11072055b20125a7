//! Our own HTTP API, version 1: envelope, request bodies, replies and paths, shared by its server and its client.
//!
//! Replies carry the nouns of [`domain`] as they are. Deliberately absent: handlers, HTTP libraries and any rule.

pub mod envelope;
pub mod paths;
pub mod request;

pub use envelope::{Envelope, Meta};
