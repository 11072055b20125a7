//! A project as a run, from all that is known of it or from its row in a list.

use crate::{
    reply::{GateRow, Project, Standing},
    translate::gate::{GATES, Track, number_of, step_name},
};
use client_http::plain;
use domain::{
    Run, RunId, RunStatus, RunSummary, Step, StepCounts, StepStatus, TimeSpent, Timestamp, Usage, WaitingFor,
};
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
    Run { summary, metadata: metadata(project, standing), steps }
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
    RunSummary {
        id: RunId::new(project.id.as_str()),
        goal: plain(&project.name),
        status,
        template: None,
        requested_by: project.owner.as_ref().map(|owner| plain(&owner.email)),
        created_at: project.created_at,
        started_at: None,
        ended_at: state.filter(|_| is_complete).map(|state| state.updated_at),
        changed_at: changed(project),
        last_seq: 0,
        last_log_seq: 0,
        generation: 1,
        correlation_id: None,
        step_counts: StepCounts { total: GATES, queued: GATES - passed, succeeded: passed, ..StepCounts::default() },
        current_step: current.filter(|_| status == RunStatus::Waiting).map(step_name),
        failure: None,
        warnings: 0,
        open_gates: 0,
        most_attempts: 0,
        time_spent: TimeSpent::default(),
        usage: Usage::default(),
    }
}

/// A verdict moves the state of a project without touching the project itself.
fn changed(project: &Project) -> Timestamp {
    project.state.as_ref().map_or(project.updated_at, |state| state.updated_at.max(project.updated_at))
}

fn metadata(project: &Project, standing: &Standing) -> Map<String, Value> {
    let phase = project.state.as_ref().and_then(|state| state.current_phase.as_deref());
    let agent = standing.working_agent.as_ref().and_then(Value::as_str);
    let texts = [
        ("type", project.kind.as_deref()),
        ("phase", phase),
        ("repository", project.repository.as_deref()),
        ("status_message", standing.status_message.as_deref()),
        ("user_action", standing.user_action.as_deref()),
        ("working_agent", agent),
    ];
    let texts = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), plain(text?).into())));
    let counts = project.counts.iter().flatten().filter(|(name, count)| *name != "gates" && count.is_u64());
    texts.chain(counts.map(|(name, count)| (plain(name), count.clone()))).collect()
}
