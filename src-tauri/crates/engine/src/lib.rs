//! The built-in control plane without HTTP: it accepts plans, carries them out step by step, and remembers everything.
//!
//! [`Engine`] is the façade that servers and faces talk to. Behind it, [`store`] keeps the state (SQLite, every change in
//! one transaction with its events), the scheduler hands ready steps to [`tools`] through a bounded queue, and
//! a restart takes up what a dead process left. Deliberately absent: HTTP, sessions, and any decision
//! about who may do what: an [`Act`] arrives with its actor already known.

pub mod engine;
mod error;
mod feed;
mod idempotency;
mod logs;
pub mod plan;
mod recovery;
mod scheduler;
pub mod store;
pub mod templates;
mod tokens;
pub mod tools;

pub use engine::{
    Act, Created, DeadLetter, Engine, EngineConfig, Health, NewRun, QueueFacts, RunQuery, ShutdownReport, TokenInfo,
    ToolInfo,
};
pub use error::{Error, OpenError};
pub use store::sqlite::invariants;
