//! A project as a run, from all that is known of it or from its row in a list.

use crate::{
    reply::{GateRow, Project, Standing},
    translate::{
        gate::{GATES, Track, number_of, step_name},
        project::project,
    },
};
use client_http::plain;
use domain::{Run, RunId, RunStatus, RunSummary, Step, StepCounts, StepStatus, Timestamp, WaitingFor};
use serde_json::{Map, Value};

/// A project with its gates and what its agents are doing.
pub(crate) fn run(project: &Project, rows: &[GateRow], standing: &Standing) -> Run {
    let track = Track { project: &project.id, owner: project.owner.as_ref(), rows, standing };
    let steps = track.steps();
    let status = status(&track, &steps);
    let explains = explaining(&steps);
    let ended = match status {
        RunStatus::Succeeded => steps.last().and_then(|step| step.ended_at),
        RunStatus::Failed => explains.and_then(|step| step.ended_at),
        _ => None,
    };
    let summary = RunSummary {
        status,
        started_at: steps.iter().filter_map(|step| step.started_at).min(),
        ended_at: ended,
        changed_at: rows.iter().map(|row| row.updated_at).fold(changed(project), Timestamp::max),
        step_counts: counts(&steps),
        current_step: explains.map(|step| step.name.clone()),
        failure: explains.filter(|_| status == RunStatus::Failed).and_then(|step| step.failure.clone()),
        open_gates: count(&steps, |step| step.waiting_for == Some(WaitingFor::Approval)),
        ..summary(project)
    };
    Run { summary, metadata: metadata(project, rows, standing), steps }
}

fn status(track: &Track<'_>, steps: &[Step]) -> RunStatus {
    let any = |status: StepStatus| steps.iter().any(|step| step.status == status);
    let is_blocked = steps.iter().any(|step| step.failure.as_ref().is_some_and(|failure| failure.code == "blocked"));
    match () {
        () if track.is_complete() => RunStatus::Succeeded,
        () if is_blocked => RunStatus::Failed,
        () if track.standing.is_agent_working => RunStatus::Running,
        // After a rejection nothing goes on by itself.
        () if any(StepStatus::Failed) => RunStatus::Failed,
        () if track.rows.is_empty() => RunStatus::Queued,
        () => RunStatus::Waiting,
    }
}

/// The step that explains the status: the first bad one, or else the one that is worked at or waited for.
fn explaining(steps: &[Step]) -> Option<&Step> {
    let bad = steps.iter().find(|step| step.status.is_failure());
    bad.or_else(|| steps.iter().find(|step| matches!(step.status, StepStatus::Running | StepStatus::Waiting)))
}

fn count(steps: &[Step], of: impl Fn(&Step) -> bool) -> u32 {
    u32::try_from(steps.iter().filter(|step| of(step)).count()).unwrap_or(u32::MAX)
}

fn counts(steps: &[Step]) -> StepCounts {
    let of = |status: StepStatus| count(steps, |step| step.status == status);
    StepCounts {
        total: count(steps, |_| true),
        queued: of(StepStatus::Queued),
        running: of(StepStatus::Running),
        waiting: of(StepStatus::Waiting),
        succeeded: of(StepStatus::Succeeded),
        failed: of(StepStatus::Failed),
        not_run: 0,
    }
}

/// What the row of a project tells by itself. It knows the gate whose turn it is, but not how that gate stands.
pub(crate) fn summary(project: &Project) -> RunSummary {
    let state = project.state.as_ref();
    let named = state.and_then(|state| state.current_gate.as_deref());
    let current = named.and_then(number_of);
    let is_complete = matches!(named, Some("G9_COMPLETE" | "PROJECT_COMPLETE"));
    let is_new = current.is_none_or(|number| number == 1)
        && state.and_then(|state| state.current_phase.as_deref()).is_none_or(|phase| phase == "pre_startup");
    let status = match () {
        () if is_complete => RunStatus::Succeeded,
        () if is_new => RunStatus::Queued,
        () => RunStatus::Waiting,
    };
    let passed = if is_complete { GATES } else { current.map_or(0, |number| number - 1) };
    let id = RunId::new(project.id.as_str());
    RunSummary {
        requested_by: project.owner.as_ref().map(|owner| plain(&owner.email)),
        ended_at: state.filter(|_| is_complete).map(|state| state.updated_at),
        changed_at: changed(project),
        step_counts: StepCounts { total: GATES, queued: GATES - passed, succeeded: passed, ..StepCounts::default() },
        current_step: current.filter(|_| status == RunStatus::Waiting).map(step_name),
        ..RunSummary::new(id, plain(&project.name), status, project.created_at)
    }
}

/// A verdict moves the state of a project without touching the project itself.
fn changed(project: &Project) -> Timestamp {
    project.state.as_ref().map_or(project.updated_at, |state| state.updated_at.max(project.updated_at))
}

/// What it tells of its project, and facts beside that.
fn metadata(row: &Project, rows: &[GateRow], standing: &Standing) -> Map<String, Value> {
    let texts = [("repository", row.repository.as_deref()), ("user_action", standing.user_action.as_deref())];
    let texts = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), plain(text?).into())));
    let counts = row.counts.iter().flatten().filter(|(name, count)| *name != "gates" && count.is_u64());
    let mut metadata: Map<_, _> = texts.chain(counts.map(|(name, count)| (plain(name), count.clone()))).collect();
    project(row, rows, standing).tell(&mut metadata);
    metadata
}

#[cfg(test)]
mod tests {
    use super::{run, summary};
    use crate::reply::{GateRow, Project, Standing};
    use domain::{Run, RunStatus, StepStatus};
    use serde_json::{Value, json};

    fn project(gate: &str, phase: &str) -> Project {
        let at = "2026-11-20T10:00:00.000Z";
        let state = json!({ "currentPhase": phase, "currentGate": gate, "updatedAt": "2026-11-20T10:00:05.000Z" });
        serde_json::from_value(json!({ "id": "p", "name": "n", "createdAt": at, "updatedAt": at, "state": state }))
            .expect("a project")
    }

    /// A run of these rows, each a type with a status, while this gate is current.
    fn seen(gate: &str, is_working: bool, rows: &[(&str, &str)]) -> Run {
        let row = |(at, (kind, status)): (usize, &(&str, &str))| -> GateRow {
            let time = format!("2026-11-20T10:00:{at:02}.000Z");
            let row = json!({
                "id": format!("g{at}"), "gateType": kind, "status": status, "createdAt": time, "updatedAt": time,
                "blockingReason": "why not",
            });
            serde_json::from_value(row).expect("a row")
        };
        let rows: Vec<GateRow> = rows.iter().enumerate().map(row).collect();
        let standing: Value = json!({ "currentGate": gate, "isAgentWorking": is_working });
        run(&project(gate, "intake"), &rows, &serde_json::from_value::<Standing>(standing).expect("a standing"))
    }

    #[test]
    fn gates_decide_where_a_run_stands() {
        use RunStatus::{Failed, Queued, Running, Succeeded, Waiting};
        let passed = [("G1_PENDING", "APPROVED"), ("G1_COMPLETE", "APPROVED")];
        let then = |kind, status| [passed.as_slice(), &[(kind, status)]].concat();
        for (what, gate, is_working, rows, status, step) in [
            ("nothing has begun", "G1_PENDING", false, vec![], Queued, None),
            ("an agent begins", "G1_PENDING", true, vec![], Running, Some("G1")),
            ("a person is asked", "G2_PENDING", false, then("G2_PENDING", "IN_REVIEW"), Waiting, Some("G2")),
            ("an agent works on", "G2_PENDING", true, then("G2_PENDING", "PENDING"), Running, Some("G2")),
            ("a person said no", "G2_PENDING", false, then("G2_PENDING", "REJECTED"), Failed, Some("G2")),
            ("an agent mends it", "G2_PENDING", true, then("G2_PENDING", "REJECTED"), Running, Some("G2")),
            ("the plane gave up", "G2_PENDING", true, then("G2_PENDING", "BLOCKED"), Failed, Some("G2")),
            ("the name is nonsense", "WHATEVER", false, then("G2_PENDING", "PENDING"), Waiting, Some("G2")),
            ("a word is no end", "PROJECT_COMPLETE", false, then("G2_PENDING", "PENDING"), Waiting, Some("G2")),
            ("a marker is no end", "G1_PENDING", false, vec![("G9_COMPLETE", "PENDING")], Waiting, None),
            ("the last one is an end", "G9_COMPLETE", false, then("G9_COMPLETE", "APPROVED"), Succeeded, None),
        ] {
            let run = seen(gate, is_working, &rows);
            assert_eq!((run.summary.status, run.summary.current_step.as_deref()), (status, step), "{what}");
            assert_eq!(run.summary.failure.is_some(), status == Failed, "{what}: a failure is explained");
            let is_asked = status == Waiting && step.is_some();
            assert_eq!(run.summary.open_gates, u32::from(is_asked), "{what}: open gates are counted");
        }
    }

    #[test]
    fn the_first_row_of_a_gate_counts_and_a_gate_out_of_turn_is_not_open() {
        let rows = [("G1_PENDING", "APPROVED"), ("G1_PENDING", "PENDING"), ("G5_PENDING", "IN_REVIEW")];
        let run = seen("G2_PENDING", false, &rows);
        assert_eq!(run.steps[0].status, StepStatus::Succeeded, "a second row changes nothing, as on the plane");
        assert_eq!((run.steps[4].status, &run.steps[4].gate), (StepStatus::Queued, &None), "it is not its turn");
        assert_eq!(run.summary.changed_at.to_string(), "2026-11-20T10:00:05.000Z", "the newest change counts");
    }

    #[test]
    fn a_row_of_a_list_tells_what_it_can() {
        for (gate, phase, status, succeeded) in [
            ("G1_PENDING", "pre_startup", RunStatus::Queued, 0),
            ("G1_PENDING", "intake", RunStatus::Waiting, 0),
            ("G3_PENDING", "pre_startup", RunStatus::Waiting, 2),
            ("G9_COMPLETE", "pre_startup", RunStatus::Succeeded, 9),
            ("WHATEVER", "planning", RunStatus::Waiting, 0),
        ] {
            let row = summary(&project(gate, phase));
            assert_eq!((row.status, row.step_counts.succeeded), (status, succeeded), "{gate} in {phase}");
            assert_eq!(row.ended_at.is_some(), status == RunStatus::Succeeded, "{gate}: only an end has a time");
        }
    }
}
