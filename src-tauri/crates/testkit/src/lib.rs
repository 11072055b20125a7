//! Doubles for tests: control planes that do what the test says, recordings of those that others made, and a clock that
//! the test turns.
//!
//! Development only: nothing that ships depends on it. Deliberately absent: any network but loopback.

mod clock;
mod eventually;
mod fault;
pub mod identity_provider;
mod loopback;
mod meddler;
mod notification_server;
mod plane;
mod recording;
mod replay;
mod script;
pub mod stand_in;

pub use clock::TurnedClock;
pub use eventually::eventually;
pub use fault::{Fault, FaultProxy};
pub use loopback::{Asked, Loopback, Said, Service};
pub use meddler::{Meddler, Meddling};
pub use notification_server::{NotificationServer, ShownBanner};
pub use plane::FakeControlPlane;
pub use recording::{Exchange, Recording, fields, recording, recordings};
pub use replay::Replay;
pub use script::Route;
