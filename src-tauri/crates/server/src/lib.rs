//! HTTP over the engine: `/api/v1`, live streams, health and measurements, by TCP, by TLS or by a local socket.
//!
//! [`Server`] is given an engine and serves it on any number of listeners. A request passes, from the outside in,
//! correlation and security headers, observation (span and measurements), the envelope, the net for panics, the check of
//! the `Host` header, and the one door (who calls, how often, what they may); then the handler of its [`control_plane_api::Operation`]. Over TCP a bearer
//! token is needed always: no switch turns that off. What other machines can reach speaks TLS, or has a declared proxy in
//! front that does. Deliberately absent: any rule about runs (the engine has them), CORS, and sessions.

mod body;
mod config;
mod connection;
mod document;
mod door;
mod error;
mod grant;
mod handlers;
mod limits;
mod measures;
mod middleware;
mod plain;
mod private_file;
mod query;
mod refusal;
mod reply;
mod router;
mod serve;
#[cfg(unix)]
mod socket;
mod stream;
mod tls;

pub use config::{Reach, ServerConfig};
pub use error::ServeError;
pub use limits::TierPolicies;
pub use private_file::{PrivateFileError, read_private};
pub use serve::Server;
#[cfg(unix)]
pub use socket::LocalSocket;
pub use tls::TlsIdentity;
