//! Every recorded answer of NOFX, read as the client reads it. A recording that is read by nothing fails the test.

#![expect(clippy::expect_used, clippy::panic, reason = "a set-up that breaks is a failed test")]

mod accounts;
mod nouns;
mod refusals;

use client_nofx::parse::{Parsed, answer, history};
use control_plane::Error;
use serde_json::json;
use std::collections::BTreeSet;
use testkit::{Exchange, Recording, recording, recordings};

/// Parts of NOFX that the client never asks, by how their paths begin.
const NEVER_ASKED: &[&str] = &[
    "/admin",
    "/api/artifacts",
    "/api/backups",
    "/api/benchmarks",
    "/api/gates",
    "/api/models",
    "/api/navigation",
    "/api/performance",
    "/api/projects",
    "/api/public",
    "/api/responses",
    "/api/sdk",
    "/api/settings",
    "/api/trace-log",
    "/api/worker",
    "/artifacts",
    "/auth/login",
    "/auth/logout",
    "/auth/refresh",
    "/auth/reset-password",
    "/auth/signup",
    "/backups",
    "/builder/templates",
    "/dev/admin-check",
    "/dev/info",
    "/dev/login",
    "/dev/observability",
    "/dev/redis",
    "/dev/tracing",
    "/dev/worker",
    "/gates",
    "/health/live",
    "/metrics",
    "/models",
    "/projects",
    "/responses",
    "/settings",
    "/teams/accept-invite",
    "/test-run",
];

fn parsed(exchange: &Exchange) -> Parsed {
    answer(&exchange.method, &exchange.path, exchange.status, &exchange.headers, &exchange.body)
}

fn sample(name: &str) -> Parsed {
    parsed(&recording("nofx", name).exchange().expect("this recording is an exchange"))
}

fn refusal(name: &str) -> Error {
    match sample(name) {
        Parsed::Refused(error) => error,
        other => panic!("{name} is a refusal: {other:?}"),
    }
}

/// Whether the error is one that this status can mean.
fn fits(status: u16, error: &Error) -> bool {
    match status {
        401 => *error == Error::Unauthorised,
        403 => matches!(error, Error::Forbidden { .. }),
        // The server knows no such thing, or no such path.
        404 => matches!(error, Error::NotFound { .. } | Error::Unsupported { .. } | Error::Incompatible { .. }),
        405 => matches!(error, Error::Unsupported { .. }),
        400 => {
            matches!(error, Error::Invalid { faults, .. } if !faults.is_empty())
                || matches!(error, Error::Conflict { .. })
        }
        429 => matches!(error, Error::Throttled { .. }),
        // Some of them are the fault of the call, which the named samples below look at.
        500..=599 => !matches!(error, Error::Incompatible { .. } | Error::Unauthorised),
        _ => matches!(error, Error::Incompatible { .. }),
    }
}

#[test]
fn every_recording_is_read() {
    let mut kinds = BTreeSet::new();
    for recording in recordings("nofx") {
        let name = &recording.name;
        let Some(exchange) = recording.exchange() else {
            kinds.insert(without_exchange(&recording));
            continue;
        };
        let outcome = parsed(&exchange);
        match &outcome {
            Parsed::Refused(error) => assert!(fits(exchange.status, error), "{name}: {} is {error:?}", exchange.status),
            Parsed::NeverAsked => {
                let is_named = NEVER_ASKED.iter().any(|part| exchange.path.starts_with(part));
                let is_run = exchange.path.ends_with("/rerun") || exchange.method == "OPTIONS";
                assert!(is_named || is_run, "{name}: {} {} is read by nothing", exchange.method, exchange.path);
            }
            Parsed::Unreadable(error) => panic!("{name}: {error:?}"),
            _ => {}
        }
        kinds.insert(format!("{outcome:?}").split(['(', ' ']).next().unwrap_or_default().to_owned());
    }
    let expected = [
        "ApiKeys",
        "DeadLetters",
        "Done",
        "Events",
        "Gates",
        "Health",
        "KeptTeam",
        "MadeKey",
        "NeverAsked",
        "People",
        "Plans",
        "Preview",
        "Principal",
        "Queue",
        "Refused",
        "Requeued",
        "Run",
        "Runs",
        "Started",
        "Subscribed",
        "Teams",
        "Templates",
        "Used",
        "broken off",
        "disk",
        "head",
        "library",
        "stream",
    ];
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), expected, "each class of answer was recorded");
}

/// What a recording is that is no exchange.
fn without_exchange(recording: &Recording) -> String {
    let name = recording.name.as_str();
    let kind = match name {
        _ if name.contains(".headers.") => "head",
        _ if name.contains(".sse") => "stream",
        _ if name.starts_with("fs-store-") => {
            let (run, events) = stored(name);
            assert!(matches!(run, Parsed::Run(_)), "{name}: what was on disk is a run: {run:?}");
            assert!(matches!(events, Parsed::Events(_)), "{name}: and a timeline: {events:?}");
            "disk"
        }
        // The library in itself; none of it is reachable over HTTP.
        "reliability-observations.json" => "library",
        // The server died of this call instead of answering.
        "fs-tracelog-set.json" => "broken off",
        name => panic!("{name} is no exchange, and nothing else that is known"),
    };
    kind.to_owned()
}

/// What a plane had on its disk, as the serverless dialect would tell it.
fn stored(name: &str) -> (Parsed, Parsed) {
    let disk = recording("nofx", name).json().expect("what was on disk is JSON");
    let run = json!({ "run": disk["run"], "steps": disk["steps"], "artifacts": [] }).to_string();
    history(run.as_bytes(), disk["events"].to_string().as_bytes(), disk["gates"].to_string().as_bytes())
}
