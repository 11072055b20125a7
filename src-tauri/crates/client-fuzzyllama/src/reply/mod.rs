//! What `FuzzyLlama` answers, as far as it is of use here.
//!
//! Only what a noun cannot do without is required; the rest may be missing, so that an older or newer server still
//! reads. Deliberately absent: any meaning, which is the business of `translate`.

mod work;

pub(crate) use work::{
    BlockerRow, Costs, DeliverableRow, DocumentRow, ExecutionRow, ExecutionState, ProofOutcome, ProofRow, Started,
    Taken, TaskRow, WorkState,
};

use client_http::{Answer, incompatible};
use control_plane::Error;
use domain::{Secret, Timestamp};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value};

/// The body of a success as `T`. A handler that has nothing to say sends nothing at all, which stands for null.
pub(crate) fn read<T: DeserializeOwned>(answer: &Answer, what: &str) -> Result<T, Error> {
    if answer.body.is_empty() {
        return serde_json::from_slice(b"null").map_err(|_| incompatible(format!("an empty answer to {what}")));
    }
    answer.json(what)
}

/// What `GET /api/health` says; it looks at nothing, so it proves only that the process lives.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Health {
    pub(crate) status: String,
    pub(crate) timestamp: Timestamp,
}

/// Who the token stands for.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Me {
    pub(crate) email: String,
}

/// A pair of tokens. Each may be used for one thing, and the second only once.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Tokens {
    #[serde(rename = "accessToken", deserialize_with = "secret")]
    pub(crate) access: Secret,
    #[serde(rename = "refreshToken", deserialize_with = "secret")]
    pub(crate) refresh: Secret,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    String::deserialize(deserializer).map(Secret::new)
}

/// A person, as embedded in other rows.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) email: String,
}

/// A project, from a list or by itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) repository: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) state: Option<State>,
    pub(crate) owner: Option<Person>,
    #[serde(rename = "_count")]
    pub(crate) counts: Option<Map<String, Value>>,
}

/// Where a project stands, as its own row says.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct State {
    pub(crate) current_phase: Option<String>,
    pub(crate) current_gate: Option<String>,
    /// Counts to 180 over nine gates, and may be set to anything.
    pub(crate) percent_complete: Option<Value>,
    pub(crate) updated_at: Timestamp,
}

/// Where a project stands, derived by the plane at the moment of asking.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Standing {
    pub(crate) current_gate: Option<String>,
    pub(crate) status_message: Option<String>,
    pub(crate) user_action: Option<String>,
    #[serde(default)]
    pub(crate) is_agent_working: bool,
    pub(crate) working_agent: Option<Value>,
}

/// One row of a gate. A gate has up to two, one that is decided and one that marks it complete, and may have more.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GateRow {
    pub(crate) id: String,
    pub(crate) gate_type: String,
    pub(crate) status: GateStatus,
    pub(crate) description: Option<String>,
    pub(crate) passing_criteria: Option<String>,
    pub(crate) review_notes: Option<String>,
    pub(crate) blocking_reason: Option<String>,
    #[serde(default)]
    pub(crate) requires_proof: bool,
    pub(crate) approved_by_id: Option<String>,
    pub(crate) approved_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// The state of a row of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum GateStatus {
    Pending,
    InReview,
    Approved,
    Rejected,
    Blocked,
}

/// One entry of the audit trail of a project.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventRow {
    pub(crate) id: String,
    pub(crate) event_type: String,
    #[serde(default)]
    pub(crate) event_data: Value,
    #[serde(default)]
    pub(crate) metadata: Value,
    pub(crate) created_at: Timestamp,
}

/// The head of the description of the API.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Description {
    pub(crate) info: Info,
}

/// What the API calls itself.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Info {
    pub(crate) title: String,
}
