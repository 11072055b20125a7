//! What a refusal of the platform means. It has five shapes for one, and one status for two things.

use client_http::{Answer, header::HeaderName, incompatible, plain};
use control_plane::Error;
use domain::{CorrelationId, Fault};
use serde_json::Value;

/// The header in which the platform takes and echoes a correlation id.
pub(crate) const CORRELATION: HeaderName = HeaderName::from_static("x-correlation-id");

/// Means the cap of stores per user, which only a deletion lifts; the platform gives it the status of a rate limit.
const CAP: &str = "RATE_LIMIT_EXCEEDED";

/// What an answer that is not 2xx means; `subject` is what was asked for.
pub(crate) fn refused(answer: &Answer, subject: &str) -> Error {
    let said = Said::of(answer);
    match (answer.status, said) {
        (429, Said::Coded { code, message }) if code == CAP => {
            Error::Conflict { code: "store_cap".to_owned(), message: format!("{}: delete one first", plain(&message)) }
        }
        (429, _) => Error::Throttled { retry_after: answer.retry_after() },
        (400, Said::Faulty(faults)) => Error::Invalid { message: sentence(&faults), faults },
        (400 | 413, Said::Coded { message, .. } | Said::Plain(message)) => {
            Error::Invalid { message: plain(&message), faults: Vec::new() }
        }
        (404, Said::Coded { .. }) => Error::NotFound { what: subject.to_owned() },
        (401, _) => Error::Unauthorised,
        (403, _) => {
            Error::Forbidden { message: "whatever stands before the platform refuses this".to_owned(), remedy: None }
        }
        (408, _) => Error::TimedOut,
        (500..=599, _) => Error::Unavailable { status: answer.status, correlation_id: correlation(answer) },
        (status, _) => incompatible(format!("status {status} about {subject}")),
    }
}

fn correlation(answer: &Answer) -> Option<String> {
    answer.text(CORRELATION).and_then(CorrelationId::accept).map(|id| id.to_string())
}

/// What the body of a refusal says.
enum Said {
    /// `{"error": {"code", "message"}}`
    Coded { code: String, message: String },
    /// `{"error": text, "details": [..]}`
    Faulty(Vec<Fault>),
    /// `{"error": text}`
    Plain(String),
    /// A page, a sentence, or nothing.
    Nothing,
}

impl Said {
    fn of(answer: &Answer) -> Self {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
        match (&body["error"], &body["details"]) {
            (Value::Object(error), _) => Self::Coded {
                code: error.get("code").and_then(text).unwrap_or_default(),
                message: error.get("message").and_then(text).unwrap_or_default(),
            },
            (Value::String(_), Value::Array(details)) => Self::Faulty(details.iter().map(fault).collect()),
            (Value::String(error), _) => Self::Plain(error.clone()),
            _ => Self::Nothing,
        }
    }
}

fn fault(detail: &Value) -> Fault {
    let text = |name: &str| detail[name].as_str().map(plain).unwrap_or_default();
    let (path, message) = (text("path"), text("msg"));
    let remedy = match path.as_str() {
        "name" => "Write 1 to 48 letters, digits, spaces, hyphens or underscores.",
        "engine" => "Write `woocommerce` or `medusa`.",
        _ => "Correct it.",
    };
    Fault { path, rule: "refused_by_plane".to_owned(), message, remedy: remedy.to_owned() }
}

fn sentence(faults: &[Fault]) -> String {
    let told: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
    plain(&told.join("; "))
}
