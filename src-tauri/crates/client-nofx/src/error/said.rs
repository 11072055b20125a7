//! The envelopes in which NOFX wraps what went wrong, told apart by their keys.

use crate::{
    error::fault::{by_field, fault, in_text},
    translate::Row,
};
use client_http::plain;
use domain::Fault;
use serde_json::Value;

/// What an envelope says, whichever of the eight it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    /// One sentence.
    pub(crate) message: String,
    /// What stands under `details`, where that is a text.
    pub(crate) detail: Option<String>,
    /// Whether the server knows no such path.
    pub(crate) is_unrouted: bool,
    pub(crate) retry_after: Option<u64>,
    pub(crate) correlation_id: Option<String>,
    told: Vec<Fault>,
}

impl Said {
    /// None if the body is in no envelope of NOFX: then somebody else is talking.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let row = Row::of(&value)?;
        let is_problem = row.text("type").is_some_and(|kind| kind.starts_with("urn:nofx:error:"));
        let error = row.value("error");
        let message = match error {
            // The schema's own shape; it has no sentence.
            Some(Value::Object(_)) => "the request is refused".to_owned(),
            Some(Value::String(error)) => match row.word("message") {
                Some(message) => format!("{error}: {message}"),
                None => error.clone(),
            },
            _ if is_problem => row.word("detail").or_else(|| row.word("title"))?.to_owned(),
            _ if row.text("status") == Some("error") => row.word("message")?.to_owned(),
            _ => return None,
        };
        let schema = [error, row.value("details")].into_iter().flatten().filter_map(Row::of);
        let mut told: Vec<_> = schema.flat_map(by_field).collect();
        told.extend(row.rows("errors").into_iter().filter_map(|one| {
            let message = plain(one.word("message")?);
            Some(fault(&plain(one.text("field").unwrap_or_default()), &plain(one.word("code")?), &message, ""))
        }));
        Some(Self {
            is_unrouted: message == "Not found" && row.value("timestamp").is_some(),
            message: plain(&message),
            detail: row.word("details").map(plain),
            retry_after: row.number("retryAfter").and_then(|seconds| u64::try_from(seconds).ok()),
            correlation_id: row.word("correlationId").map(plain),
            told,
        })
    }

    /// Every fault; one about the whole if no more is told.
    pub(crate) fn faults(self) -> Vec<Fault> {
        if self.told.is_empty() { in_text(&self.message) } else { self.told }
    }
}
