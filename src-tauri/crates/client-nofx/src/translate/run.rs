//! Runs, from a list, from an answer about one of them, and from the answer to a new one.

use crate::{
    surface::Dialect,
    translate::{
        gate::{GateRow, is_held},
        row::Row,
        status::run_status,
        step::{Names, implied, told},
    },
};
use client_http::plain;
use domain::{
    GateState, GateSubject, Run, RunId, RunStatus, RunSummary, Severity, Step, StepCounts, StepStatus, Timestamp,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// An answer about one run. The serverless dialect tells of its steps, too.
#[derive(Debug, Clone)]
pub(crate) struct Told<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) id: &'a str,
    row: Row<'a>,
    steps: Vec<Row<'a>>,
}

impl<'a> Told<'a> {
    pub(crate) fn of(answer: &'a Value) -> Option<Self> {
        let whole = Row::of(answer)?;
        let (dialect, row, steps) = match whole.row("run") {
            Some(row) => (Dialect::Serverless, row, whole.rows("steps")),
            None => (Dialect::Express, whole, Vec::new()),
        };
        row.word("status")?;
        Some(Self { dialect, id: row.word("id")?, row, steps })
    }

    /// The steps of its plan.
    pub(crate) fn planned(&self) -> Vec<Row<'a>> {
        self.row.row("plan").map(|plan| plan.rows("steps")).unwrap_or_default()
    }

    /// Whether any of its steps asks a person.
    pub(crate) fn asks(&self) -> bool {
        self.planned().iter().chain(&self.steps).any(|step| step.text("tool").is_some_and(is_held))
    }

    /// Id and tool of the step that has this name or this id. Express tells no ids.
    pub(crate) fn named(&self, step: &str) -> Option<(Option<&'a str>, &'a str)> {
        let rows = if self.steps.is_empty() { self.planned() } else { self.steps.clone() };
        let mut names = Names::default();
        let found = rows.into_iter().find(|row| names.next(*row) == step || row.word("id") == Some(step));
        found.map(|row| (row.word("id"), row.text("tool").unwrap_or_default()))
    }

    /// Whether no other step has the name of this one, so that what is told under the name is about it.
    fn is_alone(&self, row: Row<'_>) -> bool {
        self.steps.iter().filter(|other| other.text("name") == row.text("name")).count() == 1
    }

    /// The names of steps by id.
    pub(crate) fn names(&self) -> Vec<(&'a str, &'a str)> {
        self.steps.iter().filter_map(|row| Some((row.word("id")?, row.text("name")?))).collect()
    }
}

/// The run of an answer, with what its timeline and its gates add.
pub(crate) fn run(answer: &Told<'_>, timeline: &[Row<'_>], gates: &[GateRow]) -> Option<Run> {
    let mut summary = summary(answer.row)?;
    let mut names = Names::default();
    let mut metadata = metadata(answer.row);
    let steps: Vec<_> = match answer.dialect {
        Dialect::Serverless => {
            let told = |&row: &Row<'_>| {
                let timeline = if answer.is_alone(row) { timeline } else { &[] };
                told(row, &mut names, timeline, gates)
            };
            answer.steps.iter().filter_map(told).collect()
        }
        Dialect::Express if summary.status == RunStatus::Succeeded => {
            let planned = answer.planned().into_iter().enumerate();
            planned.map(|(index, row)| implied(answer.id, index, row, &mut names, gates)).collect()
        }
        Dialect::Express => {
            metadata.extend(answer.row.value("plan").map(|plan| ("plan".to_owned(), plan.clone())));
            Vec::new()
        }
    };
    complete(&mut summary, &steps);
    Some(Run { summary, metadata, steps })
}

/// What the answer to a new run tells, should it not be readable itself. Express tells but an id.
pub(crate) fn started(answer: &Value, sent: &Value, at: Option<Timestamp>) -> Option<(String, Option<Run>)> {
    let row = Row::of(answer)?;
    let id = row.word("id")?.to_owned();
    let mut summary = summary(row)?;
    let Some(at) = row.moment("created_at").or(at) else { return Some((id, None)) };
    summary.created_at = at;
    summary.changed_at = summary.changed_at.max(at);
    if let (true, Some(plan)) = (summary.goal.is_empty(), Row::of(sent).and_then(|sent| sent.row("plan"))) {
        summary.goal = plain(plan.text("goal").unwrap_or_default());
    }
    Some((id, Some(Run { summary, metadata: metadata(row), steps: Vec::new() })))
}

/// A list, newest first, and the dialect that lists so. A row without an id cannot be asked about and is left out.
pub(crate) fn list(answer: &Value) -> Option<(Vec<RunSummary>, Dialect)> {
    let whole = Row::of(answer)?;
    let rows = whole.value("runs").filter(|runs| runs.is_array()).map(Row::each)?;
    let dialect = if whole.row("pagination").is_some() { Dialect::Express } else { Dialect::Serverless };
    let mut seen = BTreeSet::new();
    let mut runs: Vec<_> = rows.into_iter().filter_map(summary).filter(|run| seen.insert(run.id.clone())).collect();
    runs.sort_by(|one, next| next.created_at.cmp(&one.created_at).then_with(|| one.id.cmp(&next.id)));
    Some((runs, dialect))
}

fn summary(row: Row<'_>) -> Option<RunSummary> {
    let plan = row.row("plan");
    let goal = row.text("title").or_else(|| plan.and_then(|plan| plan.text("goal"))).unwrap_or_default();
    let ended_at = row.moment("ended_at").or_else(|| row.moment("completed_at"));
    let changes = [row.moment("created_at"), row.moment("updated_at"), ended_at].into_iter().flatten();
    let changed_at = changes.clone().max();
    // No answer was ever seen without the time of its making; if one is, the beginning of time says so plainly.
    let created_at = row.moment("created_at").or(changed_at).unwrap_or(Timestamp::from_millis(0));
    let status = run_status(row.word("status").unwrap_or_default());
    let creator = plan.and_then(|plan| plan.row("metadata")).and_then(|metadata| metadata.word("created_by"));
    let known = RunSummary::new(RunId::new(row.word("id")?), plain(goal), status, created_at);
    Some(RunSummary {
        requested_by: creator.map(plain),
        started_at: row.moment("started_at"),
        ended_at: ended_at.filter(|_| status.is_terminal()),
        changed_at: changed_at.unwrap_or(created_at),
        ..known
    })
}

fn metadata(row: Row<'_>) -> Map<String, Value> {
    let of_plan = row.row("plan").and_then(|plan| plan.row("metadata"));
    let mut metadata = Map::new();
    for facts in [of_plan, row.row("metadata")].into_iter().flatten() {
        metadata.extend(facts.fields().clone());
    }
    metadata.extend(row.word("project_id").map(|project| ("project_id".to_owned(), project.into())));
    metadata
}

/// What follows for a run from its steps.
fn complete(summary: &mut RunSummary, steps: &[Step]) {
    let count =
        |is: &dyn Fn(&Step) -> bool| u32::try_from(steps.iter().filter(|step| is(step)).count()).unwrap_or(u32::MAX);
    let status = |wanted: StepStatus| count(&|step| step.status == wanted);
    summary.step_counts = StepCounts {
        total: count(&|_| true),
        queued: status(StepStatus::Queued),
        running: status(StepStatus::Running),
        waiting: status(StepStatus::Waiting),
        succeeded: status(StepStatus::Succeeded),
        failed: count(&|step| step.status.is_failure()),
        not_run: status(StepStatus::Cancelled) + status(StepStatus::Skipped),
    };
    let bad = steps.iter().find(|step| step.status.is_failure());
    let open = || steps.iter().find(|step| matches!(step.status, StepStatus::Running | StepStatus::Waiting));
    if summary.status != RunStatus::Succeeded {
        summary.current_step = bad.or_else(open).map(|step| step.name.clone());
    }
    if summary.status == RunStatus::Failed {
        summary.failure = bad.and_then(|step| step.failure.clone());
    }
    summary.warnings = count(&|step| step.severity == Severity::Warning);
    summary.open_gates = count(&|step| {
        let gate = step.gate.as_ref();
        gate.is_some_and(|gate| gate.subject == GateSubject::Person && gate.state == GateState::Open)
    });
    summary.most_attempts =
        steps.iter().map(|step| step.attempts.len()).max().map_or(0, |most| u32::try_from(most).unwrap_or(u32::MAX));
    // The run's own column stays empty for ever.
    summary.started_at = summary.started_at.or_else(|| steps.iter().filter_map(|step| step.started_at).min());
    let attempts = steps.iter().flat_map(|step| &step.attempts);
    let spent = attempts.filter_map(|attempt| Some(attempt.ended_at?.since(attempt.started_at)));
    summary.time_spent.running_ms =
        spent.map(|spent| u64::try_from(spent.as_millis()).unwrap_or(u64::MAX)).fold(0, u64::saturating_add);
    let latest = steps.iter().flat_map(|step| [step.started_at, step.ended_at]).flatten().max();
    summary.changed_at = latest.map_or(summary.changed_at, |latest| latest.max(summary.changed_at));
}
