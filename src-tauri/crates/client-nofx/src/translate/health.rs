//! What the health page of either dialect says.

use crate::{
    surface::Dialect,
    translate::{answered_at, row::Row},
};
use client_http::{Answer, plain};
use control_plane::Error;
use domain::Timestamp;
use serde_json::Value;

/// What the health page says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Health {
    pub(crate) dialect: Dialect,
    pub(crate) live: String,
    pub(crate) ready: Result<String, Error>,
    pub(crate) oldest_queued_ms: Option<u64>,
    pub(crate) server_time: Option<Timestamp>,
}

/// Reads it; none if it is the health page of something else.
pub(crate) fn health(answer: &Answer, body: &Value) -> Option<Health> {
    let page = Row::of(body)?;
    let status = page.word("status")?;
    let (queue, store, database) = (page.row("queue"), page.row("store"), page.row("database"));
    let (dialect, of, state) = match (store, database) {
        (Some(store), _) if queue.is_some() => (Dialect::Express, "store", store.word("status")),
        (_, Some(database)) => (Dialect::Serverless, "database", database.word("status")),
        _ => return None,
    };
    let state = state.unwrap_or("unknown");
    // Both answer 200 even when what they store in is down.
    let is_down = matches!(state, "unhealthy" | "error" | "down" | "disconnected");
    let ready = if is_down {
        Err(Error::Unavailable { status: 503, correlation_id: None })
    } else {
        let queue = queue.and_then(|queue| queue.word("status")).map(|queue| format!("; queue: {}", plain(queue)));
        Ok(format!("{} {of}: {}{}", answer.status, plain(state), queue.unwrap_or_default()))
    };
    // A queue without a subscriber in that process works steps off at once and never forgets them, so its age means
    // nothing.
    let active = queue.filter(|queue| queue.word("status") == Some("active"));
    let oldest_queued_ms = active.and_then(|queue| queue.count("oldestAgeMs"));
    let live = format!("{} {}", answer.status, plain(status));
    let server_time = page.moment("timestamp").or_else(|| answered_at(answer));
    Some(Health { dialect, live, ready, oldest_queued_ms, server_time })
}
