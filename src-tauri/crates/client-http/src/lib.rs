//! One exchange with a control plane over HTTP, within bounds of time and size.
//!
//! What every client of a control plane needs and none is about: an address is judged, a call is sent once, an answer is
//! read up to a cap, a stream that falls silent ends, and what went wrong on the way has a name. Deliberately absent:
//! what any answer means, retries, redirects, cookies, and any kind of control plane.

mod answer;
mod call;
mod certificate;
mod events;
mod hear;
mod limits;
mod meter;
mod transport;
mod wire;

pub use answer::{Answer, plain};
pub use call::Call;
pub use events::until_error;
pub use eventsource_stream::Event;
pub use limits::{BuildError, Limits};
pub use reqwest::{Method, header};
pub use transport::incompatible;
pub use wire::{Opened, Wire};
