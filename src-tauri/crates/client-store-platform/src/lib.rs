//! The control-plane port over the Kubernetes store platform: what it provisions is a store, and the work on it a run.
//!
//! `wire` holds the shapes of its answers, `error` says what a refusal means, `translate` makes runs and events of rows,
//! `pages` walks its unstable lists, `order` judges a new store before it is sent,
//! `routes` is what it shows to others. The platform authenticates nobody: the
//! credential is the name of the user whose stores are wanted. Deliberately absent: any state between calls, and any act
//! that the platform does not have.

mod error;
mod order;
mod pages;
#[doc(hidden)]
pub mod parse;
mod plane;
mod recognise;
mod routes;
mod translate;
mod wire;

pub use client_http::{BuildError, Limits};
pub use plane::StorePlatformClient;
pub use recognise::recognise;
