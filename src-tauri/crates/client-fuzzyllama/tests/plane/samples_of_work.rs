//! What was recorded of the work on projects says what it should, read by the parts of the client that read it in earnest.

use crate::recorded::{parsed, rearranged, refusal};
use client_fuzzyllama::parse::Parsed;
use control_plane::Error;
use domain::{ExecutionStatus, GateNeeds, ProofResult, WorkStatus};
use serde_json::{Value, json};
use testkit::recording;

fn needs(name: &str) -> Vec<GateNeeds> {
    match parsed(name) {
        Parsed::Needs(needs) => needs,
        other => panic!("{name} is about proofs: {other:?}"),
    }
}

/// The text of a recorded refusal.
fn said(name: &str) -> String {
    let content = recording("fuzzyllama", name).json().expect("JSON");
    content["response"]["message"].as_str().expect("a text").to_owned()
}

#[test]
fn proofs_are_read_and_those_without_a_gate_are_waited_for_by_nobody() {
    let third = needs("proof.list.json").remove(2);
    let told: Vec<_> = third.proofs.iter().map(|one| (one.kind.as_str(), one.is_required, one.result)).collect();
    let expected = [("spec_validation", true, None), ("spec_validation", false, Some(ProofResult::Info))];
    assert_eq!(told, expected, "the rows of the gates were not read along");
    let judged = needs("proof.create.auto.json").remove(2);
    let last = judged.proofs.last().expect("a proof");
    assert_eq!((last.kind.as_str(), last.result), ("manual_verification", Some(ProofResult::Pass)), "it was judged");
    assert!(needs("proof.byGate.json").iter().all(|needs| needs.gate.starts_with('G')), "the other list is the same");
}

#[test]
fn the_rules_are_those_that_the_plane_refused_by() {
    let all = needs("proof.list.json");
    let missing = said("gates.approve.G3.noproof.json");
    let required: Vec<_> = all[2].proofs.iter().filter(|one| one.is_required).map(|one| one.kind.as_str()).collect();
    assert!(missing.ends_with(&format!("artifacts: {}", required.join(", "))), "{missing} names {required:?}");
    for (name, gate) in [("gates.approve.missingDeliverables.json", 0), ("gates.approve.outOfOrder.json", 4)] {
        let missing = said(name);
        let paths = &all[gate].paths;
        assert_eq!(missing.matches('(').count(), paths.len(), "{missing} names as many as {paths:?}");
        assert!(paths.iter().all(|path| missing.contains(&format!("({path})"))), "{missing} names {paths:?}");
    }
    // The last gate was approved by these and no others.
    let approved = recording("fuzzyllama", "gates.approve.G9.json").json().expect("JSON");
    let given = approved["response"]["proofArtifacts"].as_array().expect("proofs").len();
    assert_eq!(all[8].proofs.iter().filter(|one| one.is_required).count(), given, "as many as there were");
}

#[test]
fn deliverables_are_put_in_the_order_of_the_gates() {
    let Parsed::Deliverables(told) = parsed("deliverables.list.json") else { panic!("deliverables") };
    let names: Vec<_> = told.iter().map(|one| one.name.as_str()).collect();
    let expected = ["Task Breakdown", "Product Requirements Document", "User Stories"];
    assert_eq!(names, expected, "the first gate owes the first, though the plane lists it last");
    assert!(told.iter().all(|one| one.status == WorkStatus::NotStarted), "nobody has begun: {told:?}");
    let Parsed::Deliverables(told) = parsed("deliverables.complete.json") else { panic!("a deliverable") };
    assert_eq!((told.len(), told[0].status), (1, WorkStatus::Complete), "one by itself");
    assert_eq!(told[0].owner.as_deref(), Some("PRODUCT_MANAGER"), "who owes it");
}

#[test]
fn tasks_are_oldest_first_and_say_what_blocks_them_only_while_it_does() {
    let Parsed::Tasks(told) = parsed("tasks.list.json") else { panic!("tasks") };
    let titles: Vec<_> = told.iter().map(|task| task.title.as_str()).collect();
    assert_eq!(titles, ["Write PRD", "Sub"], "a name stands for a title, and the plane lists the newest first");
    let one = |name: &str| match parsed(name) {
        Parsed::Tasks(mut told) => told.remove(0),
        other => panic!("{name} is a task: {other:?}"),
    };
    assert_eq!(one("tasks.patch.blocked.json").blocked_by.as_deref(), Some("waiting on API"), "blocked");
    let complete = one("tasks.patch.complete.json");
    assert_eq!((complete.status, complete.blocked_by), (WorkStatus::Complete, None), "the plane keeps the reason");
    assert!(complete.completed_at.is_some(), "it has an end");
    assert_eq!(one("tasks.get.json").phase.as_deref(), Some("planning"), "the phase is told");
}

#[test]
fn executions_and_documents_are_told_without_their_texts() {
    let Parsed::Executions(told) = parsed("agents.history.json") else { panic!("executions") };
    assert!(told.is_sorted_by(|one, next| one.started_at >= next.started_at), "newest first: {told:?}");
    assert!(told.iter().all(|one| one.status == ExecutionStatus::Failed && one.ended_at.is_some()), "{told:?}");
    let Parsed::Executions(told) = parsed("agents.execution.completed.json") else { panic!("an execution") };
    assert_eq!((told[0].input_tokens, told[0].output_tokens), (Some(120), Some(45)), "what it took");
    assert!(!format!("{told:?}").contains("thinking"), "what it thought is private");
    let Parsed::Documents(told) = parsed("documents.list.afterWorkflow.json") else { panic!("documents") };
    assert!(told.is_sorted_by(|one, next| one.updated_at >= next.updated_at), "newest first: {told:?}");
    assert!(told.iter().any(|one| one.title == "Agent Log" && one.kind == "OTHER"), "with their sort: {told:?}");
    let Parsed::Documents(told) = parsed("documents.patch.json") else { panic!("a document") };
    assert_eq!(told[0].version, 2, "a changed text is a new version");
    assert!(!format!("{told:?}").contains("v2"), "the text stays where it is");
}

#[test]
fn costs_are_told_by_agent_and_those_of_nothing_are_nothing() {
    let Parsed::Costs(costs) = parsed("costs.project.after.json") else { panic!("costs") };
    assert!((costs.total_usd - 0.002_07).abs() < 1e-9, "in dollars, with the noise of floats: {costs:?}");
    assert_eq!((costs.input_tokens, costs.output_tokens, costs.executions), (240, 90, 5), "in tokens");
    let last = costs.by_agent.last().expect("three agents");
    assert_eq!((last.agent.as_str(), last.executions), ("ARCHITECT", 3), "the cheapest comes last: {costs:?}");
    let Parsed::Costs(none) = parsed("costs.project.404.json") else { panic!("costs") };
    assert_eq!((none.executions, none.by_agent.len()), (0, 0), "of a project that nobody knows");
}

#[test]
fn blockers_are_told_whatever_was_asked_for() {
    let Parsed::Blockers(told) = parsed("blockers.list.json") else { panic!("blockers") };
    assert!(told[0].resolved_at.is_none(), "resolved ones were asked for, and this is none: {told:?}");
    assert_eq!((told[0].description.as_str(), told[0].severity.as_str()), ("DB is down", "critical"), "what it is");
    let Parsed::Blockers(told) = parsed("blockers.resolve.json") else { panic!("a blocker") };
    assert!(told[0].resolved_at.is_some(), "it is resolved");
    let mixed = rearranged("blockers.active.json", |list| {
        let mut resolved = list[0].clone();
        resolved["resolvedAt"] = json!("2026-11-21T10:00:00.000Z");
        resolved["id"] = "resolved".into();
        list.insert(0, resolved);
        let mut newer = list[1].clone();
        newer["createdAt"] = json!("2026-11-22T10:00:00.000Z");
        newer["id"] = "newer".into();
        list.push(newer);
    });
    let Parsed::Blockers(told) = mixed else { panic!("blockers") };
    let ids: Vec<_> = told.iter().map(|one| one.id.as_str()).collect();
    assert_eq!((ids[0], ids[2]), ("newer", "resolved"), "what stands in the way comes first: {ids:?}");
}

#[test]
fn the_workflow_says_whether_it_took_something_in() {
    let Parsed::Started(project) = parsed("workflow.start.ok.json") else { panic!("a start") };
    assert!(project.starts_with("cmw"), "on this project: {project}");
    let Parsed::Started(_) = parsed("workflow.start.nokey.json") else { panic!("it starts without a key as well") };
    let Parsed::Taken(true) = parsed("workflow.gateApproved.json") else { panic!("it was taken in") };
    let outage = Error::Unavailable { status: 500, correlation_id: None };
    assert_eq!(refusal("workflow.retryGate.json"), outage, "why it broke is not told");
    assert_eq!(refusal("proof.create.nofile.json"), outage, "nor which file of the server is missing");
    let Error::Invalid { faults, .. } = refusal("proof.create.invalid.json") else { panic!("it is refused") };
    assert_eq!((faults[0].path.as_str(), faults[0].rule.as_str()), ("proofType", "one_of"), "with the field");
    assert!(matches!(refusal("tasks.403.json"), Error::Forbidden { .. }), "another's tasks");
    assert!(matches!(refusal("deliverables.get.404.json"), Error::NotFound { .. }), "no such deliverable");
}

#[test]
fn texts_are_cut_and_hold_no_control_characters() {
    let long = "x\u{1b}\n".repeat(600);
    let Parsed::Blockers(told) = rearranged("blockers.active.json", |list| {
        list[0]["description"] = long.as_str().into();
    }) else {
        panic!("blockers")
    };
    assert_eq!(told[0].description, "x".repeat(500), "nothing of it can forge a line");
    let Parsed::Tasks(told) = rearranged("tasks.list.json", |list| {
        for row in list.iter_mut() {
            row["title"] = Value::from(long.as_str());
        }
    }) else {
        panic!("tasks")
    };
    assert!(told.iter().all(|task| task.title == "x".repeat(500)), "wherever it is");
}
