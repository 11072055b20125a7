//! The audit of a control plane: who did what, or was refused, in an order that cannot be changed unseen.
//!
//! Each entry carries a hash over itself and over the hash of the entry before it. Deliberately absent: what was sent, which
//! may hold a secret; before and after are the few facts that an act changes.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One act, or one refusal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct AuditEntry {
    /// Its place in the chain, from 1, without a gap.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// The team that it concerns; `None` for what concerns the plane.
    pub team: Option<String>,
    /// Who, as people know them.
    pub actor: String,
    /// Who, without mistake.
    pub principal: String,
    /// What, e.g. `run.cancel`.
    pub act: String,
    /// To what it was done.
    pub target: Option<String>,
    /// What came of it.
    pub outcome: AuditOutcome,
    /// Why, as the actor said.
    pub reason: Option<String>,
    /// Joins it to the request.
    pub correlation_id: String,
    /// How often the same was refused one after the other; 1 for an act.
    pub times: u32,
    /// How it was before, where the act changes something that has a before.
    pub before: Option<Value>,
    /// How it is now.
    pub after: Option<Value>,
    /// SHA-256 over all of the above and the hash of the entry before, in hex.
    pub hash: String,
}

/// What came of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was done.
    Done,
    /// It was refused.
    Refused {
        /// With this code.
        code: String,
    },
}

/// Whether the chain of the audit is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct AuditState {
    /// Whether nothing was edited, removed or moved.
    pub whole: bool,
    /// Entries that were read.
    pub entries: u64,
    /// The place where the chain breaks first, and how, one sentence.
    pub broken: Option<String>,
    /// Hash of the last entry; whoever keeps it elsewhere can see later that the chain still leads to it.
    pub head: String,
    /// Acts that could not be recorded since the last entry.
    pub lost: u64,
}
