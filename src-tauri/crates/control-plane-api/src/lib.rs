//! Our own HTTP API, version 1: envelope, request bodies, replies and paths, shared by its server and its client.
//!
//! [`Operation`] is the one table of what is served; router, document and measurements are made from it. Replies carry
//! the nouns of [`domain`] as they are. Deliberately absent: handlers, HTTP libraries and any rule.

mod access;
pub mod billing;
pub mod code;
pub mod document;
pub mod envelope;
pub mod operation;
pub mod paths;
mod refusals;
pub mod request;
mod schema;

pub use access::{Need, Tier};
pub use envelope::{Envelope, ErrorBody, Meta};
pub use operation::{Method, Operation};
