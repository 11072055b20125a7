//! Nouns to keep, and a cache to keep them in.

use cache::{Cache, Opened};
use domain::{
    Connection, ConnectionId, ControlPlaneKind, CredentialState, Environment, Event, EventKind, EventSource, Failure,
    LogLine, LogStream, OnRestart, RetryPolicy, Run, RunStatus, RunSummary, Severity, Step, StepStatus, Timestamp,
};
use serde_json::Map;

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn local() -> ConnectionId {
    ConnectionId::new("local")
}

pub(crate) fn connection(id: &str) -> Connection {
    Connection {
        id: id.into(),
        name: format!("The {id} plane"),
        kind: ControlPlaneKind::Breakwater,
        base_url: "http://127.0.0.1:1".into(),
        environment: Environment::Local,
        read_only: false,
        built_in: false,
        credential: CredentialState::NotNeeded,
        created_at: at(1),
        recognised_by: Some("it says so".into()),
        poll_every_ms: Some(15_000),
    }
}

/// A cache in a new file, with the connection `local`.
pub(crate) async fn fresh() -> (tempfile::TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(&folder.path().join("cache.db")).await;
    assert_eq!(cache.origin(), &Opened::File, "a new file is a file like any other");
    cache.writer().add_connection(&connection("local")).await.unwrap();
    (folder, cache)
}

pub(crate) fn summary(id: &str, created_at: i64) -> RunSummary {
    RunSummary {
        last_seq: 1,
        ..RunSummary::new(id.into(), format!("Goal of {id}"), RunStatus::Running, at(created_at))
    }
}

pub(crate) fn step(name: &str, failure: Option<&str>) -> Step {
    Step {
        id: format!("stp_{name}").into(),
        name: name.into(),
        tool: "shell".into(),
        breaker: None,
        status: if failure.is_some() { StepStatus::Failed } else { StepStatus::Succeeded },
        severity: Severity::Critical,
        depends_on: vec![],
        on_restart: OnRestart::Fail,
        retry: RetryPolicy::default(),
        timeout_ms: None,
        inputs: Map::new(),
        output: None,
        queued_at: None,
        started_at: None,
        ended_at: None,
        waiting_for: None,
        waiting_until: None,
        failure: failure.map(|message| Failure {
            code: "exit_code".into(),
            message: message.into(),
            remedy: None,
            retryable: true,
        }),
        gate: None,
        attempts: vec![],
    }
}

pub(crate) fn run(summary: RunSummary, steps: Vec<Step>) -> Run {
    Run { summary, metadata: Map::new(), steps }
}

pub(crate) fn event(run: &str, seq: u64, reason: Option<&str>) -> Event {
    let mut data = Map::new();
    if let Some(reason) = reason {
        data.insert("reason".into(), reason.into());
    }
    Event {
        run_id: run.into(),
        seq,
        at: at(i64::try_from(seq).unwrap()),
        kind: EventKind::StepStarted,
        step_id: None,
        step: None,
        attempt: None,
        actor: None,
        correlation_id: None,
        data,
        source: EventSource::Told,
    }
}

pub(crate) fn line(seq: u64, step: &str, text: &str) -> LogLine {
    LogLine {
        seq,
        at: at(i64::try_from(seq).unwrap()),
        step_id: step.into(),
        attempt: 1,
        stream: LogStream::Stdout,
        text: text.into(),
    }
}
