//! What an outcome of a call means for the caller.

use client_http::{incompatible, plain};
use control_plane::Error;
use control_plane_api::{Envelope, ErrorBody, Operation, code};
use domain::Fault;
use serde_json::Value;
use std::time::Duration;

/// What the plane says to somebody whose address and password do not fit.
const SIGN_IN_REFUSED: &str = "sign_in_refused";

/// An answer, as far as its meaning depends on it.
#[derive(Debug)]
pub(crate) struct Refusal<'a> {
    pub(crate) operation: Operation,
    pub(crate) subject: &'a str,
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) correlation_id: Option<String>,
    pub(crate) body: &'a [u8],
}

/// What an answer other than 2xx means. Proxies answer in their own words, so the status alone decides where it can.
pub(crate) fn refused(answer: Refusal<'_>) -> Error {
    let said = serde_json::from_slice::<Envelope<Value>>(answer.body).ok().and_then(|envelope| envelope.error);
    match (answer.status, said) {
        (401, Some(said)) if answer.operation == Operation::FinishBrowserSignIn => not_let_in(&said),
        (401, Some(said)) if said.code == SIGN_IN_REFUSED => sign_in_refused(&said),
        (401, _) => Error::Unauthorised,
        (429, _) => Error::Throttled { retry_after: answer.retry_after },
        (408, _) => Error::TimedOut,
        (403 | 421, Some(said)) => Error::Forbidden { message: plain(&said.message), remedy: remedy(&said) },
        (403, None) => Error::Forbidden { message: "the control plane refuses this act".to_owned(), remedy: None },
        (404, Some(said)) => Error::NotFound { what: what(&said, answer.subject) },
        // The first call with this key is still under way: asked again a little later, it gives its answer.
        (409, Some(said)) if said.code == code::IN_FLIGHT => Error::Throttled { retry_after: answer.retry_after },
        (409, Some(said)) => Error::Conflict { code: plain(&said.code), message: plain(&said.message) },
        (400 | 413 | 415 | 422, Some(said)) => {
            let message = plain(&said.message);
            Error::Invalid { message, faults: faults(said) }
        }
        (500..=599, _) => Error::Unavailable { status: answer.status, correlation_id: answer.correlation_id },
        (status, _) => incompatible(format!("status {status} to {}", answer.operation.id())),
    }
}

/// What was entered is wrong, which says nothing of what the port is called with.
fn sign_in_refused(said: &ErrorBody) -> Error {
    let fault = Fault {
        path: "password".to_owned(),
        rule: SIGN_IN_REFUSED.to_owned(),
        message: plain(&said.message),
        remedy: "Check both, and try again.".to_owned(),
    };
    Error::Invalid { message: fault.message.clone(), faults: vec![fault] }
}

/// The identity provider, or the plane, does not know who comes back from the browser; the plane says why.
fn not_let_in(said: &ErrorBody) -> Error {
    let fault = Fault {
        path: "browser".to_owned(),
        rule: plain(&said.code),
        message: plain(&said.message),
        remedy: remedy(said).unwrap_or_else(|| "Begin the sign-in again.".to_owned()),
    };
    Error::Invalid { message: fault.message.clone(), faults: vec![fault] }
}

/// As a sentence, whichever way the plane begins and ends it.
fn remedy(said: &ErrorBody) -> Option<String> {
    let hint = plain(said.details.get("hint").and_then(Value::as_str)?);
    let mut letters = hint.trim_end_matches('.').chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

fn what(said: &ErrorBody, subject: &str) -> String {
    said.details.get("what").and_then(Value::as_str).map_or_else(|| subject.to_owned(), plain)
}

fn faults(said: ErrorBody) -> Vec<Fault> {
    let Value::Object(mut details) = said.details else { return Vec::new() };
    details.remove("faults").and_then(|faults| serde_json::from_value(faults).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Refusal, refused};
    use control_plane::Error;
    use control_plane_api::Operation;
    use std::time::Duration;

    fn meaning(status: u16, body: &str) -> Error {
        refused(Refusal {
            operation: Operation::GetRun,
            subject: "run r1",
            status,
            retry_after: Some(Duration::from_secs(7)),
            correlation_id: Some("c1".to_owned()),
            body: body.as_bytes(),
        })
    }

    fn said(code: &str, details: &str) -> String {
        format!(
            r#"{{"success":false,"error":{{"code":"{code}","message":"No\u001b[31m.","details":{details}}},
                "meta":{{"timestamp":"2026-01-01T00:00:00.000Z","requestId":"c1"}}}}"#
        )
    }

    #[test]
    fn each_status_of_ours_has_its_meaning() {
        let conflict = Error::Conflict { code: "run_is_terminal".to_owned(), message: "No[31m.".to_owned() };
        assert_eq!(meaning(409, &said("run_is_terminal", "null")), conflict, "control characters are dropped");
        let throttled = Error::Throttled { retry_after: Some(Duration::from_secs(7)) };
        assert_eq!(meaning(409, &said("in_flight", "null")), throttled, "a repeat waits for the first call");
        assert_eq!(meaning(429, ""), throttled, "the status is enough");
        assert_eq!(meaning(401, "<html>"), Error::Unauthorised, "the status is enough");
        assert_eq!(meaning(404, &said("not_found", "null")), Error::NotFound { what: "run r1".to_owned() }, "named");
        let step = meaning(404, &said("not_found", r#"{"what":"step s1"}"#));
        assert_eq!(step, Error::NotFound { what: "step s1".to_owned() }, "the server knows better what is missing");
        let fault = r#"{"faults":[{"path":"goal","rule":"required","message":"m","remedy":"r"}]}"#;
        let Error::Invalid { faults, .. } = meaning(422, &said("invalid", fault)) else {
            panic!("422 is a refusal of the input")
        };
        assert_eq!(faults.len(), 1, "every fault arrives");
    }

    #[test]
    fn a_refusal_says_whom_to_ask() {
        let forbidden = |remedy: Option<&str>| Error::Forbidden {
            message: "No[31m.".to_owned(),
            remedy: remedy.map(str::to_owned),
        };
        let hint = r#"{"hint":"ask the \u001b[31mowner"}"#;
        assert_eq!(
            meaning(403, &said("forbidden", hint)),
            forbidden(Some("Ask the [31mowner.")),
            "as a plain sentence"
        );
        let whole = r#"{"hint":"Ask the owner."}"#;
        assert_eq!(
            meaning(403, &said("forbidden", whole)),
            forbidden(Some("Ask the owner.")),
            "which it may be already"
        );
        for nothing in ["null", r#"{"hint":""}"#, r#"{"hint":7}"#] {
            assert_eq!(meaning(403, &said("forbidden", nothing)), forbidden(None), "{nothing} says nothing");
        }
    }

    #[test]
    fn what_another_server_says_is_not_taken_for_ours() {
        let html = "<html><body>Not Found</body></html>";
        assert!(matches!(meaning(404, html), Error::Incompatible { .. }), "a foreign 404 proves nothing about a run");
        assert!(matches!(meaning(422, html), Error::Incompatible { .. }), "nor does a foreign 422");
        assert!(matches!(meaning(302, ""), Error::Incompatible { .. }), "redirects are not followed");
        let down = Error::Unavailable { status: 502, correlation_id: Some("c1".to_owned()) };
        assert_eq!(meaning(502, html), down, "a proxy in front of a dead plane is an outage");
    }
}
