//! What a project tells of itself besides its gates, and what its percentage was counted from.

use crate::{
    reply::{GateRow, GateStatus, Project, Standing},
    translate::gate::{GATES, number_of, rows_of, step_name},
};
use client_http::plain;
use domain::GateRows;
use serde_json::Value;

/// The project of a run whose gates have these rows.
pub(crate) fn project(project: &Project, rows: &[GateRow], standing: &Standing) -> domain::Project {
    let state = project.state.as_ref();
    let named = standing.current_gate.as_deref().or_else(|| state.and_then(|state| state.current_gate.as_deref()));
    domain::Project {
        kind: project.kind.as_deref().map(plain),
        owner: project.owner.as_ref().map(|owner| plain(&owner.email)),
        phase: state.and_then(|state| state.current_phase.as_deref()).map(plain),
        // A marker of completion is nobody's turn.
        current_gate: named.filter(|named| named.ends_with("_PENDING")).and_then(number_of).map(step_name),
        working_agent: standing.working_agent.as_ref().and_then(Value::as_str).map(plain),
        message: standing.status_message.as_deref().map(plain),
        percent: state.and_then(|state| state.percent_complete.as_ref()).and_then(Value::as_i64),
        counted: Some(counted(rows)),
    }
}

/// The plane counts ten percent for every approved row, whether it was decided, merely closes a gate, or is there twice.
fn counted(rows: &[GateRow]) -> GateRows {
    let is_approved = |row: Option<&GateRow>| row.is_some_and(|row| row.status == GateStatus::Approved);
    let tracks: Vec<_> = (1..=GATES).map(|number| rows_of(rows, number)).collect();
    let approved = count(tracks.iter().filter(|(decided, _)| is_approved(*decided)).count());
    let markers = count(tracks.iter().filter(|(_, closing)| is_approved(*closing)).count());
    let all = count(rows.iter().filter(|row| row.status == GateStatus::Approved).count());
    GateRows { approved, markers, duplicates: all.saturating_sub(approved).saturating_sub(markers) }
}

fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::project;
    use crate::reply::{GateRow, Project, Standing};
    use domain::GateRows;
    use serde_json::json;

    #[test]
    fn a_percentage_is_explained_by_the_rows_that_it_was_counted_from() {
        let at = "2026-11-20T10:00:00.000Z";
        let row = |kind: &str, status: &str| -> GateRow {
            let row = json!({ "id": kind, "gateType": kind, "status": status, "createdAt": at, "updatedAt": at });
            serde_json::from_value(row).expect("a row")
        };
        let rows = [
            row("G1_PENDING", "APPROVED"),
            row("G1_COMPLETE", "APPROVED"),
            row("G2_PENDING", "IN_REVIEW"),
            row("G1_PENDING", "APPROVED"),
            row("G1_COMPLETE", "APPROVED"),
            row("G1_PENDING", "PENDING"),
        ];
        let state = json!({ "currentGate": "G2_PENDING", "percentComplete": 40, "updatedAt": at });
        let mut row = json!({ "id": "p", "name": "n", "createdAt": at, "updatedAt": at, "state": state });
        let told = |row: &serde_json::Value| {
            let row: Project = serde_json::from_value(row.clone()).expect("a project");
            project(&row, &rows, &Standing::default())
        };
        let counted = GateRows { approved: 1, markers: 1, duplicates: 2 };
        assert_eq!((told(&row).percent, told(&row).counted), (Some(40), Some(counted)), "four rows are forty percent");
        assert_eq!(told(&row).current_gate.as_deref(), Some("G2"), "and one waits");
        row["state"]["currentGate"] = "G9_COMPLETE".into();
        row["state"]["percentComplete"] = json!(1.5);
        assert_eq!((told(&row).current_gate, told(&row).percent), (None, None), "what has no meaning is not told");
    }
}
