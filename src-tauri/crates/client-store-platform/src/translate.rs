//! Stores into runs: the work of provisioning one is a run of three steps, and its events are the run's.

use crate::wire::{EventRow, StoreRow};
use control_plane::Error;
use domain::{
    Attempt, CorrelationId, Event, EventKind, EventSource, Failure, Run, RunId, RunStatus, RunSummary, Step,
    StepCounts, StepId, StepStatus, Store, StoreStatus, Timestamp,
};
use serde_json::{Map, Value};

/// The steps of provisioning: name, tool, and the event that ends each well.
const STEPS: [(&str, &str, &str); 3] = [
    ("namespace", "kubernetes", "namespace_created"),
    ("helm install", "helm", "helm_installed"),
    ("ready check", "kubernetes", "store_ready"),
];

/// What a list tells of a store's run. Its steps are told by events alone.
pub(crate) fn summary(row: &StoreRow) -> Result<RunSummary, Error> {
    let status = match row.status.as_str() {
        "provisioning" => RunStatus::Running,
        "ready" => RunStatus::Succeeded,
        "failed" => RunStatus::Failed,
        // Asked to go; whether its provisioning had ended well is told by its events.
        "deleting" => RunStatus::Cancelled,
        other => return Err(client_http::incompatible(format!("a store that is {:?}", client_http::plain(other)))),
    };
    let goal = format!("Provision the {} store {}", row.engine, row.name);
    Ok(RunSummary {
        requested_by: row.user_id.clone(),
        changed_at: row.updated_at.max(row.created_at),
        correlation_id: row.correlation_id.as_deref().and_then(CorrelationId::accept),
        ..RunSummary::new(RunId::new(&row.id), goal, status, row.created_at)
    })
}

/// A store and its events, oldest first, as a run.
pub(crate) fn run(row: &StoreRow, events: &[EventRow]) -> Result<Run, Error> {
    let mut summary = summary(row)?;
    let at = |kind: &str| events.iter().rfind(|event| event.event_type == kind).map(|event| event.created_at);
    let ready = at("store_ready");
    let failed = at("provisioning_failed");
    let started = at("namespace_created");
    summary.status = match summary.status {
        RunStatus::Running if started.is_none() => RunStatus::Queued,
        // How provisioning had ended stays true; what goes on now, or fails now, is the store's removal.
        RunStatus::Cancelled | RunStatus::Failed if ready > failed => RunStatus::Succeeded,
        RunStatus::Cancelled if failed.is_some() => RunStatus::Failed,
        status => status,
    };
    summary.started_at = started;
    summary.ended_at = match summary.status {
        RunStatus::Succeeded => ready.or(Some(row.updated_at)),
        RunStatus::Failed => failed.or(Some(row.updated_at)),
        RunStatus::Cancelled => at("deleting").or(Some(row.updated_at)),
        _ => None,
    };
    let newest = events.iter().map(|event| event.created_at).max();
    summary.changed_at = newest.map_or(summary.changed_at, |newest| newest.max(summary.changed_at));
    summary.failure = (summary.status == RunStatus::Failed).then(|| failure(row));
    let steps = steps(&summary, events);
    summary.step_counts = counts(&steps);
    summary.current_step = steps
        .iter()
        .find(|step| step.status != StepStatus::Succeeded && step.status != StepStatus::Skipped)
        .map(|step| step.name.clone());
    summary.most_attempts = u32::from(started.is_some());
    if let (Some(from), Some(to)) = (summary.started_at, summary.ended_at) {
        summary.time_spent.running_ms = u64::try_from(to.since(from).as_millis()).unwrap_or(u64::MAX);
    }
    Ok(Run { metadata: metadata(row, events), summary, steps })
}

fn metadata(row: &StoreRow, events: &[EventRow]) -> Map<String, Value> {
    let status = match row.status.as_str() {
        "ready" => StoreStatus::Ready,
        "failed" => StoreStatus::Failed,
        "deleting" => StoreStatus::Deleting,
        _ => StoreStatus::Provisioning,
    };
    let at = |kind: &str| events.iter().rfind(|event| event.event_type == kind).map(|event| event.created_at);
    let asked_to_go = at("deleting");
    let store = Store {
        name: row.name.clone(),
        engine: row.engine.clone(),
        status,
        namespace: row.namespace.clone(),
        urls: row.urls.clone(),
        owner: row.user_id.clone(),
        created_at: row.created_at,
        // A request to go changes the row without a new time.
        since: match status {
            StoreStatus::Provisioning => row.created_at,
            StoreStatus::Deleting => asked_to_go.unwrap_or(row.updated_at),
            _ => row.updated_at,
        },
        deletion_lost_at: asked_to_go.filter(|_| status == StoreStatus::Ready),
    };
    let mut metadata = Map::new();
    store.tell(&mut metadata);
    metadata
}

/// The platform keeps whole command lines and cluster texts as the message; only its beginning is for a person.
fn failure(row: &StoreRow) -> Failure {
    let said = row.error_message.as_deref().unwrap_or("the platform does not say why");
    let first = said.split([':', '\n']).next().unwrap_or_default();
    let (code, remedy) = match first {
        "Helm installation failed" => ("helm_failed", "Read what Helm and the pods of the namespace say."),
        "Delete failed" => ("delete_failed", "Delete the store once more."),
        "HTTP request failed" => ("cluster_refused", "Look whether the platform reaches its cluster."),
        _ => ("provisioning_failed", "Read the log of the platform's orchestrator."),
    };
    Failure {
        code: code.to_owned(),
        message: client_http::plain(first),
        remedy: Some(format!("{remedy} The platform tries nothing again: delete the store and create it anew.")),
        retryable: false,
    }
}

fn steps(summary: &RunSummary, events: &[EventRow]) -> Vec<Step> {
    let ended_at = |kind: &str| events.iter().find(|event| event.event_type == kind).map(|event| event.created_at);
    let mut before = summary.started_at.or(Some(summary.created_at)).filter(|_| summary.status != RunStatus::Queued);
    let mut is_broken = false;
    STEPS
        .iter()
        .enumerate()
        .map(|(number, &(name, tool, ends))| {
            // A ready store whose early events are gone has been through all of it.
            let ended = ended_at(ends).or(summary.ended_at.filter(|_| summary.status == RunStatus::Succeeded));
            let status = match (ended, summary.status) {
                (Some(_), _) => StepStatus::Succeeded,
                (None, _) if is_broken => StepStatus::Skipped,
                (None, RunStatus::Failed) => StepStatus::Failed,
                (None, RunStatus::Cancelled) => StepStatus::Cancelled,
                (None, _) if before.is_some() => StepStatus::Running,
                (None, _) => StepStatus::Queued,
            };
            is_broken |= matches!(status, StepStatus::Failed | StepStatus::Cancelled);
            let started_at = before.filter(|_| !matches!(status, StepStatus::Queued | StepStatus::Skipped));
            before = ended;
            let depends_on = number.checked_sub(1).and_then(|last| STEPS.get(last)).map(|step| step.0.to_owned());
            let failure = summary.failure.clone().filter(|_| status == StepStatus::Failed);
            let ended_at = if status.is_terminal() { ended.or(summary.ended_at) } else { None };
            step(name, tool, status, depends_on, started_at, ended_at, failure)
        })
        .collect()
}

fn step(
    name: &str,
    tool: &str,
    status: StepStatus,
    depends_on: Option<String>,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    failure: Option<Failure>,
) -> Step {
    let attempt = |started_at| Attempt {
        number: 1,
        status,
        started_at,
        ended_at,
        failure: failure.clone(),
        breaker: None,
        breaker_state: None,
        breaker_verdict: None,
        exit_code: None,
        usage: None,
    };
    Step {
        status,
        depends_on: depends_on.into_iter().collect(),
        started_at,
        ended_at,
        attempts: started_at.map(attempt).into_iter().collect(),
        failure,
        ..Step::new(StepId::new(name), name.to_owned(), tool.to_owned())
    }
}

fn counts(steps: &[Step]) -> StepCounts {
    let of =
        |is: fn(StepStatus) -> bool| u32::try_from(steps.iter().filter(|step| is(step.status)).count()).unwrap_or(0);
    StepCounts {
        total: of(|_| true),
        queued: of(|status| status == StepStatus::Queued),
        running: of(|status| status == StepStatus::Running),
        waiting: of(|status| status == StepStatus::Waiting),
        succeeded: of(|status| status == StepStatus::Succeeded),
        failed: of(StepStatus::is_failure),
        not_run: of(|status| matches!(status, StepStatus::Cancelled | StepStatus::Skipped)),
    }
}

/// What the platform tells of a store, as events of its run, oldest first.
pub(crate) fn events(run: &RunId, rows: &[EventRow]) -> Vec<Event> {
    rows.iter().map(|row| event(run, row)).collect()
}

fn event(run: &RunId, row: &EventRow) -> Event {
    let (kind, step) = match row.event_type.as_str() {
        "created" => (EventKind::RunCreated, None),
        "namespace_created" => (EventKind::StepSucceeded, Some("namespace")),
        "helm_installed" => (EventKind::StepSucceeded, Some("helm install")),
        "store_ready" => (EventKind::RunSucceeded, None),
        "provisioning_failed" => (EventKind::RunFailed, None),
        // The store goes, which is no verdict on its provisioning; and a kind that a later version adds.
        _ => (EventKind::RunNoted, None),
    };
    let mut data = Map::new();
    data.insert("type".to_owned(), row.event_type.clone().into());
    if let Some(message) = &row.message {
        // Helm's whole command line follows the first line's colon.
        let told = if kind == EventKind::RunFailed { message.lines().next().unwrap_or_default() } else { message };
        data.insert("message".to_owned(), client_http::plain(told).into());
    }
    Event {
        run_id: run.clone(),
        seq: 0,
        at: row.created_at,
        kind,
        step_id: step.map(StepId::new),
        step: step.map(ToOwned::to_owned),
        attempt: None,
        actor: None,
        correlation_id: row.correlation_id.as_deref().and_then(CorrelationId::accept),
        data,
        source: EventSource::Named { name: row.id.to_string() },
    }
}
