//! What an outcome of a call means for the caller.
//!
//! NOFX answers 500 to much that is not its own fault. Where its text proves that, the error says so; where it does not, a
//! 500 stays an outage. Deliberately absent: any text of the server that was not cut and cleaned.

mod fault;
mod said;
mod standing;
mod throttle;

use client_http::{Answer, incompatible, plain};
use control_plane::Error;
use domain::{CorrelationId, Fault};
pub(crate) use fault::fault;
use said::Said;
use std::time::Duration;

/// Says that an answer repeats one that was given to the same key before.
const REPLAYED: &str = "x-idempotency-replayed";
/// The header in which NOFX takes and gives back a correlation id.
pub(crate) const CORRELATION: &str = "x-correlation-id";
/// Why an optional part does not answer.
const ABSENT: &str = "this server does not answer at the path where NOFX has it";

/// What an answer other than 2xx means. `subject` is what was asked about, e.g. `run 1234`; `optional` says that not every
/// NOFX answers there.
pub(crate) fn refused(answer: &Answer, subject: &str, optional: bool) -> Error {
    let error = meaning(answer, subject, optional);
    if (400..500).contains(&answer.status) && answer.text(REPLAYED) == Some("true") { replayed(error) } else { error }
}

fn meaning(answer: &Answer, subject: &str, optional: bool) -> Error {
    let said = Said::read(&answer.body);
    match (answer.status, said) {
        (401, _) => Error::Unauthorised,
        (408, _) => Error::TimedOut,
        (429, said) => {
            let in_body = said.and_then(|said| said.retry_after).map(Duration::from_secs);
            throttle::throttled(answer, answer.retry_after().or(in_body))
        }
        (403, said) => Error::Forbidden {
            message: said.map_or_else(|| "the control plane refuses this act".to_owned(), |said| said.message),
            remedy: None,
        },
        (404 | 405, said) if optional && said.as_ref().is_none_or(|said| said.is_unrouted) => {
            Error::Unsupported { reason: ABSENT.to_owned() }
        }
        (404, Some(said)) if !said.is_unrouted => Error::NotFound { what: subject.to_owned() },
        (405, Some(_)) => Error::Unsupported { reason: ABSENT.to_owned() },
        (409, Some(said)) => Error::Conflict { code: "conflict".to_owned(), message: said.message },
        (400, Some(said)) if said.message == "Step cannot be retried" => not_retryable(None),
        (400 | 413 | 415 | 422, Some(said)) => standing::against(&said.message)
            .unwrap_or_else(|| Error::Invalid { message: said.message.clone(), faults: said.faults() }),
        (500, Some(said)) => own_fault(&said, subject).unwrap_or_else(|| outage(answer, Some(said))),
        (500..=599, said) => outage(answer, said),
        (status, _) => incompatible(format!("status {status} to a call about {subject}")),
    }
}

fn outage(answer: &Answer, said: Option<Said>) -> Error {
    let told = answer.text(CORRELATION).map(ToOwned::to_owned).or_else(|| said?.correlation_id);
    let correlation_id = told.as_deref().and_then(CorrelationId::accept).map(|id| id.to_string());
    Error::Unavailable { status: answer.status, correlation_id }
}

/// What a 500 means whose text proves that the call was at fault.
fn own_fault(said: &Said, subject: &str) -> Option<Error> {
    let text = &said.message;
    let invalid = |path: &str, rule: &str, message: &str, remedy: &str| Error::Invalid {
        message: message.to_owned(),
        faults: vec![fault(path, rule, message, remedy)],
    };
    if let Some(status) = text.strip_prefix("step_not_retryable:") {
        Some(not_retryable(Some(status)))
    } else if said.detail.as_deref() == Some("request entity too large") {
        Some(invalid("", "too_big", "this is more than NOFX takes at once", "Send less than two megabytes."))
    } else if text.contains("invalid input syntax for type uuid") {
        Some(Error::NotFound { what: subject.to_owned() })
    } else if text.contains("violates foreign key constraint") && text.contains("project") {
        Some(invalid("projectId", "unknown", "there is no such project", "Name a project that exists, or none."))
    } else if text == "Member not found" {
        Some(Error::NotFound { what: subject.to_owned() })
    } else if text.starts_with("Invalid permissions") {
        let remedy = "Choose among read, write, delete and admin.";
        Some(invalid("permissions", "unknown", "NOFX does not know one of these permissions", remedy))
    } else if text.contains("gate_status_check") {
        let reason = "this NOFX writes a verdict in a word that its own database refuses";
        Some(Error::Unsupported { reason: reason.to_owned() })
    } else {
        let missing = plain(text.strip_prefix("Missing variable ")?);
        Some(invalid(&missing, "required", "this blank is not filled in", "Give it a value."))
    }
}

fn not_retryable(status: Option<&str>) -> Error {
    let message = match status {
        Some(status) => format!("a step that is {} cannot be tried again", plain(status)),
        None => "a step can be tried again only after it ended badly".to_owned(),
    };
    Error::Conflict { code: "step_not_retryable".to_owned(), message }
}

/// NOFX keeps refusals for a day and gives them to every later call with the same key, however right that call is.
fn replayed(error: Error) -> Error {
    let told = |message: &str| format!("this is the answer to an earlier request with the same key: {message}");
    match error {
        Error::Invalid { message, faults } => Error::Invalid { message: told(&message), faults },
        Error::Conflict { code, message } => Error::Conflict { code, message: told(&message) },
        Error::Forbidden { message, remedy } => Error::Forbidden { message: told(&message), remedy },
        error => error,
    }
}

/// A document that is refused before it is sent.
pub(crate) fn invalid(faults: Vec<Fault>) -> Error {
    let message = faults.iter().map(|fault| match fault.path.as_str() {
        "" => fault.message.clone(),
        path => format!("{path}: {}", fault.message),
    });
    Error::Invalid { message: message.collect::<Vec<_>>().join("; "), faults }
}
