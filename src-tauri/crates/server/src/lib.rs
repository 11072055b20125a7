//! HTTP over the engine: `/api/v1`, live streams, health and measurements, by TCP or by a local socket.
//!
//! [`Server`] is given an engine and serves it on any number of listeners. A request passes, from the outside in,
//! correlation and security headers, observation (span and measurements), the envelope, the net for panics, the check of
//! the `Host` header, and authentication; then the handler of its [`control_plane_api::Operation`]. Over TCP a bearer
//! token is needed always: no switch turns that off. Deliberately absent: any rule about runs (the engine has them),
//! CORS, TLS, and sessions.

mod body;
mod config;
mod connection;
mod document;
mod door;
mod error;
mod handlers;
mod measures;
mod middleware;
mod query;
mod refusal;
mod reply;
mod router;
mod serve;
#[cfg(unix)]
mod socket;
mod stream;

pub use config::{Reach, ServerConfig};
pub use error::ServeError;
pub use serve::Server;
#[cfg(unix)]
pub use socket::LocalSocket;
