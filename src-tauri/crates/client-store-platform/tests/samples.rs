//! Every recorded answer of the platform, read by the parser that the client would read it with.
#![expect(clippy::expect_used, reason = "a test that cannot go on ends")]

use client_http::{
    Answer,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use client_store_platform::parse::{self, Parsed};
use control_plane::Error;
use proptest::prelude::*;
use serde_json::Value;
use std::sync::LazyLock;
use testkit::{Exchange, Recording, recordings};

fn answer(status: u16, headers: &[(String, String)], body: Vec<u8>) -> Answer {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::try_from(name).expect("a name"), HeaderValue::try_from(value).expect("a value"));
    }
    Answer { status, headers: map, body }
}

fn json(body: Vec<u8>) -> Answer {
    answer(200, &[("content-type".to_owned(), "application/json".to_owned())], body)
}

/// Bodies that were kept without their exchange.
fn bare(recording: &Recording) -> Option<Result<Parsed, Error>> {
    let whole = recording.json()?;
    let body = json(recording.content.clone());
    if whole.get("stores").is_some() {
        return parse::answer("GET", "/api/stores", &body);
    }
    if whole.get("store").is_some() {
        return parse::answer("GET", "/api/stores/some", &body);
    }
    if whole.get("events").is_some() {
        return parse::answer("GET", "/api/stores/some/events", &body);
    }
    let lost = whole.get("sample_500_body").map(Value::to_string)?;
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    parse::answer("POST", "/api/stores", &answer(500, &headers, lost.into_bytes()))
}

/// Exchanges that no client of ours makes: asked with another method or for another path, to see what the platform does.
const NOT_ASKED: [&str; 8] = [
    "api-root.json",
    "cors-preflight.json",
    "metrics.json",
    "options-noorigin.json",
    "put-405.json",
    "unknown-route.json",
    "xff.json",
    "xff2.json",
];

#[test]
fn every_recording_is_read() {
    let mut unread = Vec::new();
    for recording in recordings("store-platform") {
        let name = recording.name.as_str();
        let Some(exchange) = recording.exchange() else {
            match bare(&recording) {
                Some(Ok(_) | Err(Error::Unavailable { .. })) => {}
                other => unread.push(format!("{name}: {other:?}")),
            }
            continue;
        };
        let answer = answer(exchange.status, &exchange.headers, exchange.body.clone());
        let method = exchange.method.as_str();
        if method == "HEAD" {
            assert!(answer.body.is_empty() && answer.is_success(), "{name}: only the head of a list");
            continue;
        }
        let Some(parsed) = parse::answer(method, &exchange.path, &answer) else {
            if !NOT_ASKED.contains(&name) {
                unread.push(format!("{name}: {method} {} is asked by nobody", exchange.path));
            }
            continue;
        };
        let is_as_expected = match (exchange.status, &parsed) {
            (200..=299, Ok(_))
            | (304, Err(Error::Incompatible { .. }))
            | (400 | 413, Err(Error::Invalid { .. }))
            | (404, Err(Error::NotFound { .. })) => true,
            (404, Err(Error::Incompatible { .. })) => {
                exchange.header("content-type").is_some_and(|kind| kind.contains("html"))
            }
            (429, Err(Error::Throttled { retry_after })) => retry_after.is_some(),
            (429, Err(Error::Conflict { code, .. })) => code == "store_cap",
            (500..=599, Err(Error::Unavailable { status, .. })) => *status == exchange.status,
            _ => false,
        };
        if !is_as_expected {
            unread.push(format!("{name}: {} {} {} became {parsed:?}", method, exchange.path, exchange.status));
        }
    }
    assert!(unread.is_empty(), "{} recordings are not read as what they are:\n{}", unread.len(), unread.join("\n"));
}

#[test]
fn a_refusal_keeps_each_fault_and_no_text_of_a_database() {
    let read = |name: &str| {
        let exchange = testkit::recording("store-platform", name).exchange().expect("an exchange");
        let answer = answer(exchange.status, &exchange.headers, exchange.body);
        parse::answer(&exchange.method, &exchange.path, &answer).expect("a question of ours").expect_err("a refusal")
    };
    let Error::Invalid { faults, .. } = read("body-empty-name.json") else { panic!("an empty name is refused") };
    assert_eq!(faults.len(), 2, "both things that are wrong with it");
    let down = read("pgdown-create.json");
    assert!(!down.to_string().contains("ECONNREFUSED"), "whose database it is, and where, is not told: {down}");
}

/// Every recorded exchange that has a body.
static EXCHANGES: LazyLock<Vec<Exchange>> = LazyLock::new(|| {
    let exchanges = recordings("store-platform").into_iter().filter_map(|recording| recording.exchange());
    exchanges.filter(|exchange| !exchange.body.is_empty()).collect()
});

proptest! {
    #[test]
    fn no_answer_makes_a_parser_panic(
        status in 100u16..600,
        body in prop::collection::vec(any::<u8>(), 0..400),
        is_json in any::<bool>(),
        path in prop::sample::select(vec!["/", "/health/live", "/api/stores", "/api/stores/x", "/api/stores/x/events"]),
        method in prop::sample::select(vec!["GET", "POST", "DELETE"]),
    ) {
        let kind = if is_json { "application/json" } else { "text/html" };
        let answer = answer(status, &[("content-type".to_owned(), kind.to_owned())], body);
        let _ = parse::answer(method, path, &answer);
    }

    #[test]
    fn no_damage_to_a_recording_makes_a_parser_panic(pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut exchange = pick.get(&EXCHANGES).clone();
        let at = at.index(exchange.body.len());
        exchange.body[at] = byte;
        let answer = answer(exchange.status, &exchange.headers, exchange.body);
        let _ = parse::answer(&exchange.method, &exchange.path, &answer);
    }
}
