//! Recordings as the client reads them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use client_fuzzyllama::parse::{Parsed, SocketNews, TokenKind, answer, claims, news};
use control_plane::Error;
use domain::RunStatus;
use serde_json::{Value, json};
use testkit::{Exchange, recording};

/// Long lists were cut, with a word about it as the last item.
fn uncut(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.retain(|item| !item.as_str().is_some_and(|text| text.starts_with('…')));
            items.iter_mut().for_each(uncut);
        }
        Value::Object(entries) => entries.values_mut().for_each(uncut),
        _ => {}
    }
}

pub(crate) fn body(exchange: &Exchange) -> Vec<u8> {
    match serde_json::from_slice::<Value>(&exchange.body) {
        // An empty answer was written down as an empty text.
        Ok(Value::String(text)) if text.is_empty() => Vec::new(),
        Ok(mut value) => {
            uncut(&mut value);
            value.to_string().into_bytes()
        }
        Err(_) => exchange.body.clone(),
    }
}

fn project() -> Value {
    let exchange = recording("fuzzyllama", "projects.get.json").exchange().expect("an exchange");
    serde_json::from_slice(&exchange.body).expect("JSON")
}

pub(crate) fn read(exchange: &Exchange) -> Parsed {
    let (path, body) = (exchange.path.as_str(), body(exchange));
    answer(&exchange.method, path, exchange.status, &exchange.headers, &body, &project())
        .unwrap_or_else(|error| panic!("{} {path} is read: {error:?}", exchange.method))
}

pub(crate) fn parsed(name: &str) -> Parsed {
    read(&recording("fuzzyllama", name).exchange().expect("an exchange"))
}

pub(crate) fn refusal(name: &str) -> Error {
    match parsed(name) {
        Parsed::Refused(error) => error,
        other => panic!("{name} is a refusal: {other:?}"),
    }
}

/// Events of the socket, in either of the two forms in which they were recorded.
pub(crate) fn heard(content: &Value) -> Option<Vec<SocketNews>> {
    let mut content = content.clone();
    uncut(&mut content);
    let one = |item: &Value| {
        let (event, arguments) = match item {
            Value::Array(pair) => (pair.first()?.as_str()?, pair.get(1).cloned().unwrap_or_else(|| json!([]))),
            item => (item.get("event")?.as_str()?, item.get("args")?.clone()),
        };
        // A second socket was marked as such.
        let event = event.replace("<s2 ", "<");
        Some(news(&event, &arguments.as_array().cloned().unwrap_or_else(|| vec![arguments])))
    };
    content.as_array()?.iter().map(one).collect()
}

pub(crate) fn throttled() -> Option<Error> {
    let whole = recording("fuzzyllama", "throttle.429.json").json()?;
    let first = whole.get("first429")?;
    let headers = [("retry-after".to_owned(), first.pointer("/headers/retry-after")?.as_str()?.to_owned())];
    let said = first.get("body")?.to_string();
    match answer("GET", whole.get("path")?.as_str()?, 429, &headers, said.as_bytes(), &Value::Null) {
        Ok(Parsed::Refused(error)) => Some(error),
        _ => None,
    }
}

pub(crate) fn token_kinds(content: &Value) -> Option<[TokenKind; 2]> {
    let kind = |name: &str| {
        let middle = URL_SAFE_NO_PAD.encode(content.get(name)?.to_string());
        claims(&format!("e30.{middle}.c2ln")).map(|claims| claims.kind)
    };
    Some([kind("access")?, kind("refresh")?])
}

/// A recording whose list was put in another order, or grew.
pub(crate) fn rearranged(name: &str, change: impl FnOnce(&mut Vec<Value>)) -> Parsed {
    let mut exchange = recording("fuzzyllama", name).exchange().expect("an exchange");
    let mut list: Vec<Value> = serde_json::from_slice(&body(&exchange)).expect("a list");
    change(&mut list);
    exchange.body = Value::from(list).to_string().into_bytes();
    read(&exchange)
}

/// How a list tells of a project after each step of a walk through its gates: its status, and how many are behind it.
pub(crate) fn walked(walk: &Value) -> Option<Vec<(RunStatus, u32)>> {
    let step = |step: &Value| {
        let (gate, phase) = (step.get("currentGate")?.as_str()?, step.get("phase")?.as_str()?);
        let mut row = project();
        row["state"]["currentGate"] = gate.into();
        row["state"]["currentPhase"] = phase.into();
        match rearranged("projects.list.json", |list| *list = vec![row]) {
            Parsed::Runs(page) => page.items.first().map(|run| (run.status, run.step_counts.succeeded)),
            _ => None,
        }
    };
    walk.as_array()?.iter().map(step).collect()
}
