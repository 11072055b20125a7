//! The application service behind every face: connections, sync, runs, breakers, readiness, search.
//!
//! A [`Console`] is assembled from parts that the composition root gives, and then answers commands. It watches its
//! control planes in the background, keeps what it sees in the cache, and answers from there. Deliberately absent: wire
//! formats, a clock, a keychain, and any face.

mod acts;
mod announce;
mod api_keys;
mod audit;
mod billing;
mod breakers;
mod call;
mod connections;
mod console;
mod core;
mod drill;
mod error;
mod folders;
mod freshness;
mod guard;
mod keeper;
mod keychain;
mod link;
mod news;
mod notices;
mod observe;
mod overview;
mod pace;
mod parts;
mod preferences;
mod projects;
mod pull;
mod queues;
mod readiness;
mod retention;
mod runs;
mod stores;
mod sync;
mod teams;
mod templates;
mod told;
mod triage;
pub mod view;

pub use announce::Subscription;
pub use console::Console;
pub use control_plane::CameBack;
pub use drill::{DrillSeen, DrillStage, OpenedDrill};
pub use error::code;
pub use pace::Pace;
pub use parts::{
    AwaitedReturn, BrowserReturn, BuiltInConnection, ConnectError, Connector, ConsoleParts, NotLetIn, NotStarted,
    PlaneStarter, PreferenceStore, Probe, SyncMode,
};
pub use readiness::readiness_in_markdown;
pub use runs::follow::Followed;
