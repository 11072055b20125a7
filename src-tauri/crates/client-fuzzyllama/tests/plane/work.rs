//! What belongs to a project besides its gates: what is told, in which order, and what becomes of the rest if a part is
//! not.

use crate::bench::{Bench, bent, context, start, walk_to};
use crate::shapes::ask;
use control_plane::{ControlPlane, Error};
use domain::{
    ExecutionStatus, GateNeeds, GateRows, Project, ProjectWork, ProofResult, RunId, RunStatus, Verdict, WorkStatus,
};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::Said;

fn gate<'a>(work: &'a ProjectWork, name: &str) -> &'a GateNeeds {
    let needs = work.needs.as_ref().expect("needs are told");
    needs.iter().find(|needs| needs.gate == name).expect("each gate has its needs")
}

/// What a gate asks for or was given: what it proves, whether it is waited for, and what it says.
fn proofs(needs: &GateNeeds) -> Vec<(&str, bool, Option<ProofResult>)> {
    needs.proofs.iter().map(|proof| (proof.kind.as_str(), proof.is_required, proof.result)).collect()
}

#[tokio::test]
async fn everything_is_told_in_one_call_of_each_route() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console with the first gate by hand").await;
    walk_to(&client, &id, 3).await;
    let before = bench.plane.asked_at_all();
    let work = client.project_work(&context(), &id).await.expect("it is read");
    assert_eq!(bench.plane.asked_at_all() - before, 9, "each route bears 100 calls a minute");
    let needs = work.needs.as_ref().expect("needs are told");
    let names: Vec<_> = needs.iter().map(|needs| needs.gate.as_str()).collect();
    assert_eq!(names, ["G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9"], "in the order of the gates");
    let third = gate(&work, "G3");
    assert_eq!(proofs(third), [("spec_validation", true, Some(ProofResult::Pass))], "the agents gave it");
    assert!(third.paths.contains(&"docs/ARCHITECTURE.md".to_owned()), "and it is looked for there: {third:?}");
    let fifth = gate(&work, "G5");
    let missing = [("build_output", true, None), ("lint_output", true, None), ("preview_startup", true, None)];
    assert_eq!(proofs(fifth), missing, "what a gate will ask for is told before it is reached");
    let addable: Vec<_> = fifth.proofs.iter().map(|proof| proof.can_be_added).collect();
    assert_eq!(addable, [true, true, false], "one of them is made by the plane alone");
    let deliverables = work.deliverables.as_ref().expect("deliverables are told");
    let names: Vec<_> = deliverables.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names[..2], ["Project Intake", "Task Breakdown"], "in the order of the gates: {names:?}");
    assert!(deliverables.iter().all(|one| one.status == WorkStatus::Complete), "the agents completed them");
    let executions = work.executions.as_ref().expect("executions are told");
    let agents: Vec<_> = executions.iter().map(|one| one.agent.as_str()).collect();
    assert_eq!(agents, ["ARCHITECT", "PRODUCT_MANAGER", "PRODUCT_MANAGER_ONBOARDING"], "newest first");
    assert!(executions.iter().all(|one| one.status == ExecutionStatus::Completed), "all are done");
    assert_eq!((executions[0].input_tokens, executions[0].output_tokens), (Some(120), Some(45)), "and counted");
    let titles: Vec<_> = work.documents.iter().flatten().map(|one| one.title.as_str()).collect();
    assert_eq!(titles, ["Architecture", "Product Requirements Document", "Project Intake"], "newest first");
    let costs = work.costs.as_ref().expect("costs are told");
    assert!((costs.total_usd - 3.0 * 0.001_035).abs() < 1e-9 && costs.executions == 3, "{costs:?}");
    let told = serde_json::to_string(&work).expect("work is JSON");
    assert!(!told.contains("thinking") && !told.contains("<script>"), "no text of an agent is passed on: {told}");
}

#[tokio::test]
async fn a_project_tells_its_percentage_with_what_it_was_counted_from() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console with the first gate by hand").await;
    walk_to(&client, &id, 9).await;
    let run = client.decide_gate(&context(), &id, "G9", Verdict::Approve, None).await.expect("approved");
    let project = Project::of(&run.metadata).expect("a run tells of its project");
    assert_eq!(project.percent, Some(180), "as the plane says it");
    assert_eq!(project.counted, Some(GateRows { approved: 9, markers: 9, duplicates: 0 }), "and why");
    assert_eq!((project.current_gate, run.summary.status), (None, RunStatus::Succeeded), "nobody is waited for");
    assert_eq!(project.owner.as_deref(), Some("ops@example.com"), "it has an owner");
    let id = start(&client, "A console at rest").await;
    let new = client.run(&context(), &id).await.expect("it is read");
    let project = Project::of(&new.metadata).expect("a run tells of its project");
    assert_eq!(project.current_gate.as_deref(), Some("G1"), "the first gate comes first");
    assert_eq!((project.kind.as_deref(), project.percent), (Some("traditional"), Some(0)), "nothing is done");
    assert_eq!(project.phase.as_deref(), Some("pre_startup"), "in its words");
}

#[tokio::test]
async fn tasks_and_blockers_come_in_the_order_in_which_they_are_read() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console at rest").await;
    let token = bench.plane.access_token();
    let post = |path: &str, body: Value| ask(&bench.plane, &token, "POST", path, &body).1;
    let mut ids = Vec::new();
    for name in ["First", "Second\u{1b}[31m"] {
        let body = json!({ "projectId": id.as_str(), "name": name, "phase": "planning" });
        ids.push(post("/api/tasks", body)["id"].as_str().expect("an id").to_owned());
    }
    let patch = |status: &str| {
        let body = json!({ "status": status, "blockingReason": "waiting on API" });
        ask(&bench.plane, &token, "PATCH", &format!("/api/tasks/{}", ids[0]), &body)
    };
    for description in ["Old", "Newer", "Newest"] {
        let body = json!({
            "projectId": id.as_str(), "blockerType": "t", "description": description, "severity": "high",
            "reportedBy": "me",
        });
        let made = post("/api/blockers", body);
        if description == "Newest" {
            let resolving = format!("/api/blockers/{}/resolve", made["id"].as_str().expect("an id"));
            post(&resolving, json!({ "resolution": "done", "resolvedBy": "me" }));
        }
    }
    patch("blocked");
    let work = client.project_work(&context(), &id).await.expect("it is read");
    let told = work.tasks.as_ref().expect("tasks are told");
    let titles: Vec<_> = told.iter().map(|task| task.title.as_str()).collect();
    assert_eq!(titles, ["First", "Second[31m"], "oldest first, without control characters");
    assert_eq!(told[0].blocked_by.as_deref(), Some("waiting on API"), "what blocks it is said");
    let blockers: Vec<_> = work.blockers.iter().flatten().map(|one| one.description.as_str()).collect();
    assert_eq!(blockers, ["Newer", "Old", "Newest"], "what is resolved comes last");
    patch("complete");
    let work = client.project_work(&context(), &id).await.expect("it is read");
    let first = work.tasks.expect("tasks are told").remove(0);
    assert_eq!((first.status, first.blocked_by), (WorkStatus::Complete, None), "a reason that is stale is not told");
    assert!(first.completed_at.is_some(), "and it has an end");
}

/// Which parts were told.
fn told(work: &ProjectWork) -> [bool; 7] {
    [
        work.needs.is_some(),
        work.deliverables.is_some(),
        work.tasks.is_some(),
        work.executions.is_some(),
        work.documents.is_some(),
        work.costs.is_some(),
        work.blockers.is_some(),
    ]
}

const PARTS: [(&str, usize); 8] = [
    ("/api/gates", 0),
    ("/api/proof-artifacts", 0),
    ("/api/deliverables", 1),
    ("/api/tasks", 2),
    ("/api/agents/history", 3),
    ("/api/documents", 4),
    ("/api/costs/project", 5),
    ("/api/blockers", 6),
];

#[tokio::test]
async fn a_part_that_the_plane_cannot_tell_is_left_out_and_the_rest_is_told() {
    let bench = Bench::new().await;
    let id = start(&bench.client(), "A console with the first gate by hand").await;
    let raw = |body: &str| Said { body: body.as_bytes().to_vec(), ..Said::json(200, &json!(null)) };
    let many: Vec<Value> = (0..20_000).map(|number| json!({ "id": number })).collect();
    for (what, said) in [
        ("an exception", Said::json(500, &json!({ "message": "secret of the server", "statusCode": 500 }))),
        ("a missing thing", Said::json(404, &json!({ "message": "Not here", "statusCode": 404 }))),
        ("a missing route", Said::json(404, &json!({ "message": "Cannot GET /x", "statusCode": 404 }))),
        ("nothing at all", Said { status: 200, headers: Vec::new(), body: Vec::new() }),
        ("HTML", Said::text(200, "text/html", "<html>")),
        ("HTML that says it is JSON", Said::text(200, "application/json", "<html>")),
        ("cut JSON", raw(r#"[{"id":"x","#)),
        ("wrong types", Said::json(200, &json!([{ "id": 1, "name": [], "status": {}, "createdAt": true }]))),
        ("an unknown word", Said::json(200, &json!([{ "id": "x", "name": "n", "status": "whatever" }]))),
        ("an object of another shape", Said::json(200, &json!({ "totalCost": "much", "data": [] }))),
        ("a huge list of nonsense", Said::json(200, &json!(many))),
        ("a body beyond the cap", raw(&"[".repeat(300 * 1024))),
    ] {
        for (at, part) in PARTS {
            let (_server, client) = bent(&bench.plane, at, said.clone()).await;
            let work = client.project_work(&context(), &id).await.expect("the rest is told");
            let mut expected = [true; 7];
            expected[part] = false;
            assert_eq!(told(&work), expected, "{what} at {at} leaves out that part and no other");
        }
    }
}

#[tokio::test]
async fn a_list_of_any_length_is_read_whole() {
    let bench = Bench::new().await;
    let id = start(&bench.client(), "A console at rest").await;
    let row = |number: u32| json!({ "id": format!("d{number}"), "name": "n", "status": "complete" });
    let rows: Vec<Value> = (0..3000).map(row).collect();
    let (_server, client) = bent(&bench.plane, "/api/deliverables", Said::json(200, &json!(rows))).await;
    let work = client.project_work(&context(), &id).await.expect("it is read");
    assert_eq!(work.deliverables.map(|rows| rows.len()), Some(3000), "there are no pages");
}

#[tokio::test]
async fn what_concerns_every_part_fails_the_whole() {
    let bench = Bench::new().await;
    let id = start(&bench.client(), "A console at rest").await;
    let throttled = Said::json(429, &json!({ "0": "T" })).header("retry-after", "60");
    let forbidden = Said::json(403, &json!({ "message": "You can only view tasks for your own projects" }));
    for (at, _) in PARTS {
        let (_server, client) = bent(&bench.plane, at, throttled.clone()).await;
        let expected = Error::Throttled { retry_after: Some(Duration::from_mins(1)) };
        assert_eq!(client.project_work(&context(), &id).await.map(|_| ()), Err(expected), "{at} asks for a pause");
        let (_server, client) = bent(&bench.plane, at, Said::json(401, &json!({}))).await;
        let outcome = client.project_work(&context(), &id).await.map(|_| ());
        assert_eq!(outcome, Err(Error::Unauthorised), "{at} does not accept us");
        let (_server, client) = bent(&bench.plane, at, forbidden.clone()).await;
        let outcome = client.project_work(&context(), &id).await;
        assert!(matches!(outcome, Err(Error::Forbidden { .. })), "{at} is not ours: {outcome:?}");
    }
    let missing = bench.client().project_work(&context(), &RunId::new("nope")).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "no such project, though some routes tell: {missing:?}");
    let other = bench.client_with(Some("other@example.com:Passw0rd2"));
    let outcome = other.project_work(&context(), &id).await;
    assert!(matches!(outcome, Err(Error::Forbidden { .. })), "another's project is not told: {outcome:?}");
}
