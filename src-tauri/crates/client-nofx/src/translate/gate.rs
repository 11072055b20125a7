//! Gates: rows of their own beside the steps, told by a part of NOFX that not every server answers for.

use crate::translate::{row::Row, status::gate_state};
use client_http::plain;
use domain::{Gate, GateState, GateSubject, StepStatus, Timestamp};
use serde_json::Value;

/// A gate as its row tells of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GateRow {
    pub(crate) id: String,
    pub(crate) step_id: Option<String>,
    pub(crate) tool: String,
    pub(crate) gate: Gate,
}

/// Whether a step with this tool asks a person.
pub(crate) fn is_held(tool: &str) -> bool {
    tool.starts_with("manual:") || matches!(tool, "git_pr" | "db_write")
}

/// The gates of a run, oldest first; none if this is no list of gates.
pub(crate) fn gates(answer: &Value) -> Option<Vec<GateRow>> {
    answer.is_array().then(|| Row::each(answer).into_iter().filter_map(gate).collect())
}

fn gate(row: Row<'_>) -> Option<GateRow> {
    let tool = row.word("gate_type")?;
    let word = row.word("status").unwrap_or_default();
    let gate = Gate {
        subject: GateSubject::Person,
        state: gate_state(word),
        question: plain(tool.strip_prefix("manual:").unwrap_or(tool)),
        asked_at: row.moment("created_at").unwrap_or(Timestamp::from_millis(0)),
        expires_at: None,
        decided_by: row.word("approved_by").map(plain),
        decided_at: row.moment("approved_at"),
        reason: (word == "waived").then(|| "waived".to_owned()),
    };
    let step_id = row.word("step_id").map(ToOwned::to_owned);
    Some(GateRow { id: row.word("id")?.to_owned(), step_id, tool: tool.to_owned(), gate })
}

impl GateRow {
    /// The gate that a step has: the one that is undecided, else the newest.
    pub(crate) fn of<'a>(gates: &'a [Self], step_id: Option<&str>, tool: &str) -> Option<&'a Self> {
        // Where a dialect tells no ids of steps, the tool is all that joins a gate to its step.
        let own = |gate: &&Self| match (step_id, gate.step_id.as_deref()) {
            (Some(step_id), Some(of)) => step_id == of,
            _ => gate.tool == tool,
        };
        let open = gates.iter().filter(own).find(|gate| gate.gate.state == GateState::Open);
        open.or_else(|| gates.iter().rfind(|gate| own(gate)))
    }
}

/// The verdict of a command, which is nothing but how its step stands.
pub(crate) fn command(
    tool: &str,
    status: StepStatus,
    warned: bool,
    from: Timestamp,
    to: Option<Timestamp>,
) -> Option<Gate> {
    let question = plain(tool.strip_prefix("gate:")?);
    let state = match status {
        StepStatus::Succeeded if !warned => GateState::Approved,
        status if status.is_terminal() => GateState::Rejected,
        _ => GateState::Open,
    };
    let subject = GateSubject::Command;
    Some(Gate {
        subject,
        state,
        question,
        asked_at: from,
        expires_at: None,
        decided_by: None,
        decided_at: to,
        reason: None,
    })
}
