//! Answers that tell something, and what exactly.

use crate::{sample, stored};
use client_nofx::{
    Dialect,
    parse::{Parsed, history},
};
use domain::{
    EventKind::{self, RunCreated, RunNoted, RunSucceeded, StepQueued, StepStarted, StepSucceeded},
    EventSource, GateState, RunStatus, StepStatus,
};
use serde_json::json;
use std::collections::BTreeSet;
use testkit::recording;

#[test]
fn lists_tell_their_dialect() {
    let Parsed::Runs(runs, dialect) = sample("db-list.json") else { panic!("a list") };
    assert_eq!(dialect, Dialect::Express, "a list with `pagination` is of the Express server");
    assert!(runs.is_sorted_by(|one, next| one.created_at >= next.created_at), "newest first");
    assert!(
        runs.iter().any(|run| run.goal == "policy db" && run.status == RunStatus::Failed),
        "title and status are read"
    );
    assert!(runs.iter().any(|run| run.status == RunStatus::Queued), "queued stays queued");
    let Parsed::Runs(runs, dialect) = sample("fn-runs-list.json") else { panic!("a list") };
    assert_eq!((runs.len(), dialect), (3, Dialect::Serverless), "a list without it is of the serverless functions");
    assert_eq!(runs[0].created_at.to_string(), "2026-11-20T10:33:45.468Z", "the time is read");
    assert!(runs.iter().all(|run| run.last_seq == 0), "no event is numbered");
    let Parsed::Runs(runs, _) = sample("fs-runs-list-empty.json") else { panic!("a list") };
    assert!(runs.is_empty(), "no runs is a list, too");
    for (name, expected) in [("fs-get-health.json", Dialect::Express), ("fn-health.json", Dialect::Serverless)] {
        let Parsed::Health(dialect, _) = sample(name) else { panic!("a health page") };
        assert_eq!(dialect, expected, "{name} tells its dialect");
    }
    let Parsed::Health(_, ready) = sample("fn-health.json") else { panic!("a health page") };
    assert!(ready.is_err(), "a page that is `healthy` with a database in error is not ready");
}

#[test]
fn a_run_of_the_serverless_dialect_tells_its_steps() {
    let Parsed::Run(run) = sample("fn-runs-get.json") else { panic!("a run") };
    assert_eq!((run.summary.goal.as_str(), run.summary.status), ("fn run", RunStatus::Succeeded), "the run itself");
    assert_eq!(run.summary.step_counts.succeeded, 2, "its steps are counted");
    assert_eq!(
        run.summary.started_at, run.steps[0].started_at,
        "it started with its first step, whatever its row says"
    );
    let (first, second) = (&run.steps[0], &run.steps[1]);
    assert_eq!(
        (first.name.as_str(), first.tool.as_str(), first.status),
        ("s1", "bash", StepStatus::Succeeded),
        "a step"
    );
    assert_eq!(first.attempts.len(), 1, "its attempt follows from its row");
    assert_eq!(first.attempts[0].exit_code, Some(0), "with the exit code");
    assert_eq!(first.output.as_ref().map(|output| output["stdout"].clone()), Some(json!("hi")), "and what came of it");
    assert_eq!(second.depends_on, ["s1"], "what a step waits for is taken out of its inputs");
    assert!(!second.inputs.contains_key("_dependsOn"), "and left out there");
    assert_eq!(run.metadata.get("project_id"), Some(&json!("default")), "the project is a fact of the run");
}

#[test]
fn a_run_of_the_express_dialect_tells_only_how_it_ended() {
    let Parsed::Run(run) = sample("db-get-echo.json") else { panic!("a run") };
    assert_eq!(run.summary.status, RunStatus::Succeeded, "it ended well");
    assert!(
        !run.steps.is_empty() && run.steps.iter().all(|step| step.status == StepStatus::Succeeded),
        "so did its steps"
    );
    assert!(run.steps.iter().all(|step| step.attempts.is_empty() && step.started_at.is_none()), "no more is made up");
    for (name, status) in [("db-get-fail.json", RunStatus::Failed), ("db-get-bashfail.json", RunStatus::Queued)] {
        let Parsed::Run(run) = sample(name) else { panic!("a run") };
        assert_eq!((run.summary.status, run.steps.len()), (status, 0), "{name}: nothing is known of its steps");
        assert!(run.metadata["plan"]["steps"].is_array(), "{name}: but its plan is kept");
        assert_eq!(run.summary.ended_at.is_some(), status.is_terminal(), "{name}: an open run has no end");
    }
}

#[test]
fn a_timeline_is_told_under_names() {
    let Parsed::Events(events) = sample("fn-runs-timeline.json") else { panic!("a timeline") };
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    let each = [StepStarted, RunNoted, StepSucceeded];
    let expected: Vec<_> =
        [RunCreated, StepQueued, StepQueued].into_iter().chain(each).chain(each).chain([RunSucceeded]).collect();
    assert_eq!(kinds, expected, "each word has its meaning, and what happened in one millisecond keeps its order");
    let first = EventSource::Named { name: "4972e4f6-db32-4595-813b-ab9275419562".to_owned() };
    assert_eq!(events[0].source, first, "the id of the plane is the name");
    assert_eq!(events[4].data["type"], "step.finished", "what has no word here is kept in theirs");
    assert_eq!(events[4].step.as_deref(), Some("s1"), "the only step at work is the one that is meant");
    assert!(!events[0].data.contains_key("plan"), "the plan is told by the run");
    let Parsed::Events(events) = sample("fn-runs-timeline-unknown.json") else { panic!("a timeline") };
    assert!(events.is_empty(), "a run that never was has an empty timeline there");

    let stream = recording("nofx", "fn-run-stream-timeout.sse").content;
    let stream = String::from_utf8(stream).expect("a stream is text");
    let told = stream.lines().filter_map(|line| line.strip_prefix("data: "));
    let first = told.into_iter().next().expect("a stream begins with all that happened");
    let (_, streamed) = history(br#"{"run":{"id":"x","status":"queued"}}"#, first.as_bytes(), b"null");
    assert!(matches!(streamed, Parsed::Events(events) if events.len() >= 5), "a stream tells in the same rows");
}

#[test]
fn what_a_plane_had_on_its_disk_is_understood() {
    let (Parsed::Run(run), Parsed::Events(events)) = stored("fs-store-fail-demo.json") else { panic!("a run") };
    assert_eq!(run.summary.current_step.as_deref(), Some("f"), "the step that failed explains the run");
    let failure = run.summary.failure.expect("a failed run says why");
    assert_eq!(failure.code, "failed", "no more than that is told");
    assert!(events.iter().all(|event| event.step.is_some() == event.step_id.is_some()), "ids and names go together");
    assert_eq!(events.last().map(|event| event.kind), Some(EventKind::RunFailed), "the last event ends the run");

    let (Parsed::Run(run), _) = stored("fs-store-policy-deny.json") else { panic!("a run") };
    let failure = run.steps[0].failure.clone().expect("a failed step says why");
    assert_eq!(
        (failure.code.as_str(), failure.retryable),
        ("policy_denied", false),
        "a policy does not change by itself"
    );
    assert!(run.steps[0].attempts.is_empty(), "it was never started");

    let (Parsed::Run(run), _) = stored("fs-store-bash-failing.json") else { panic!("a run") };
    let failure = run.steps[0].failure.as_ref().map(|failure| failure.code.as_str());
    assert_eq!(failure, Some("exit_code"), "a command says how it ended");

    let (Parsed::Run(run), Parsed::Events(events)) = stored("fs-store-manual-gate.json") else { panic!("a run") };
    assert_eq!(run.steps[0].gate.as_ref().map(|gate| gate.state), Some(GateState::Open), "nobody decided");
    assert_eq!(run.steps[0].gate.as_ref().map(|gate| gate.question.as_str()), Some("deploy"), "what is asked");
    assert_eq!(
        (run.summary.open_gates, run.summary.status),
        (1, RunStatus::Succeeded),
        "and the run did not wait for it"
    );
    assert!(events.iter().any(|event| event.kind == EventKind::GateOpened), "the timeline tells of the gate");

    let (Parsed::Run(run), _) = stored("fs-store-multi.json") else { panic!("a run") };
    let names: BTreeSet<_> = run.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["dup", "dup (2)", "one", "two"]), "a name that is used twice is told apart");
}

#[test]
fn the_starts_of_one_step_are_not_taken_for_those_of_another() {
    let at = |second: u8| format!("2026-11-20T10:00:0{second}Z");
    let step =
        |id: &str, second: u8| json!({ "id": id, "name": "dup", "status": "succeeded", "started_at": at(second) });
    let start = |second: u8| json!({ "type": "step.started", "created_at": at(second), "payload": { "name": "dup" } });
    let run = json!({ "run": { "id": "r", "status": "succeeded" }, "steps": [step("one", 1), step("two", 2)] });
    let timeline = json!([start(1), start(2)]);
    let (Parsed::Run(run), _) = history(run.to_string().as_bytes(), timeline.to_string().as_bytes(), b"null") else {
        panic!("a run")
    };
    let attempts: Vec<_> = run.steps.iter().map(|step| step.attempts.len()).collect();
    assert_eq!(attempts, [1, 1], "two steps of one name were each tried once");
}

#[test]
fn what_was_started_is_named() {
    let Parsed::Started(id, run) = sample("db-create-echo.json") else { panic!("a new run") };
    let run = run.expect("the head of the answer tells when");
    assert_eq!((run.summary.id.as_str(), run.summary.status), (id.as_str(), RunStatus::Queued), "an id and a status");
    let Parsed::Started(_, run) = sample("fn-runs-create.json") else { panic!("a new run") };
    assert_eq!(run.expect("a whole row").summary.goal, "fn run", "the other dialect tells the whole row");
}

#[test]
fn plans_are_previewed_in_both_shapes() {
    for name in ["fs-runs-preview-ok.json", "fn-runs-preview.json"] {
        let Parsed::Preview(preview) = sample(name) else { panic!("a preview") };
        assert!(preview.valid && preview.faults.is_empty(), "{name} is accepted");
        let plan = preview.plan.expect("a plan comes with it");
        assert_eq!(plan.steps[0].tool, "codegen", "{name}: its steps are read");
        assert_eq!(preview.layers.concat().len(), plan.steps.len(), "{name}: each step is in one layer");
    }
}

#[test]
fn the_catalogue_is_read() {
    let Parsed::DeadLetters(letters) = sample("reord-dlq.json") else { panic!("dead letters") };
    assert_eq!(letters.len(), 2, "a step that died twice is one letter");
    assert_eq!(letters[0].step, "f", "its name is taken from the key of its second death");
    assert_eq!(letters[0].at.to_string().get(..10), Some("2026-11-20"), "no later than the answer");
    let Parsed::Templates(templates) = sample("fs-builder-list.json") else { panic!("templates") };
    assert!(templates.iter().any(|template| template.title == "Meeting Prep Companion"), "templates have titles");
    let Parsed::Gates(gates) = sample("reord-gates-list2.json") else { panic!("gates") };
    assert!(gates.iter().all(|gate| gate.state == GateState::Approved), "passed and waived are both a yes");
    assert_eq!(gates[1].reason.as_deref(), Some("waived"), "but the second says how");
    assert_eq!(sample("db-auth-me.json"), Parsed::Principal("alice@example.test".to_owned()), "who we are");
}
