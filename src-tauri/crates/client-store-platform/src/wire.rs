//! The shapes of the platform's answers, as they really come.

use domain::Timestamp;
use serde::{Deserialize, Deserializer};

/// A store, as every answer holds it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct StoreRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) engine: String,
    pub(crate) status: String,
    pub(crate) namespace: String,
    /// A list of addresses, or a text that holds one as JSON.
    #[serde(default, deserialize_with = "addresses")]
    pub(crate) urls: Vec<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) user_id: Option<String>,
    pub(crate) error_message: Option<String>,
    pub(crate) correlation_id: Option<String>,
}

/// `GET /api/stores`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct StoreList {
    pub(crate) stores: Vec<StoreRow>,
    pub(crate) pagination: Pagination,
}

/// How far a list goes. The total is counted apart from the list and may disagree with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pagination {
    pub(crate) total: u64,
    pub(crate) offset: u64,
    pub(crate) has_more: bool,
}

/// One store: read, or just created (or found again under its key).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct OneStore {
    pub(crate) store: StoreRow,
}

/// `DELETE /api/stores/:id`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Deleted {
    pub(crate) store_id: String,
}

/// One fact about a store; ids grow over all stores of the platform.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct EventRow {
    pub(crate) id: i64,
    pub(crate) event_type: String,
    pub(crate) message: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) correlation_id: Option<String>,
}

/// `GET /api/stores/:id/events`: the newest fifty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct EventList {
    pub(crate) events: Vec<EventRow>,
}

/// `GET /`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Root {
    pub(crate) name: String,
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) endpoints: serde_json::Map<String, serde_json::Value>,
}

/// `GET /health`, `/health/live` and `/health/ready`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Health {
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) timestamp: Timestamp,
}

fn addresses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        List(Vec<String>),
        Text(String),
    }
    Ok(match Option::<Written>::deserialize(deserializer)? {
        None => Vec::new(),
        Some(Written::List(list)) => list,
        // A text that holds no list is an address itself: better shown than lost.
        Some(Written::Text(text)) => serde_json::from_str(&text).unwrap_or_else(|_| vec![text]),
    })
}
