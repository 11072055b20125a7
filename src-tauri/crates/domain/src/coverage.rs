//! Coverage: the spans of time in which the console was really watching. What lies between is shown as a gap.

use crate::{id::ConnectionId, time::Timestamp};
use serde::{Deserialize, Serialize};

/// When one connection was watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Coverage {
    /// Which connection.
    pub connection: ConnectionId,
    /// Oldest first, never overlapping, never touching.
    pub spans: Vec<Span>,
}

/// A span of time, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Span {
    /// First moment.
    pub from: Timestamp,
    /// Last moment.
    pub to: Timestamp,
}
