//! The stand-in answers in the shapes that were recorded, so that it cannot drift from the real server.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::stand_in::FuzzyLlama;
use testkit::{Asked, recording};

pub(crate) fn ask(plane: &FuzzyLlama, token: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let said = plane.say(&Asked {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: vec![("authorization".to_owned(), format!("Bearer {token}"))],
        body: body.to_string().into_bytes(),
        peer: ([127, 0, 0, 1], 1).into(),
    });
    (said.status, serde_json::from_slice(&said.body).unwrap_or(Value::Null))
}

/// Where two values differ in their keys, or in being a list, an object or neither; null stands for anything.
fn differences(at: &str, ours: &Value, theirs: &Value, found: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let keys: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
            for key in keys {
                match (ours.get(key), theirs.get(key)) {
                    (Some(ours), Some(theirs)) => differences(&format!("{at}.{key}"), ours, theirs, found),
                    (ours, _) => {
                        found.push(format!("{at}.{key} is {}", if ours.is_some() { "ours" } else { "theirs" }));
                    }
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            if let (Some(ours), Some(theirs)) = (ours.first(), theirs.first()) {
                differences(&format!("{at}[]"), ours, theirs, found);
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        (ours, theirs) if std::mem::discriminant(ours) == std::mem::discriminant(theirs) => {}
        _ => found.push(format!("{at} is of another kind")),
    }
}

pub(crate) fn agrees(name: &str, said: (u16, Value)) {
    agrees_but(name, said, |_| {});
}

/// As [`agrees`], after both answers were changed in the same way.
pub(crate) fn agrees_but(name: &str, (status, mut ours): (u16, Value), change: impl Fn(&mut Value)) {
    let recorded = recording("fuzzyllama", name);
    let exchange = recorded.exchange().expect("an exchange");
    let mut theirs = serde_json::from_slice(&exchange.body).unwrap_or(Value::Null);
    change(&mut theirs);
    change(&mut ours);
    assert_eq!(status, exchange.status, "{name}: the same status");
    assert_eq!(ours.is_null(), theirs.is_null() || theirs == "", "{name}: as empty as theirs: {ours}");
    let mut found = Vec::new();
    differences("", &ours, &theirs, &mut found);
    assert!(found.is_empty(), "{name}: the same shape: {found:?}");
}

#[test]
fn the_stand_in_answers_as_the_real_plane_did() {
    let plane = FuzzyLlama::new();
    let token = plane.access_token();
    let ask = |method: &str, path: &str, body: Value| ask(&plane, &token, method, path, &body);
    let login = json!({ "email": "ops@example.com", "password": "Passw0rd1" });
    agrees("login.ok.json", ask("POST", "/api/auth/login", login));
    let wrong = json!({ "email": "ops@example.com", "password": "Wrongpass1" });
    agrees("login.bad.json", ask("POST", "/api/auth/login", wrong));
    agrees("login.invalid.json", ask("POST", "/api/auth/login", json!({ "password": "x" })));
    agrees("refresh.ok.json", ask("POST", "/api/auth/refresh", json!({ "refreshToken": plane.refresh_token() })));
    agrees("refresh.garbage.json", ask("POST", "/api/auth/refresh", json!({ "refreshToken": "x" })));
    let spent = plane.refresh_token();
    plane.restart();
    agrees("refresh.afterRestart.json", ask("POST", "/api/auth/refresh", json!({ "refreshToken": spent })));
    agrees("me.ok.json", ask("GET", "/api/auth/me", Value::Null));
    agrees("health.json", ask("GET", "/api/health", Value::Null));
    agrees("probe404_api_ready.json", ask("GET", "/api/ready", Value::Null));
    agrees("projects.create.invalid.json", ask("POST", "/api/projects", json!({ "description": "x" })));
    let made = ask("POST", "/api/projects", json!({ "description": "A console, carry it through" }));
    let id = made.1["id"].as_str().expect("an id").to_owned();
    agrees("projects.create.ok.json", made);
    agrees("projects.list.json", ask("GET", "/api/projects", Value::Null));
    agrees("projects.get.404.json", ask("GET", "/api/projects/nope", Value::Null));
    agrees("projects.get.json", ask("GET", &format!("/api/projects/{id}"), Value::Null));
    agrees("gates.list.empty.json", ask("GET", &format!("/api/gates?projectId={id}"), Value::Null));
    agrees("gates.list.noproj.json", ask("GET", "/api/gates", Value::Null));
    agrees("gates.current.null.json", ask("GET", &format!("/api/gates/current/{id}"), Value::Null));
    agrees("projects.status.json", ask("GET", &format!("/api/projects/{id}/status"), Value::Null));
    let rows = ask("GET", &format!("/api/gates?projectId={id}"), Value::Null);
    let gate = rows.1[0]["id"].as_str().expect("an id").to_owned();
    agrees("gates.list.json", rows);
    // Only once the agents are done can anything be decided.
    ask("GET", &format!("/api/projects/{id}/status"), Value::Null);
    let path = format!("/api/gates/{gate}/approve");
    agrees("gates.approve.nobody.json", ask("POST", &path, json!({})));
    agrees("gates.reject.json", ask("POST", &path, json!({ "approved": false, "rejectionReason": "scope unclear" })));
    agrees_but("projects.events.json", ask("GET", &format!("/api/projects/{id}/events"), Value::Null), |events| {
        events.as_array_mut().expect("a list").retain(|event| event["eventType"] == "GateRejected");
    });
    agrees("gates.approve.ok.json", ask("POST", &path, json!({ "approved": true, "reviewNotes": "fine" })));
    agrees("gates.approve.again.json", ask("POST", &path, json!({ "approved": true })));
    agrees_but(
        "projects.events.filter.json",
        ask("GET", &format!("/api/projects/{id}/events"), Value::Null),
        |events| {
            events.as_array_mut().expect("a list").retain(|event| event["eventType"] == "GateApproved");
        },
    );
    plane.expire();
    agrees("me.expired.json", ask("GET", "/api/auth/me", Value::Null));
}

#[test]
fn the_stand_in_throttles_as_brokenly_as_the_real_plane() {
    let plane = FuzzyLlama::new();
    plane.limit(0);
    let (status, ours) = ask(&plane, "", "GET", "/api/health", &Value::Null);
    let theirs = recording("fuzzyllama", "throttle.429.json").json().expect("JSON");
    assert_eq!(status, 429, "the status is right");
    let mut found = Vec::new();
    differences("", &ours, &theirs["first429"]["body"], &mut found);
    assert!(found.is_empty(), "the text is spread letter by letter: {found:?}");
}
