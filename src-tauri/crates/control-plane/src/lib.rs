//! The port: what the console may ask of any control plane.
//!
//! Each kind of control plane has an adapter (`client-<kind>`) that speaks its wire format and translates it into the
//! nouns of [`domain`]. An adapter sends each request once, and again only what was not let in; retry, breakers and time
//! limits are put round it by the console. Deliberately absent: HTTP, where a credential is kept, and any knowledge of
//! which kinds exist.

#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod port;
mod session;
mod surface;

pub use error::{Error, Retryability};
pub use port::{CallContext, ControlPlane, Feed, Hints, NewRun, PlaneFacts, PlaneIdentity, RunFilter, StepRetry, Tool};
pub use session::{BegunSignIn, CameBack, Credential, Session, SessionKeeper, SignIn, Turn, WaysIn};
pub use surface::{Ask, Effect, Heard, KnownRoute, Manners, NEVER_GIVEN, Purpose, Shown};
