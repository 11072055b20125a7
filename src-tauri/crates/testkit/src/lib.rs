//! Doubles for tests: a control plane that does what the test says, and a clock that the test turns.
//!
//! Development only: nothing that ships depends on it. Deliberately absent: any network and any file.

mod clock;
mod eventually;
mod plane;
mod script;

pub use clock::TurnedClock;
pub use eventually::eventually;
pub use plane::FakeControlPlane;
pub use script::Route;
