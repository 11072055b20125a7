//! The live feed of a control plane.

use crate::{event::Event, id::RunId, log::LogLine};
use serde::{Deserialize, Serialize};

/// One item of the live feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FeedItem {
    /// Something happened. `position` resumes the feed after it.
    Event {
        /// Where in the feed, to resume after it.
        position: u64,
        /// What happened.
        event: Event,
    },
    /// A step printed something. Lines are not replayed on resume: read them from the log by sequence number.
    Log {
        /// The run whose step printed it.
        run_id: RunId,
        /// What it printed.
        line: LogLine,
    },
    /// Something happened to a breaker of the plane: read where it stands, and its history. Not replayed on resume.
    Breaker {
        /// Which.
        breaker: String,
    },
    /// Nothing happened; the connection is alive.
    Heartbeat,
    /// Items were lost: read everything again.
    Resync,
}
