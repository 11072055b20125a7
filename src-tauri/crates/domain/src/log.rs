//! What steps print.

use crate::{id::StepId, time::Timestamp};
use serde::{Deserialize, Serialize};

/// One line of output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct LogLine {
    /// Counts from 1 within the run.
    pub seq: u64,
    /// When it was read.
    pub at: Timestamp,
    /// The step that printed it.
    pub step_id: StepId,
    /// The attempt that printed it.
    pub attempt: u32,
    /// Where it came from.
    pub stream: LogStream,
    /// The text, without its line end; control characters other than tab are removed, long lines are cut with a mark.
    pub text: String,
}

/// Where a line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogStream {
    /// Standard output, an HTTP body or a model's answer.
    Stdout,
    /// Standard error.
    Stderr,
    /// The control plane itself: what was started, cut or killed.
    System,
}

impl LogStream {
    /// The word on every wire and in every database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::System => "system",
        }
    }
}
