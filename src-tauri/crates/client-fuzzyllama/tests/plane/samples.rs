//! Every recording of the real server is read by some part of the client, and the important ones say what they should.

use crate::recorded::{heard, parsed, read, rearranged, refusal, throttled, token_kinds, walked};
use client_fuzzyllama::parse::{Parsed, SocketNews, TokenKind};
use control_plane::Error;
use domain::{EventKind, GateState, Project, RunStatus, StepStatus};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use testkit::{Recording, recording, recordings};

/// The part of the client that read a recording; none if no part did.
fn reader(recording: &Recording) -> Option<&'static str> {
    // How fast the server was is not what it answered.
    if recording.name == "perf.autocannon.jsonl" {
        return Some("measurement");
    }
    if let Some(exchange) = recording.exchange() {
        return match read(&exchange) {
            Parsed::Refused(_) => Some("refusal"),
            Parsed::Alive(_) => Some("health"),
            Parsed::Principal(_) => Some("principal"),
            Parsed::Tokens => Some("tokens"),
            Parsed::Runs(_) => Some("runs"),
            Parsed::Run(_) => Some("run"),
            Parsed::Steps(_) => Some("steps"),
            Parsed::Gate(_) => Some("gate"),
            Parsed::IsWorking(_) => Some("standing"),
            Parsed::Events(_) => Some("events"),
            Parsed::Needs(_) => Some("needs"),
            Parsed::Deliverables(_) => Some("deliverables"),
            Parsed::Tasks(_) => Some("tasks"),
            Parsed::Executions(_) => Some("executions"),
            Parsed::Documents(_) => Some("documents"),
            Parsed::Costs(_) => Some("costs"),
            Parsed::Blockers(_) => Some("blockers"),
            Parsed::Started(_) | Parsed::Taken(_) => Some("workflow"),
            Parsed::Title(title) => title.map(|_| "title"),
            Parsed::Unused(_) => Some("unused"),
            Parsed::Nowhere => None,
        };
    }
    let content = recording.json()?;
    match recording.name.as_str() {
        "gates.fullWalk.json" => walked(&content).map(|_| "walk"),
        name if name.starts_with("ws.") => heard(&content).map(|_| "socket"),
        "throttle.429.json" => throttled().is_some().then_some("refusal"),
        "jwt.claims.json" => token_kinds(&content).map(|_| "claims"),
        // Bare lists of what can be asked; the client keeps to its own.
        "agents.templates.json" | "openapi-paths.json" | "health.headers.json" => Some("catalogue"),
        _ => None,
    }
}

#[test]
fn no_recording_is_left_unread() {
    let mut readers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unread = Vec::new();
    for recording in recordings("fuzzyllama") {
        match reader(&recording) {
            Some(reader) => *readers.entry(reader).or_default() += 1,
            None => unread.push(recording.name),
        }
    }
    assert!(unread.is_empty(), "each recording is read by some part: {unread:?}");
    for (reader, at_least) in [
        ("refusal", 95),
        ("tokens", 6),
        ("run", 8),
        ("runs", 4),
        ("steps", 5),
        ("gate", 9),
        ("events", 4),
        ("needs", 4),
        ("deliverables", 3),
        ("tasks", 7),
        ("executions", 3),
        ("documents", 4),
        ("costs", 3),
        ("blockers", 9),
        ("workflow", 3),
        ("socket", 22),
    ] {
        let count = readers.get(reader).copied().unwrap_or(0);
        assert!(count >= at_least, "{reader} reads {count} recordings, in all {readers:?}");
    }
}

#[test]
fn the_paths_that_the_client_asks_are_in_the_description_of_the_api() {
    let paths = recording("fuzzyllama", "openapi-paths.json").json().expect("JSON");
    for (path, method) in [
        ("/api/health", "get"),
        ("/api/auth/login", "post"),
        ("/api/auth/refresh", "post"),
        ("/api/auth/me", "get"),
        ("/api/projects", "get"),
        ("/api/projects", "post"),
        ("/api/projects/{id}", "get"),
        ("/api/projects/{id}/status", "get"),
        ("/api/projects/{id}/events", "get"),
        ("/api/gates", "get"),
        ("/api/gates/{id}/approve", "post"),
        ("/api/proof-artifacts", "get"),
        ("/api/proof-artifacts", "post"),
        ("/api/deliverables", "get"),
        ("/api/deliverables/{id}/complete", "post"),
        ("/api/tasks", "get"),
        ("/api/agents/history", "get"),
        ("/api/documents", "get"),
        ("/api/costs/project/{projectId}", "get"),
        ("/api/blockers", "get"),
        ("/api/blockers/{id}/resolve", "post"),
        ("/api/agents/workflow/start", "post"),
        ("/api/agents/workflow/gate-approved/{projectId}", "post"),
        ("/api/agents/workflow/retry-gate/{projectId}", "post"),
    ] {
        let methods = paths[path].as_array().cloned().unwrap_or_default();
        assert!(methods.contains(&json!(method)), "{method} {path} is offered: {methods:?}");
    }
}

#[test]
fn a_walk_through_all_gates_is_a_run_that_ended_well() {
    let Parsed::Runs(page) = parsed("projects.list.json") else { panic!("a list of projects") };
    let names: Vec<_> = page.items.iter().map(|run| run.goal.as_str()).collect();
    assert_eq!(names[0], "<b>bold</b>", "what a person wrote is passed on as it is");
    assert!(page.items.is_sorted_by(|one, next| one.created_at >= next.created_at), "newest first");
    assert!(page.items.iter().all(|run| run.status == RunStatus::Queued), "nothing has begun: {page:?}");
    let Parsed::Run(run) = parsed("projects.get.afterG1.json") else { panic!("a project") };
    assert_eq!(run.summary.requested_by.as_deref(), Some("ops1795170530537@example.com"), "its owner asked for it");
    let facts = run.metadata.iter().filter(|(name, _)| *name != Project::KEY);
    let metadata: Vec<_> = facts.map(|(name, value)| format!("{name}={value}")).collect();
    let expected = ["documents=0", "repository=\"git@x\"", "specifications=0", "tasks=0"];
    assert_eq!(metadata, expected, "facts beside the gates; rows of gates are no fact of use");
    let project = Project::of(&run.metadata).expect("it tells of its project");
    assert_eq!(
        (project.kind.as_deref(), project.phase.as_deref()),
        (Some("traditional"), Some("intake")),
        "what it is"
    );
    assert_eq!((project.current_gate.as_deref(), project.percent), (Some("G2"), Some(20)), "and how far");
    let Parsed::Steps(steps) = parsed("gates.list.afterG1.json") else { panic!("a list of gates") };
    assert_eq!(steps.len(), 9, "three rows are two gates of nine");
    assert_eq!(steps[0].status, StepStatus::Succeeded, "the first is passed");
    let gate = steps[0].gate.as_ref().expect("it was decided");
    assert_eq!((gate.state, gate.reason.as_deref()), (GateState::Approved, Some("fine")), "not the stale rejection");
    assert_eq!(steps[1].status, StepStatus::Waiting, "the second is next");
    let Parsed::Steps(steps) = parsed("gates.list.afterWorkflow.json") else { panic!("a list of gates") };
    assert_eq!(steps[1].gate.as_ref().map(|gate| gate.state), Some(GateState::Open), "in review means open");
    let Parsed::Gate(none) = parsed("gates.current.null.json") else { panic!("a gate, or none") };
    assert_eq!(none, None, "an empty answer stands for null");
}

#[test]
fn a_list_follows_a_walk_through_all_gates() {
    let walk = recording("fuzzyllama", "gates.fullWalk.json").json().expect("JSON");
    let walked = walked(&walk).expect("a walk");
    let succeeded: Vec<_> = walked.iter().map(|(_, succeeded)| *succeeded).collect();
    assert_eq!(succeeded, [1, 2, 3, 4, 5, 6, 7, 8, 9], "one gate after the other, though the plane counts to 180 %");
    let (last, before) = walked.split_last().expect("nine steps");
    assert!(before.iter().all(|(status, _)| *status == RunStatus::Waiting), "until the last one nothing is over");
    assert_eq!(last.0, RunStatus::Succeeded, "the last gate is the end, without any word about the project");
}

#[test]
fn the_audit_trail_is_a_timeline() {
    let Parsed::Events(events) = parsed("projects.events.json") else { panic!("events") };
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    let [rejected, approved] = [EventKind::GateRejected, EventKind::GateApproved];
    assert_eq!(kinds, [EventKind::RunCreated, rejected, rejected, approved, approved], "in order");
    assert_eq!(events[1].data.get("reason"), Some(&json!("scope unclear")), "with its reason");
    assert_eq!(events[3].step.as_deref(), Some("G1"), "and its gate");
    let Parsed::Events(events) = parsed("projects.events.after.json") else { panic!("events") };
    let noted = events.iter().find(|event| event.kind == EventKind::RunNoted).expect("a chat message");
    assert_eq!(noted.data.get("type"), Some(&json!("ChatMessage")), "what has no word of ours keeps its own");
    assert_eq!(noted.data.get("content"), Some(&json!("# TitleHello from the agent.")), "without control characters");
}

#[test]
fn the_order_of_an_answer_does_not_matter() {
    let Parsed::Runs(page) = rearranged("projects.list.json", |list| list.reverse()) else { panic!("a list") };
    assert!(page.items.is_sorted_by(|one, next| one.created_at >= next.created_at), "the newest comes first");
    let repeated = |list: &mut Vec<Value>| {
        list.reverse();
        let mut stray = list[0].clone();
        list.push(stray.clone());
        stray["id"] = "created".into();
        list.push(stray);
    };
    let Parsed::Events(events) = rearranged("projects.events.json", repeated) else { panic!("events") };
    assert_eq!(events.len(), 5, "no name is told twice");
    assert!(events.is_sorted_by(|one, next| one.at <= next.at), "the oldest comes first");
}

#[test]
fn refusals_mean_what_they_mean() {
    let is_conflict = |name: &str| match refusal(name) {
        Error::Conflict { code, message } => {
            assert_eq!(code, "gate_not_ready", "{name} is about the state of the gate");
            message
        }
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(
        is_conflict("gates.approve.outOfOrder2.json"),
        "Previous gate G4_COMPLETE must be approved first",
        "why"
    );
    assert_eq!(is_conflict("gates.approve.again.json"), "Gate already approved", "why");
    for name in [
        "gates.approve.incompleteDeliverables.json",
        "gates.approve.missingDeliverables.json",
        "gates.approve.G6.lowCoverage.json",
        "gates.reject.G3.noproof.json",
        "gates.reject.incompleteDeliverables.json",
    ] {
        assert!(is_conflict(name).len() > 20, "{name} comes with its reason");
    }
    let Error::Invalid { faults, .. } = refusal("projects.create.invalid.json") else { panic!("the input is refused") };
    let found: Vec<_> = faults.iter().map(|fault| (fault.path.as_str(), fault.rule.as_str())).collect();
    let expected = [
        ("name", "length"),
        ("description", "length"),
        ("description", "length"),
        ("description", "form"),
        ("type", "one_of"),
    ];
    assert_eq!(found, expected, "one fault for each sentence");
    let Error::Invalid { faults, .. } = refusal("gates.patch.status.json") else { panic!("the input is refused") };
    assert_eq!((faults[0].path.as_str(), faults[0].rule.as_str()), ("status", "unknown_field"), "the field is named");
    assert!(
        matches!(refusal("projects.create.limit.json"), Error::Invalid { faults, .. } if faults.is_empty()),
        "a limit"
    );
    assert!(matches!(refusal("projects.get.403.json"), Error::Forbidden { .. }), "another's project");
    assert!(matches!(refusal("projects.get.404.json"), Error::NotFound { .. }), "no such project");
    assert!(matches!(refusal("probe404_api_ready.json"), Error::Incompatible { .. }), "no such route");
    assert!(matches!(refusal("register.dup.json"), Error::Conflict { .. }), "the name is taken");
    for name in ["me.none.json", "me.expired.json", "me.garbage.json", "login.bad.json", "refresh.afterRestart.json"] {
        assert_eq!(refusal(name), Error::Unauthorised, "{name} is about the credential");
    }
    assert_eq!(
        throttled(),
        Some(Error::Throttled { retry_after: Some(Duration::from_mins(1)) }),
        "the status is enough"
    );
}

#[test]
fn nothing_of_a_broken_server_is_passed_on() {
    let mut seen = 0;
    for exchange in recordings("fuzzyllama").iter().filter_map(Recording::exchange).filter(|one| one.status >= 500) {
        let Parsed::Refused(error) = read(&exchange) else { panic!("{} is a refusal", exchange.path) };
        let expected = Error::Unavailable { status: exchange.status, correlation_id: None };
        assert_eq!(error, expected, "{} tells no more than its status", exchange.path);
        seen += 1;
    }
    assert!(seen >= 20, "the real server broke often while it was recorded: {seen}");
}

#[test]
fn tokens_and_the_socket_are_read() {
    let content = recording("fuzzyllama", "jwt.claims.json").json().expect("JSON");
    assert_eq!(token_kinds(&content), Some([TokenKind::Access, TokenKind::Refresh]), "each says what it is for");
    let heard = |name: &str| heard(&recording("fuzzyllama", name).json().expect("JSON")).expect("events");
    assert_eq!(heard("ws.notoken.json"), [SocketNews::Up, SocketNews::Down { is_refusal: true }], "up is not accepted");
    assert_eq!(heard("ws.join.denied.json"), [SocketNews::Refused], "another's project cannot be joined");
    assert!(heard("ws.join.ok.json").iter().any(|news| matches!(news, SocketNews::Joined { .. })), "one's own can");
    assert_eq!(heard("ws.httpGateApprove.json"), [], "a verdict over HTTP is not told at all");
    let news = heard("ws.agentStream.json");
    assert!(
        news.contains(&SocketNews::Changed { event: "agent:completed".to_owned() }),
        "the end of an agent: {news:?}"
    );
    assert!(news.contains(&SocketNews::Chatter), "its words are chatter");
    let [up, accepted] = [SocketNews::Up, SocketNews::Accepted];
    assert_eq!(heard("ws.connected.json")[..2], [up, accepted], "accepted is more than up");
}
