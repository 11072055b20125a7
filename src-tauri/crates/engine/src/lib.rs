//! The built-in control plane without HTTP: it accepts plans, carries them out step by step, and remembers everything.
//!
//! [`Engine`] is the façade that servers and faces talk to. Behind it, [`store`] keeps the state (SQLite, every change in
//! one transaction with its events), the scheduler hands ready steps to [`tools`] through a bounded queue, and
//! a restart takes up what a dead process left. [`accounts`] knows who works with the plane and what each may do. Deliberately
//! absent: HTTP, and the decision which of its acts needs which permission, which the table of the API has.

pub mod accounts;
mod backup;
pub mod billing;
mod breaker_history;
pub mod engine;
mod error;
mod feed;
mod idempotency;
pub mod identity_provider;
mod logs;
pub mod plan;
mod recovery;
mod refusals;
mod scheduler;
pub mod store;
pub mod templates;
pub mod tools;

pub use backup::{Backup, BackupError, back_up, last_backup};
pub use engine::{
    Act, Created, DeadLetter, Engine, EngineConfig, Health, Introduction, Keeping, NewRun, QueueFacts, RunQuery,
    ShutdownReport, TeamBounds, ToolInfo,
};
pub use error::{Error, OpenError};
pub use store::sqlite::invariants;
