//! The console's local picture of its control planes: what was read, when, and what an operator did from here.
//!
//! It makes every screen readable with no network. It is disposable: [`Cache::open`] cannot fail, since a file that
//! cannot be used is set aside and built anew, and where no file is possible the picture lives in memory. What no plane
//! could give back (connections, preferences, acts) is carried over. Several processes (a window, a terminal) may hold the
//! same file; each leaves word of what it changed for the others.
//!
//! A [`Reader`] cannot write. A [`Writer`] hands out one [`Batch`] at a time, and a batch announces each [`Change`] once
//! it is committed; there is no other way to write. Reads see the last committed state and do not wait for writes.
//! Deliberately absent: secrets, a clock (times are given), background tasks, and any rule about what to read when.

mod batch;
mod cache;
mod change;
mod document;
mod error;
mod file;
mod forget;
mod keepsake;
mod open;
mod query;
mod reader;
mod search;
mod table;
mod writer;

pub use batch::Batch;
pub use cache::{Cache, Opened};
pub use change::Change;
pub use error::Error;
pub use query::{
    Acknowledged, Act, CachedBreaker, CachedDetail, CachedRun, CheckState, FailedLately, Forgotten, Found, FoundIn,
    Hole, KeptNotice, KnownBreakerEvent, LogMatches, MetStep, OpenGate, OpenRun, RunPage, RunQuery, SearchHit,
    StepAhead, Told,
};
pub use reader::Reader;
pub use table::told::Noun;
pub use writer::Writer;
