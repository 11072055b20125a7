//! Refusals: each of the eight envelopes, each status, and the 500s that are the fault of the call.

use crate::{refusal, sample};
use client_nofx::parse::{Parsed, answer};
use control_plane::Error;
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn refusals_have_their_meaning() {
    let missing = |name| matches!(refusal(name), Error::NotFound { .. });
    for name in [
        "db-get-404.json",
        "fn-runs-get-404.json",
        "db-retry-404.json",
        "fn-retry-404.json",
        "db-projects-get-404.json",
    ] {
        assert!(missing(name), "{name}: there is no such thing");
    }
    for name in ["fs-runs-delete.json", "fs-get-nonexistent.json", "fs-get-health-live.json"] {
        let error = refusal(name);
        assert!(
            matches!(error, Error::Incompatible { .. }),
            "{name}: a path that is not there proves nothing: {error:?}"
        );
    }
    for name in ["fs-get-dev-dlq.json", "fs-get-runs-abc-gates.json"] {
        assert!(matches!(refusal(name), Error::Unsupported { .. }), "{name}: this server has no such part");
    }
    for name in ["db-retry-notretryable.json", "fn-retry-notretryable.json"] {
        let error = refusal(name);
        assert!(matches!(&error, Error::Conflict { code, .. } if code == "step_not_retryable"), "{name}: {error:?}");
    }
    assert!(matches!(refusal("fn-gates-approve.json"), Error::Unsupported { .. }), "its database refuses its own word");
    assert!(matches!(refusal("fs-body-too-large.json"), Error::Invalid { .. }), "a 500 that is the fault of the call");
    let Error::Invalid { faults, .. } = refusal("fs-builder-run-missingvar.json") else { panic!("a missing variable") };
    assert_eq!(faults[0].path, "who", "the blank that is missing is named");
    let Error::Forbidden { message, .. } = refusal("db-teams-get-nonmember.json") else { panic!("403 forbids") };
    assert_eq!(message, "Access denied: You are not a member of this team", "both of its sentences are kept");
    let wait = Some(Duration::from_secs(843));
    assert_eq!(refusal("fs-rate-limited.json"), Error::Throttled { retry_after: wait }, "the wait is read");
    let Error::Unavailable { status, correlation_id } = refusal("db-create-badproject.json") else {
        panic!("an outage")
    };
    assert!(status == 500 && correlation_id.is_some(), "a 500 that proves nothing is an outage, with its id");
}

#[test]
fn every_envelope_gives_its_faults() {
    let faults = |name: &str| match refusal(name) {
        Error::Invalid { faults, .. } => faults.into_iter().map(|fault| (fault.path, fault.rule)).collect::<Vec<_>>(),
        other => panic!("{name} is a refusal of the input: {other:?}"),
    };
    let of = |expected: &[(&str, &str)]| -> Vec<(String, String)> {
        expected.iter().map(|(path, rule)| ((*path).to_owned(), (*rule).to_owned())).collect()
    };
    let joined =
        [("goal", "type"), ("steps[0].name", "type"), ("steps[0].tool", "type"), ("steps[0].tools_allowed", "type")];
    let joined: Vec<_> = joined.into_iter().chain([("projectId", "type")]).collect();
    assert_eq!(faults("fs-runs-create-invalid-types.json"), of(&joined), "one text that joins them");
    assert_eq!(faults("fs-runs-create-invalid-empty.json"), of(&[("plan", "required")]), "one text with one of them");
    assert_eq!(faults("fn-runs-create-400.json"), of(&[("plan", "required")]), "fields below `error`");
    let fields = of(&[("email", "refused"), ("password", "required")]);
    assert_eq!(faults("fs-auth-login-400.json"), fields, "fields below `details`");
    let problem =
        of(&[("name", "too_small"), ("repo_url", "invalid_string"), ("workspace_mode", "invalid_enum_value")]);
    assert_eq!(faults("db-projects-create-400.json"), problem, "a problem document");
    assert_eq!(faults("fs-idem-short.json"), of(&[("", "too_small")]), "a problem document in plain JSON");
    assert_eq!(faults("fs-runs-create-badjson.json"), of(&[("", "refused")]), "the handler of last resort");
}

#[test]
fn a_replayed_refusal_says_that_it_is_one() {
    let message = |name: &str| refusal(name).to_string();
    assert!(!message("db-idem-400-1.json").contains("earlier"), "the first answer is its own");
    let replayed = message("db-idem-400-2.json");
    assert!(replayed.contains("earlier request with the same key"), "the second is told apart: {replayed}");
    assert!(matches!(sample("db-idem-2.json"), Parsed::Started(..)), "a replayed success is the first run");
}

#[test]
fn a_refusal_says_no_more_than_it_should() {
    let long = format!("{}\u{1b}[31m{}", "x".repeat(300), "y".repeat(10_000));
    for body in [
        json!({ "error": long }),
        json!({ "error": "e", "message": long }),
        json!({ "type": "urn:nofx:error:x", "detail": long }),
    ] {
        let outcome = answer("POST", "/runs", 400, &[], Value::to_string(&body).as_bytes());
        let Parsed::Refused(Error::Invalid { message, faults }) = outcome else { panic!("a refusal: {outcome:?}") };
        assert!(message.len() <= 500 && !message.contains('\u{1b}'), "cut and without control characters");
        assert!(faults.iter().all(|fault| fault.message.len() <= 500), "and so is each fault");
    }
}
