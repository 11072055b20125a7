//! What went wrong, in the three forms in which it is told: a failure of work, a fault of input, an error on the wire.

use crate::id::CorrelationId;
use serde::{Deserialize, Serialize};

/// Why an attempt, a step or a run ended badly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Failure {
    /// Stable, e.g. `exit_code`, `timeout`, `http_status`, `breaker_open`, `rejected`, `no_credential`, `interrupted`.
    pub code: String,
    /// One sentence for a person; never holds a secret or a provider's own text.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Whether another attempt could end otherwise.
    pub retryable: bool,
}

/// One thing that is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Fault {
    /// Where, as a JSON path such as `steps[2].depends_on[0]`; empty for the whole document.
    pub path: String,
    /// Stable name of the broken rule, e.g. `required`, `duplicate_name`, `unknown_tool`, `cycle`.
    pub rule: String,
    /// One sentence for a person.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
}

/// An error as it crosses a boundary. A code exists only if a face acts on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema, thiserror::Error)]
#[error("{message}")]
pub struct WireError {
    /// Stable and machine readable.
    pub code: String,
    /// One sentence for a person.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hint: Option<String>,
    /// Milliseconds after which trying again makes sense.
    #[serde(default, rename = "retryAfterMs", skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after_ms: Option<u64>,
    /// Joins it to logs and audit.
    #[serde(rename = "correlationId")]
    pub correlation_id: CorrelationId,
    /// Every fault of the input, when that is the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Fault>>")]
    pub faults: Vec<Fault>,
}
