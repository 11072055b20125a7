//! Request bodies and the few replies that are not nouns of [`domain`].

use domain::{Failure, RunId, StepId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Body of a step retry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryBody {
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// New inputs in place of the old ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Map<String, Value>>,
}

/// Body of cancel, reject and breaker reset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Body of approve.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveBody {
    /// Why, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of a template fill.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FillBody {
    /// Values by field name.
    #[serde(default)]
    pub values: Map<String, Value>,
}

/// Who the plane is and who the caller is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IdentityReply {
    /// Always `breakwater`.
    pub product: String,
    /// Version of the server.
    pub version: String,
    /// Who the credential makes the caller.
    pub principal: String,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// Depth and age of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct QueueReply {
    /// Steps that are ready but have no slot.
    pub depth: u64,
    /// Age of the oldest of them in milliseconds.
    pub oldest_queued_ms: Option<u64>,
    /// Steps executing now.
    pub running: u64,
    /// Slots in all.
    pub slots: u64,
    /// Dead letters.
    pub dead_letters: u64,
}

/// A tool that plans may name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ToolReply {
    /// Its name.
    pub name: String,
    /// What it does, one sentence.
    pub summary: String,
}

/// A step that nothing will try again by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeadLetterReply {
    /// The run.
    pub run_id: RunId,
    /// The step.
    pub step_id: StepId,
    /// Name of the step.
    pub step: String,
    /// Why it ended so.
    pub failure: Failure,
    /// When.
    pub at: Timestamp,
}

/// Whether the plane can do its work now, and everything that this was concluded from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReadyReply {
    /// Whether every fact is as it should be.
    pub ready: bool,
    /// What was looked at.
    pub facts: Vec<ReadyFact>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReadyFact {
    /// What it is called, e.g. `database`.
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was seen, one sentence.
    pub detail: String,
}

/// Whether the process can answer at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LiveReply {
    /// Always `alive`.
    pub status: String,
}

/// Body of a token that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTokenBody {
    /// What it is called, 1 to 60 characters.
    pub name: String,
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TokenReply {
    /// Unique.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A token that was just made. Its `Debug` does not show the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewTokenReply {
    /// The token.
    pub token: TokenReply,
    /// What its holder sends; shown this once, only its hash is kept.
    pub secret: String,
}

impl std::fmt::Debug for NewTokenReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewTokenReply").field("token", &self.token).finish_non_exhaustive()
    }
}
