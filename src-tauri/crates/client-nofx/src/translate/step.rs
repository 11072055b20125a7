//! Steps: rows of the serverless dialect, or what follows for them from a run that ended well.

use crate::translate::{
    attempt::{Newest, attempts},
    gate::{GateRow, command},
    row::Row,
    status::step_status,
};
use client_http::plain;
use domain::{Failure, GateState, Severity, Step, StepId, StepStatus, Timestamp, WaitingFor};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What a step waits for stands among its inputs.
const DEPENDENCIES: &str = "_dependsOn";

/// Names that are given once each. NOFX lets a plan use a name twice.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// The name of a row, made harmless and unlike every name before it.
    pub(crate) fn next(&mut self, row: Row<'_>) -> String {
        let name = plain(row.text("name").unwrap_or_default());
        let numbered = (2_u32..).map(|number| format!("{name} ({number})"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !self.0.contains(name));
        let name = free.unwrap_or_default();
        self.0.insert(name.clone());
        name
    }
}

/// What a step waits for, and its inputs without that.
pub(crate) fn inputs(row: Row<'_>) -> (Vec<String>, Map<String, Value>) {
    let Some(given) = row.row("inputs") else { return (Vec::new(), Map::new()) };
    let mut inputs = given.fields().clone();
    inputs.remove(DEPENDENCIES);
    (given.words(DEPENDENCIES), inputs)
}

/// A step as its row tells of it.
pub(crate) fn told(row: Row<'_>, names: &mut Names, timeline: &[Row<'_>], gates: &[GateRow]) -> Option<Step> {
    let (id, told_name) = (row.word("id")?, row.text("name").unwrap_or_default());
    let status = step_status(row.word("status").unwrap_or_default());
    let outputs = row.row("outputs").filter(|outputs| !outputs.fields().is_empty());
    let exit_code = outputs.and_then(|outputs| outputs.number("exitCode")).and_then(|code| i32::try_from(code).ok());
    let ended_at = row.moment("ended_at").or_else(|| row.moment("completed_at"));
    let failure = status.is_failure().then(|| failure(row, outputs, status, exit_code));
    let newest = Newest { status, started_at: row.moment("started_at"), ended_at, failure: failure.clone(), exit_code };
    let attempts = attempts(told_name, newest, timeline);
    let warned = outputs.and_then(|outputs| outputs.value("warning")) == Some(&Value::Bool(true));
    let mut step = plain_step(id, names.next(row), row);
    step.status = status;
    step.severity = if warned { Severity::Warning } else { Severity::Critical };
    step.output = outputs.filter(|_| status == StepStatus::Succeeded).map(|row| Value::Object(row.fields().clone()));
    step.queued_at = row.moment("created_at");
    step.started_at = attempts.first().map(|attempt| attempt.started_at);
    step.ended_at = ended_at.filter(|_| status.is_terminal());
    step.failure = failure;
    step.attempts = attempts;
    let asked_at = step.started_at.or(step.queued_at).unwrap_or(Timestamp::from_millis(0));
    step.gate = GateRow::of(gates, Some(id), &step.tool)
        .map(|gate| gate.gate.clone())
        .or_else(|| command(&step.tool, status, warned, asked_at, step.ended_at));
    let is_open = step.gate.as_ref().is_some_and(|gate| gate.state == GateState::Open);
    if is_open && !status.is_terminal() && !step.tool.starts_with("gate:") {
        step.waiting_for = Some(WaitingFor::Approval);
    }
    Some(step)
}

/// A step of the plan of a run that ended well. That every step did, too, is all that is known of it.
pub(crate) fn implied(run: &str, index: usize, row: Row<'_>, names: &mut Names, gates: &[GateRow]) -> Step {
    let mut step = plain_step(&format!("{run}:{index}"), names.next(row), row);
    step.status = StepStatus::Succeeded;
    step.gate = GateRow::of(gates, None, &step.tool).map(|gate| gate.gate.clone());
    step
}

fn plain_step(id: &str, name: String, row: Row<'_>) -> Step {
    let (depends_on, inputs) = inputs(row);
    Step {
        severity: Severity::Critical,
        depends_on,
        timeout_ms: row.row("inputs").and_then(|inputs| inputs.number("timeout")).and_then(|ms| u64::try_from(ms).ok()),
        inputs,
        ..Step::new(StepId::new(id), name, plain(row.text("tool").unwrap_or_default()))
    }
}

fn failure(row: Row<'_>, outputs: Option<Row<'_>>, status: StepStatus, exit_code: Option<i32>) -> Failure {
    let said = outputs.and_then(|outputs| outputs.word("error")).or_else(|| row.word("error")).map(plain);
    let (code, message) = match (status, exit_code, said) {
        (StepStatus::TimedOut, _, _) => ("timeout", "it was stopped at its time limit".to_owned()),
        (_, _, Some(said)) if said.starts_with("policy:") => ("policy_denied", said),
        (_, Some(exit_code), None) => ("exit_code", format!("the command ended with exit code {exit_code}")),
        (_, _, Some(said)) => ("failed", said),
        (_, _, None) => ("failed", "it ended badly; the control plane does not tell why".to_owned()),
    };
    Failure { code: code.to_owned(), message, remedy: None, retryable: code != "policy_denied" }
}
