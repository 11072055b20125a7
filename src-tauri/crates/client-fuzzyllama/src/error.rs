//! What a refusal of `FuzzyLlama` means for the caller.
//!
//! The status decides wherever it can: a throttled answer has a broken body, and what comes with a 500 is the text of
//! the exception with paths and source of the server in it, which is never passed on. Deliberately absent: any act
//! on an error.

use client_http::{Answer, incompatible, plain};
use control_plane::Error;
use domain::Fault;
use serde::Deserialize;
use std::time::Duration;

/// The code of a verdict that came at the wrong time.
pub(crate) const GATE_NOT_READY: &str = "gate_not_ready";

/// An answer that is no success, as far as its meaning depends on it.
#[derive(Debug, Clone)]
pub(crate) struct Refusal<'a> {
    pub(crate) subject: &'a str,
    pub(crate) is_verdict: bool,
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: &'a [u8],
}

impl<'a> Refusal<'a> {
    pub(crate) fn of(subject: &'a str, answer: &'a Answer) -> Self {
        let (status, retry_after) = (answer.status, answer.retry_after());
        Self { subject, is_verdict: false, status, retry_after, body: &answer.body }
    }
}

/// The envelope of a refusal. `message` is absent when the plane broke its own envelope.
#[derive(Debug, Deserialize)]
struct Said {
    message: Message,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Message {
    One(String),
    Each(Vec<String>),
}

/// What an answer other than 2xx means.
pub(crate) fn refused(refusal: &Refusal<'_>) -> Error {
    let said = serde_json::from_slice::<Said>(refusal.body).ok().map(|said| said.message);
    match (refusal.status, said) {
        (401, _) => Error::Unauthorised,
        (429, _) => Error::Throttled { retry_after: refusal.retry_after },
        (408, _) => Error::TimedOut,
        (status @ 500..=599, _) => Error::Unavailable { status, correlation_id: None },
        (400, Some(Message::Each(texts))) => {
            let message = "the control plane refuses what was sent".to_owned();
            Error::Invalid { message, faults: texts.iter().map(|text| fault(text)).collect() }
        }
        (403, Some(said)) if !refusal.is_verdict || is_about_ownership(&said) => {
            Error::Forbidden { message: one(said), remedy: None }
        }
        (400 | 403, Some(said)) if refusal.is_verdict => not_ready(one(said)),
        (403, _) => Error::Forbidden { message: "the control plane refuses this act".to_owned(), remedy: None },
        // What the router itself does not know proves nothing about the thing that was asked for.
        (404, Some(Message::One(text))) if !text.starts_with("Cannot ") => {
            Error::NotFound { what: refusal.subject.to_owned() }
        }
        (409, Some(said)) => Error::Conflict { code: "conflict".to_owned(), message: one(said) },
        (400 | 413 | 415 | 422, Some(said)) => Error::Invalid { message: one(said), faults: Vec::new() },
        (status, _) => incompatible(format!("status {status} to {}", refusal.subject)),
    }
}

/// A verdict that the state of the gate does not allow, in the words of whoever says so.
pub(crate) fn not_ready(message: String) -> Error {
    Error::Conflict { code: GATE_NOT_READY.to_owned(), message }
}

/// The plane has one status for two refusals: not yours, and not yet.
fn is_about_ownership(said: &Message) -> bool {
    matches!(said, Message::One(text) if text.starts_with("You "))
}

fn one(said: Message) -> String {
    match said {
        Message::One(text) => plain(&text),
        Message::Each(texts) => plain(&texts.join("; ")),
    }
}

/// A fault from a sentence such as `name must be longer than or equal to 3 characters`.
fn fault(text: &str) -> Fault {
    let text = plain(text);
    let (rule, path) = match text.strip_prefix("property ").and_then(|rest| rest.strip_suffix(" should not exist")) {
        Some(field) => ("unknown_field", field.to_owned()),
        None => (rule(&text), text.split_once(' ').map(|(field, _)| field.to_owned()).unwrap_or_default()),
    };
    let remedy = match rule {
        "unknown_field" => "Leave it out.",
        "one_of" => "Choose one of the values that are named.",
        _ => "Write it as the rule says.",
    };
    Fault { path, rule: rule.to_owned(), message: text, remedy: remedy.to_owned() }
}

fn rule(text: &str) -> &'static str {
    match text {
        _ if text.contains(" one of the following values") => "one_of",
        _ if text.contains(" longer than ") || text.contains(" shorter than ") => "length",
        _ if text.contains(" must be a") => "form",
        _ => "refused",
    }
}

#[cfg(test)]
mod tests {
    use super::{Refusal, refused};
    use control_plane::Error;
    use std::time::Duration;

    fn meaning(status: u16, is_verdict: bool, body: &str) -> Error {
        let retry_after = Some(Duration::from_mins(1));
        refused(&Refusal { subject: "run r1", is_verdict, status, retry_after, body: body.as_bytes() })
    }

    #[test]
    fn not_yours_and_not_yet_are_told_apart() {
        let not_yet = r#"{"message":"Previous gate G4_COMPLETE must be approved first","statusCode":403}"#;
        let not_yours = r#"{"message":"You can only approve gates for your own projects","statusCode":403}"#;
        assert!(matches!(meaning(403, true, not_yet), Error::Conflict { .. }), "the gate is not ready");
        assert!(matches!(meaning(403, true, not_yours), Error::Forbidden { .. }), "the project is another's");
        assert!(matches!(meaning(403, false, not_yet), Error::Forbidden { .. }), "only verdicts are about gates");
    }

    #[test]
    fn what_another_server_says_is_not_taken_for_an_answer() {
        assert!(matches!(meaning(404, false, "<html>"), Error::Incompatible { .. }), "a foreign 404 proves nothing");
        let router = r#"{"message":"Cannot GET /api/projects/r1","statusCode":404}"#;
        assert!(matches!(meaning(404, false, router), Error::Incompatible { .. }), "nor does a missing route");
        assert!(matches!(meaning(302, false, ""), Error::Incompatible { .. }), "redirects are not followed");
    }

    #[test]
    fn what_a_person_reads_holds_no_control_characters() {
        let body = r#"{"message":"No\u001b[31m\nway","statusCode":400}"#;
        let Error::Invalid { message, .. } = meaning(400, false, body) else { panic!("400 is about the input") };
        assert_eq!(message, "No[31mway", "it cannot forge a line");
    }
}
