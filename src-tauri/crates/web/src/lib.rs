//! Face: the same page as in the window, over loopback HTTP: commands are posted, events are streamed.
//!
//! All logic lives in `console`, behind the commands of `rpc`. What is here keeps everybody out but the person who
//! started it; `SECURITY.md` beside this crate names each check. Deliberately absent: TLS, accounts, CORS, and any way
//! to listen on something other than loopback.

mod assets;
mod config;
mod entrance;
mod events;
mod guard;
mod headers;
mod refusal;
mod router;
mod serve;
mod way_back;

pub use config::WebConfig;
pub use serve::{ServeError, serve};
pub use way_back::WayBack;
