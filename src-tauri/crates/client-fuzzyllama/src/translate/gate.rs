//! The nine gates: rows are folded into one track, and each gate of it is a step that a person decides.
//!
//! The plane keeps two rows for each gate, `Gn_PENDING` and, once that is approved, `Gn_COMPLETE`. It lets rows repeat
//! and acts on the first of a type, so the first counts here as well.

use crate::reply::{GateRow, GateStatus, Person, Standing};
use client_http::plain;
use domain::{
    Failure, Gate, GateState, GateSubject, OnRestart, RetryPolicy, Severity, Step, StepId, StepStatus, Timestamp,
    WaitingFor,
};
use serde_json::{Map, Value, json};

/// What each gate is for, in the words of the plane's own journey.
const PHASES: [&str; 9] = [
    "Scope Approved",
    "PRD Approved",
    "Architecture Approved",
    "Design Approved",
    "Feature Acceptance",
    "Quality Sign-off",
    "Security Acceptance",
    "Go/No-Go",
    "Production Acceptance",
];

/// How many gates there are.
pub(crate) const GATES: u32 = 9;

/// The gate that a type such as `G3_PENDING` or a name such as `G3` is about.
pub(crate) fn number_of(text: &str) -> Option<u32> {
    let number = text.strip_prefix('G')?.trim_end_matches("_PENDING").trim_end_matches("_COMPLETE");
    number.parse().ok().filter(|number| (1..=GATES).contains(number))
}

/// The name of a gate as a step.
pub(crate) fn step_name(number: u32) -> String {
    format!("G{number}")
}

/// The id of a gate as a step. Rows may be deleted and made anew, so theirs would not last.
pub(crate) fn step_id(project: &str, number: u32) -> StepId {
    StepId::new(format!("{project}:G{number}"))
}

/// The row that is decided at a gate, and the one that marks it complete; the first of each type counts.
pub(crate) fn rows_of(rows: &[GateRow], number: u32) -> (Option<&GateRow>, Option<&GateRow>) {
    let first = |kind: String| rows.iter().find(|row| row.gate_type == kind);
    (first(format!("G{number}_PENDING")), first(format!("G{number}_COMPLETE")))
}

/// The gates of one project, with what is known of who works at them.
#[derive(Debug)]
pub(crate) struct Track<'a> {
    pub(crate) project: &'a str,
    pub(crate) owner: Option<&'a Person>,
    pub(crate) rows: &'a [GateRow],
    pub(crate) standing: &'a Standing,
}

impl Track<'_> {
    /// One step for each gate, in order, whether it has been reached or not.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let current = self.current();
        (1..=GATES).zip(PHASES).map(|(number, phase)| self.step(number, phase, current == Some(number))).collect()
    }

    /// Whether the last gate is complete. `PROJECT_COMPLETE` is never reached over HTTP, so nothing waits for it.
    pub(crate) fn is_complete(&self) -> bool {
        rows_of(self.rows, GATES).1.is_some_and(|row| row.status == GateStatus::Approved)
    }

    /// The gate that is the project's turn. Its name may be any text; the first undecided gate stands in for nonsense.
    fn current(&self) -> Option<u32> {
        let named = self.standing.current_gate.as_deref().and_then(number_of);
        named.or_else(|| {
            (1..=GATES).find(|number| self.row(*number).is_some_and(|row| row.status != GateStatus::Approved))
        })
    }

    fn row(&self, number: u32) -> Option<&GateRow> {
        let (decided, complete) = rows_of(self.rows, number);
        decided.or(complete)
    }

    fn step(&self, number: u32, phase: &str, is_current: bool) -> Step {
        let row = self.row(number);
        let is_worked_at = is_current && self.standing.is_agent_working;
        let status = match row.map(|row| row.status) {
            Some(GateStatus::Approved) => StepStatus::Succeeded,
            // Until the agents are done, nobody is asked for a verdict.
            Some(GateStatus::Pending | GateStatus::Rejected) | None if is_worked_at => StepStatus::Running,
            Some(GateStatus::Pending | GateStatus::InReview) if is_current => StepStatus::Waiting,
            Some(GateStatus::Rejected | GateStatus::Blocked) => StepStatus::Failed,
            Some(GateStatus::Pending | GateStatus::InReview) | None => StepStatus::Queued,
        };
        let is_waiting = status == StepStatus::Waiting;
        Step {
            id: step_id(self.project, number),
            name: step_name(number),
            tool: format!("manual:G{number}"),
            breaker: None,
            status,
            severity: Severity::Critical,
            depends_on: (number > 1).then(|| step_name(number - 1)).into_iter().collect(),
            on_restart: OnRestart::Fail,
            retry: RetryPolicy::default(),
            timeout_ms: None,
            inputs: inputs(phase, row),
            output: None,
            queued_at: row.map(|row| row.created_at),
            started_at: row.filter(|_| status != StepStatus::Queued).map(|row| row.created_at),
            ended_at: row.filter(|_| status.is_terminal()).map(decided_at),
            waiting_for: is_waiting.then_some(WaitingFor::Approval),
            waiting_until: None,
            failure: row.and_then(failure).filter(|_| status.is_failure()),
            gate: row.and_then(|row| self.gate(row, phase, is_waiting)),
            attempts: Vec::new(),
        }
    }

    fn gate(&self, row: &GateRow, phase: &str, is_waiting: bool) -> Option<Gate> {
        let (state, reason) = match row.status {
            GateStatus::Approved => (GateState::Approved, row.review_notes.as_deref()),
            GateStatus::Rejected => (GateState::Rejected, row.blocking_reason.as_deref()),
            GateStatus::Pending | GateStatus::InReview if is_waiting => (GateState::Open, None),
            GateStatus::Pending | GateStatus::InReview | GateStatus::Blocked => return None,
        };
        let by = row.approved_by_id.as_deref().filter(|_| state == GateState::Approved);
        Some(Gate {
            subject: GateSubject::Person,
            state,
            question: row.description.as_deref().map_or_else(|| phase.to_owned(), plain),
            asked_at: row.created_at,
            expires_at: None,
            decided_by: by.map(|id| person(self.owner, id)),
            decided_at: (state != GateState::Open).then(|| decided_at(row)),
            reason: reason.map(plain),
        })
    }
}

/// The e-mail address of a person where it is known, or else the id.
pub(crate) fn person(owner: Option<&Person>, id: &str) -> String {
    owner.filter(|owner| owner.id == id).map_or_else(|| plain(id), |owner| plain(&owner.email))
}

fn decided_at(row: &GateRow) -> Timestamp {
    row.approved_at.unwrap_or(row.updated_at)
}

fn inputs(phase: &str, row: Option<&GateRow>) -> Map<String, Value> {
    let mut inputs = Map::new();
    inputs.insert("phase".to_owned(), phase.into());
    if let Some(row) = row {
        inputs.insert("requires_proof".to_owned(), row.requires_proof.into());
        let criteria = row.passing_criteria.iter().map(|text| ("passing_criteria".to_owned(), json!(plain(text))));
        inputs.extend(criteria);
    }
    inputs
}

fn failure(row: &GateRow) -> Option<Failure> {
    let said = row.blocking_reason.as_deref().map(plain);
    let (code, message, remedy) = match row.status {
        GateStatus::Rejected => {
            ("rejected", "the gate was rejected", "Set the agents of the gate to work again, then approve it.")
        }
        GateStatus::Blocked => (
            "blocked",
            "the plane gave up on this gate after too many attempts to mend it",
            "FuzzyLlama cannot unblock a gate: delete it there and create it anew.",
        ),
        GateStatus::Pending | GateStatus::InReview | GateStatus::Approved => return None,
    };
    let message = said.unwrap_or_else(|| message.to_owned());
    Some(Failure { code: code.to_owned(), message, remedy: Some(remedy.to_owned()), retryable: false })
}
