//! The timeline of the serverless dialect.
//!
//! NOFX names its events and leaves them unnumbered. Most tell no step: its name or its id is taken from what they carry,
//! else from there being only one step at work.

use crate::translate::row::Row;
use client_http::plain;
use domain::{Event, EventKind, EventSource, RunId, StepId, Timestamp};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The events of a run in the order of time. `names` joins the ids of its steps to their names.
pub(crate) fn events(run: &RunId, timeline: &[Row<'_>], names: &[(&str, &str)]) -> Vec<Event> {
    let mut reading = Reading::default();
    let mut events: Vec<Event> = Vec::new();
    let mut seen = BTreeSet::new();
    // What carries no time happened no earlier than what stands before it.
    let mut last = timeline.iter().find_map(|row| row.moment("created_at")).unwrap_or(Timestamp::from_millis(0));
    let mut rows: Vec<_> = Vec::new();
    for &row in timeline {
        last = row.moment("created_at").unwrap_or(last);
        rows.push((last, row));
    }
    // Stable: what happened within one millisecond stays in the order of the plane.
    rows.sort_by_key(|(at, _)| *at);
    for (at, row) in rows {
        let word = row.word("type").unwrap_or("unknown");
        let name = row.word("id").map_or_else(|| format!("{word} {at}"), ToOwned::to_owned);
        if !seen.insert(name.clone()) {
            continue;
        }
        let payload = row.row("payload");
        let kind = reading.kind(word);
        let (step_id, step) = reading.step(row, payload, word, names);
        events.push(Event {
            run_id: run.clone(),
            seq: 0,
            at,
            kind,
            step_id: step_id.map(StepId::new),
            step,
            attempt: None,
            actor: payload.and_then(|payload| payload.word("approvedBy")).map(plain),
            correlation_id: None,
            data: data(word, kind, payload),
            source: EventSource::Named { name },
        });
    }
    events
}

/// What has been read so far, as far as the meaning of the next event depends on it.
#[derive(Debug, Default)]
struct Reading {
    ended: bool,
    at_work: BTreeSet<String>,
}

impl Reading {
    fn kind(&mut self, word: &str) -> EventKind {
        let kind = match word {
            "run.resumed" if self.ended => EventKind::RunReopened,
            word => kind(word),
        };
        self.ended = match kind {
            EventKind::RunReopened => false,
            kind => self.ended || kind.ends_run(),
        };
        kind
    }

    fn step<'a>(
        &mut self,
        row: Row<'a>,
        payload: Option<Row<'a>>,
        word: &str,
        names: &[(&'a str, &'a str)],
    ) -> (Option<&'a str>, Option<String>) {
        if word.starts_with("run.") && word != "run.resumed" {
            return (None, None);
        }
        let id = row.word("step_id").or_else(|| payload.and_then(|payload| payload.word("stepId")));
        let told = payload.and_then(|payload| payload.word("name"));
        let by_id = |id: &str| names.iter().find(|(known, _)| *known == id).map(|(_, name)| *name);
        let only = (self.at_work.len() == 1).then(|| self.at_work.first().cloned()).flatten();
        let alone = only.filter(|_| matches!(word, "step.finished" | "step.failed" | "step.timeout"));
        let name = told.or_else(|| id.and_then(by_id)).map(ToOwned::to_owned).or(alone);
        if let Some(name) = &name {
            match word {
                "step.started" => self.at_work.insert(name.clone()),
                "step.succeeded" | "step.failed" | "step.timeout" => self.at_work.remove(name),
                _ => false,
            };
        }
        let by_name = |name: &String| {
            let mut found = names.iter().filter(|(_, known)| known == name).map(|(id, _)| *id);
            found.next().filter(|_| found.next().is_none())
        };
        (id.or_else(|| name.as_ref().and_then(by_name)), name.map(|name| plain(&name)))
    }
}

fn kind(word: &str) -> EventKind {
    match word {
        "run.resumed" => EventKind::RunResumed,
        "step.enqueued" => EventKind::StepQueued,
        "step.timeout" => EventKind::StepTimedOut,
        "step.retry" => EventKind::StepRetried,
        "gate.created" => EventKind::GateOpened,
        "gate.approved" | "gate.waived" => EventKind::GateApproved,
        "run.created" | "run.succeeded" | "run.failed" | "run.cancelled" | "step.started" | "step.waiting"
        | "step.succeeded" | "step.failed" | "step.cancelled" => word.parse().unwrap_or(EventKind::RunNoted),
        // Costs, policies, outputs and whatever a later version adds.
        _ => EventKind::RunNoted,
    }
}

/// What the event carries, without the plan and the outputs, which the run itself tells better.
fn data(word: &str, kind: EventKind, payload: Option<Row<'_>>) -> Map<String, Value> {
    let carried = payload.map(|payload| payload.fields().clone()).unwrap_or_default();
    let kept = carried.into_iter().filter(|(key, _)| !matches!(key.as_str(), "plan" | "outputs" | "content"));
    let mut data: Map<_, _> = kept.map(|(key, value)| (plain(&key), harmless(value))).collect();
    if kind == EventKind::RunNoted || word == "gate.waived" {
        data.insert("type".to_owned(), plain(word).into());
    }
    data
}

/// Texts of others, cut and without control characters, at any depth.
fn harmless(value: Value) -> Value {
    match value {
        Value::String(text) => plain(&text).into(),
        Value::Array(items) => items.into_iter().map(harmless).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (plain(&key), harmless(value))).collect(),
        other => other,
    }
}
