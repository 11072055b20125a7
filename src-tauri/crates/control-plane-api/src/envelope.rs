//! The one envelope that every JSON answer comes in.

use domain::{Timestamp, WireError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `{success, data, error, meta}`; exactly one of `data` and `error` is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Envelope<T> {
    /// Whether the request was carried out.
    pub success: bool,
    /// What was asked for.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub data: Option<T>,
    /// Why it was not carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorBody>,
    /// Facts about the answer.
    pub meta: Meta,
}

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ErrorBody {
    /// Stable and machine readable.
    pub code: String,
    /// One sentence for a person.
    pub message: String,
    /// `{faults, hint}` where there are any.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub details: Value,
}

/// Facts about an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// When it was made.
    pub timestamp: Timestamp,
    /// The correlation id of the request, also in the header `x-correlation-id`.
    pub request_id: String,
}

impl From<WireError> for ErrorBody {
    fn from(error: WireError) -> Self {
        let mut details = serde_json::Map::new();
        if let Some(hint) = error.hint {
            details.insert("hint".to_owned(), hint.into());
        }
        if !error.faults.is_empty() {
            details.insert("faults".to_owned(), serde_json::to_value(error.faults).unwrap_or_default());
        }
        let details = if details.is_empty() { Value::Null } else { Value::Object(details) };
        Self { code: error.code, message: error.message, details }
    }
}
