//! The audit trail of a project as the timeline of a run.
//!
//! The plane writes down what happens at gates and what is said, but neither that a project was created nor that it
//! ended. The first is known from the project. The second is what the approval of the last gate means, so that entry is
//! told as the end of the run. Whatever has no word of ours is noted in the words of the plane.

use crate::{
    reply::{EventRow, Project},
    translate::gate::{GATES, number_of, person, step_id, step_name},
};
use client_http::plain;
use domain::{CorrelationId, Event, EventKind, EventSource, RunId};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The name of the event that the plane itself does not write.
const CREATED: &str = "created";

/// Every event of a project, oldest first.
pub(crate) fn events(project: &Project, rows: &[EventRow]) -> Vec<Event> {
    let mut names = BTreeSet::from([CREATED]);
    let mut events = vec![created(project)];
    events.extend(rows.iter().filter(|row| names.insert(&row.id)).map(|row| told(project, row)));
    events.sort_by_key(|event| event.at);
    events
}

fn created(project: &Project) -> Event {
    Event {
        run_id: RunId::new(project.id.as_str()),
        seq: 0,
        at: project.created_at,
        kind: EventKind::RunCreated,
        step_id: None,
        step: None,
        attempt: None,
        actor: project.owner.as_ref().map(|owner| plain(&owner.email)),
        correlation_id: None,
        data: Map::new(),
        source: EventSource::Named { name: CREATED.to_owned() },
    }
}

fn told(project: &Project, row: &EventRow) -> Event {
    let said = |name: &str| row.event_data.get(name).and_then(Value::as_str);
    let known = |name: &str| row.metadata.get(name).and_then(Value::as_str);
    let gate = said("gateType").and_then(number_of);
    let kind = kind(&row.event_type, said("gateType"));
    Event {
        kind,
        at: row.created_at,
        step_id: gate.map(|number| step_id(&project.id, number)),
        step: gate.map(step_name),
        actor: known("userId").map(|id| person(project.owner.as_ref(), id)),
        correlation_id: known("correlationId").and_then(CorrelationId::accept),
        data: data(kind, row),
        source: EventSource::Named { name: row.id.clone() },
        ..created(project)
    }
}

fn kind(event: &str, gate: Option<&str>) -> EventKind {
    match event {
        "GateApproved" if gate == Some(&format!("G{GATES}_PENDING")) => EventKind::RunSucceeded,
        "GateApproved" => EventKind::GateApproved,
        "GateRejected" => EventKind::GateRejected,
        "GateTransitionedToReview" | "GateReadyForReview" => EventKind::GateOpened,
        _ => EventKind::RunNoted,
    }
}

/// What the plane said, with the reason under the name that it has everywhere here.
fn data(kind: EventKind, row: &EventRow) -> Map<String, Value> {
    let mut data = match harmless(&row.event_data) {
        Value::Object(said) => said,
        Value::Null => Map::new(),
        other => Map::from_iter([("said".to_owned(), other)]),
    };
    if let Some(notes @ Value::String(_)) = data.remove("reviewNotes") {
        data.insert("reason".to_owned(), notes);
    }
    if matches!(kind, EventKind::RunNoted | EventKind::RunSucceeded) {
        data.insert("type".to_owned(), plain(&row.event_type).into());
    }
    data
}

/// The same value, with every text in it cut and without control characters.
fn harmless(value: &Value) -> Value {
    match value {
        Value::String(text) => plain(text).into(),
        Value::Array(items) => items.iter().map(harmless).collect(),
        Value::Object(entries) => entries.iter().map(|(name, value)| (plain(name), harmless(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}
