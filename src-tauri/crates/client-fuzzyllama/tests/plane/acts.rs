//! Acts on a project: what each does, what it refuses before anything is sent, and with which words.

use crate::bench::{Bench, bent, context, start, until, walk_to};
use crate::shapes::ask;
use client_fuzzyllama::FuzzyLlamaClient;
use control_plane::{ControlPlane, Error};
use domain::{ExecutionStatus, ProjectAct, ProjectWork, ProofResult, RunId, RunStatus, Verdict, WorkStatus};
use serde_json::{Value, json};
use testkit::Said;

const START: &str = "POST /api/agents/workflow/start";
const GO_ON: &str = "POST /api/agents/workflow/gate-approved/:id";
const RETRY: &str = "POST /api/agents/workflow/retry-gate/:id";
const PROOF: &str = "POST /api/proof-artifacts";
const COMPLETE: &str = "POST /api/deliverables/:id/complete";
const RESOLVE: &str = "POST /api/blockers/:id/resolve";

fn begin() -> ProjectAct {
    ProjectAct::Start { requirements: "Build a plumbing site".to_owned() }
}

fn go_on(gate: &str) -> ProjectAct {
    ProjectAct::GoOn { gate: gate.to_owned() }
}

fn work_again(gate: &str) -> ProjectAct {
    ProjectAct::WorkAgain { gate: gate.to_owned() }
}

fn proof(gate: &str, kind: &str, path: &str) -> ProjectAct {
    let [gate, kind, path] = [gate, kind, path].map(ToOwned::to_owned);
    ProjectAct::AddProof { gate, kind, path, summary: "spec".to_owned() }
}

fn complete(deliverable: &str) -> ProjectAct {
    ProjectAct::CompleteDeliverable { deliverable: deliverable.to_owned() }
}

fn resolve(blocker: &str) -> ProjectAct {
    ProjectAct::ResolveBlocker { blocker: blocker.to_owned(), resolution: "restarted".to_owned() }
}

async fn act(client: &FuzzyLlamaClient, id: &RunId, act: &ProjectAct) -> Result<(), Error> {
    client.act_on_project(&context(), id, act).await
}

async fn work(client: &FuzzyLlamaClient, id: &RunId) -> ProjectWork {
    client.project_work(&context(), id).await.expect("the work is read")
}

/// A refusal because of how things stand, by its code, with its words.
fn conflict(outcome: Result<(), Error>) -> (String, String) {
    match outcome {
        Err(Error::Conflict { code, message }) => (code, message),
        other => panic!("this is refused because of how things stand: {other:?}"),
    }
}

fn blocker(bench: &Bench, id: &RunId) -> String {
    let body = json!({
        "projectId": id.as_str(), "blockerType": "t", "description": "DB is down", "severity": "high",
        "reportedBy": "me",
    });
    let (_, made) = ask(&bench.plane, &bench.plane.access_token(), "POST", "/api/blockers", &body);
    made["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn work_is_started_once_and_goes_on_after_each_approval() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console at rest").await;
    act(&client, &id, &begin()).await.expect("it starts");
    assert_eq!(client.run(&context(), &id).await.expect("read").summary.status, RunStatus::Running, "agents work");
    assert_eq!(conflict(act(&client, &id, &begin()).await).0, "already_started", "twice would make every gate twice");
    assert_eq!(bench.plane.asked(START), 1, "so it is not sent");
    until(&client, &id, |run| run.steps[0].waiting_for.is_some()).await;
    let (code, message) = conflict(act(&client, &id, &go_on("G1")).await);
    assert_eq!((code.as_str(), bench.plane.asked(GO_ON)), ("gate_not_ready", 0), "the plane would not ask: {message}");
    let run = client.decide_gate(&context(), &id, "G1", Verdict::Approve, None).await.expect("approved");
    assert_eq!(run.summary.status, RunStatus::Waiting, "an approval sets nothing in motion");
    act(&client, &id, &go_on(&format!("{id}:G1"))).await.expect("it goes on");
    let executions = work(&client, &id).await.executions.expect("executions are told");
    let newest = (executions[0].agent.as_str(), executions[0].status);
    assert_eq!(newest, ("PRODUCT_MANAGER", ExecutionStatus::Running), "the next agent works");
    until(&client, &id, |run| run.steps[1].waiting_for.is_some() && run.summary.status == RunStatus::Waiting).await;
    client.decide_gate(&context(), &id, "G2", Verdict::Approve, None).await.expect("approved");
    let (code, message) = conflict(act(&client, &id, &go_on("G1")).await);
    assert_eq!(code, "gate_not_ready", "the plane would go back to the phase before");
    assert!(message.contains("G2 is approved already"), "and the reason is said: {message}");
    assert_eq!(bench.plane.asked(GO_ON), 1, "one was sent");
}

#[tokio::test]
async fn agents_work_again_at_a_gate_that_is_not_approved() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console at rest").await;
    assert_eq!(conflict(act(&client, &id, &work_again("G1")).await).0, "gate_not_ready", "there is no gate yet");
    act(&client, &id, &begin()).await.expect("it starts");
    until(&client, &id, |run| run.summary.status == RunStatus::Waiting).await;
    client.decide_gate(&context(), &id, "G1", Verdict::Reject, Some("scope unclear")).await.expect("rejected");
    act(&client, &id, &work_again("G1")).await.expect("they work again");
    assert_eq!(client.run(&context(), &id).await.expect("read").summary.status, RunStatus::Running, "agents work");
    until(&client, &id, |run| run.summary.status == RunStatus::Waiting).await;
    client.decide_gate(&context(), &id, "G1", Verdict::Approve, None).await.expect("approved");
    assert_eq!(conflict(act(&client, &id, &work_again("G1")).await).0, "gate_not_ready", "nobody works at it");
    bench.plane.lose_key();
    let outcome = act(&client, &id, &work_again("G2")).await;
    let outage = Error::Unavailable { status: 500, correlation_id: None };
    assert_eq!(outcome, Err(outage), "what the plane says with a 500 is not passed on");
    assert_eq!(bench.plane.asked(RETRY), 2, "two were sent");
}

#[tokio::test]
async fn a_proof_is_given_to_a_gate_and_judged_at_once() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console without proof, first gate by hand").await;
    assert_eq!(conflict(act(&client, &id, &proof("G3", "spec_validation", "/x")).await).0, "gate_not_ready", "no row");
    walk_to(&client, &id, 3).await;
    let refused = client.decide_gate(&context(), &id, "G3", Verdict::Approve, None).await.map(|_| ());
    assert!(conflict(refused).1.ends_with("proof artifacts: spec_validation"), "the plane names what is missing");
    let result = async |number: usize| {
        let needs = work(&client, &id).await.needs.expect("needs are told");
        needs[2].proofs[number].result
    };
    assert_eq!(result(0).await, None, "it is told before anybody tries");
    act(&client, &id, &proof("G3", "spec_validation", "/srv/broken.yaml")).await.expect("it is taken");
    assert_eq!(result(0).await, Some(ProofResult::Fail), "it was looked at");
    act(&client, &id, &proof("G3", "screenshot", "/srv/shot.png")).await.expect("it is taken");
    assert_eq!(result(1).await, Some(ProofResult::Pass), "others are told, too");
    act(&client, &id, &proof("G3", "spec_validation", "/srv/openapi.yaml")).await.expect("it is taken");
    assert_eq!(result(0).await, Some(ProofResult::Pass), "one that passes is enough");
    let missing = act(&client, &id, &proof("G3", "spec_validation", "/no/such")).await;
    assert_eq!(missing, Err(Error::Unavailable { status: 500, correlation_id: None }), "no path of theirs is told");
    client.decide_gate(&context(), &id, "G3", Verdict::Approve, None).await.expect("the plane agrees");
}

#[tokio::test]
async fn at_the_sixth_gate_a_failure_counts_more_than_what_passed() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console with the first gate by hand").await;
    walk_to(&client, &id, 6).await;
    act(&client, &id, &proof("G6", "test_output", "/srv/broken.txt")).await.expect("it is taken");
    let needs = work(&client, &id).await.needs.expect("needs are told").remove(5);
    let told: Vec<_> = needs.proofs.iter().map(|proof| (proof.is_required, proof.result)).collect();
    let passed = (true, Some(ProofResult::Pass));
    assert_eq!(told, [passed, passed, passed, (false, Some(ProofResult::Fail))], "all are told");
    let refused = client.decide_gate(&context(), &id, "G6", Verdict::Approve, None).await.map(|_| ());
    assert!(conflict(refused).1.contains("Failed proof types: test_output"), "and the plane says why");
}

#[tokio::test]
async fn deliverables_are_completed_one_by_one() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console with incomplete deliverables, first gate by hand").await;
    until(&client, &id, |run| run.summary.open_gates == 1).await;
    let told = work(&client, &id).await.deliverables.expect("deliverables are told");
    assert_eq!((told.len(), told[0].status), (1, WorkStatus::NotStarted), "one holds the gate up");
    act(&client, &id, &complete(&told[0].id)).await.expect("it is complete");
    let told = work(&client, &id).await.deliverables.expect("deliverables are told");
    assert_eq!(told[0].status, WorkStatus::Complete, "and is told so");
    client.decide_gate(&context(), &id, "G1", Verdict::Approve, None).await.expect("nothing holds it up");
    let another = start(&client, "A console with incomplete deliverables, first gate by hand").await;
    let outcome = act(&client, &another, &complete(&told[0].id)).await;
    assert!(matches!(outcome, Err(Error::NotFound { .. })), "it belongs to another project: {outcome:?}");
    assert_eq!(bench.plane.asked(COMPLETE), 1, "the plane would have done it");
}

#[tokio::test]
async fn a_blocker_is_resolved_once() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console at rest").await;
    let known = blocker(&bench, &id);
    act(&client, &id, &resolve(&known)).await.expect("it is resolved");
    let told = work(&client, &id).await.blockers.expect("blockers are told");
    assert!(told[0].resolved_at.is_some(), "and is told so: {told:?}");
    assert_eq!(conflict(act(&client, &id, &resolve(&known)).await).0, "already_resolved", "it would be overwritten");
    let another = start(&client, "Another console at rest").await;
    for (project, blocker) in [(&another, known.as_str()), (&id, "nope")] {
        let outcome = act(&client, project, &resolve(blocker)).await;
        assert!(matches!(outcome, Err(Error::NotFound { .. })), "{blocker} is none of its own: {outcome:?}");
    }
    assert_eq!(bench.plane.asked(RESOLVE), 1, "one was sent");
}

#[tokio::test]
async fn what_is_written_is_judged_before_anything_is_asked() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = RunId::new("r");
    let [long, path, kind] = ["x".repeat(501), "p".to_owned(), "smoke_test".to_owned()];
    let given = |kind: &str, path: &str, summary: &str| {
        let [gate, kind, path, summary] = ["G8", kind, path, summary].map(ToOwned::to_owned);
        ProjectAct::AddProof { gate, kind, path, summary }
    };
    for (what, wrong, faults) in [
        ("short requirements", ProjectAct::Start { requirements: "short".to_owned() }, vec!["requirements"]),
        ("long requirements", ProjectAct::Start { requirements: "x".repeat(2001) }, vec!["requirements"]),
        ("a proof that only the plane makes", given("unit_test_output", &path, "s"), vec!["kind"]),
        ("an empty proof", given("", "", ""), vec!["kind", "path", "summary"]),
        ("a long summary", given(&kind, &path, &long), vec!["summary"]),
        (
            "no resolution",
            ProjectAct::ResolveBlocker { blocker: "b".to_owned(), resolution: String::new() },
            vec!["resolution"],
        ),
    ] {
        let Err(Error::Invalid { faults: found, .. }) = act(&client, &id, &wrong).await else {
            panic!("{what} is refused")
        };
        let paths: Vec<_> = found.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, faults, "{what}: each fault is named");
        assert!(found.iter().all(|fault| !fault.remedy.is_empty()), "{what}: with what to do");
    }
    for gate in ["G0", "G10", "G1_PENDING", ""] {
        for wrong in [go_on(gate), work_again(gate), proof(gate, "smoke_test", "/x")] {
            let outcome = act(&client, &id, &wrong).await;
            assert!(matches!(outcome, Err(Error::NotFound { .. })), "{gate:?} is no gate: {outcome:?}");
        }
    }
    assert_eq!(bench.plane.asked_at_all(), 0, "nothing was asked");
}

#[tokio::test]
async fn nothing_is_done_to_what_belongs_to_another() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console with incomplete deliverables, first gate by hand").await;
    until(&client, &id, |run| run.summary.open_gates == 1).await;
    let blocker = blocker(&bench, &id);
    let deliverable = work(&client, &id).await.deliverables.expect("deliverables are told").remove(0).id;
    let other = bench.client_with(Some("other@example.com:Passw0rd2"));
    for wrong in [
        begin(),
        go_on("G1"),
        work_again("G1"),
        proof("G1", "smoke_test", "/x"),
        complete(&deliverable),
        resolve(&blocker),
    ] {
        let outcome = act(&other, &id, &wrong).await;
        assert!(matches!(outcome, Err(Error::Forbidden { .. })), "{wrong:?} is not theirs: {outcome:?}");
    }
    let sent: u32 = [START, GO_ON, RETRY, PROOF, COMPLETE, RESOLVE].iter().map(|route| bench.plane.asked(route)).sum();
    assert_eq!(sent, 0, "the plane itself would not have asked whose they are");
}

#[tokio::test]
async fn what_the_plane_refuses_is_told_in_its_words_and_what_it_breaks_on_is_not() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console with incomplete deliverables, first gate by hand").await;
    until(&client, &id, |run| run.summary.open_gates == 1).await;
    let known = blocker(&bench, &id);
    let deliverable = work(&client, &id).await.deliverables.expect("deliverables are told").remove(0).id;
    let resting = start(&client, "A console at rest").await;
    let refusal =
        |status: u16, message: Value| Said::json(status, &json!({ "message": message, "statusCode": status }));
    let acts = [
        ("/api/agents/workflow/start", &resting, begin()),
        ("/api/agents/workflow/retry-gate", &id, work_again("G1")),
        ("/api/deliverables/", &id, complete(&deliverable)),
        ("/api/blockers/", &id, resolve(&known)),
    ];
    for (at, run, wanted) in acts {
        let outcome = async |said: Said| {
            let (_server, client) = bent(&bench.plane, at, said).await;
            act(&client, run, &wanted).await
        };
        let said = outcome(refusal(400, json!("No\u{1b}[31m\nway"))).await;
        let Err(Error::Invalid { message, .. }) = said else { panic!("{at}: {said:?}") };
        assert_eq!(message, "No[31mway", "{at}: in its words, without control characters");
        let said = outcome(refusal(400, json!(["x should not be empty"]))).await;
        assert!(matches!(said, Err(Error::Invalid { ref faults, .. }) if faults.len() == 1), "{at}: {said:?}");
        let said = outcome(refusal(403, json!("Not yours"))).await;
        assert_eq!(said, Err(Error::Forbidden { message: "Not yours".to_owned(), remedy: None }), "{at}: in its words");
        let said = outcome(refusal(500, json!("secret of the server"))).await;
        assert_eq!(said, Err(Error::Unavailable { status: 500, correlation_id: None }), "{at}: nothing more");
        for (what, said) in [
            ("nothing", Said { status: 201, headers: Vec::new(), body: Vec::new() }),
            ("HTML", Said::text(201, "text/html", "<html>")),
            ("wrong types", Said::json(201, &json!({ "id": 1, "success": "yes", "projectId": [] }))),
            ("a list", Said::json(201, &json!([]))),
        ] {
            let outcome = outcome(said).await;
            assert!(matches!(outcome, Err(Error::Incompatible { .. })), "{at}: {what} is no answer: {outcome:?}");
        }
    }
    let untaken = Said::json(201, &json!({ "success": false, "message": "No\u{7} agent" }));
    let (_server, client) = bent(&bench.plane, "/api/agents/workflow/retry-gate", untaken).await;
    assert_eq!(conflict(act(&client, &id, &work_again("G1")).await).1, "No agent", "a success may be none");
    let another = Said::json(201, &json!({ "projectId": "another", "currentGate": "G1_PENDING" }));
    let (_server, client) = bent(&bench.plane, "/api/agents/workflow/start", another).await;
    let outcome = act(&client, &resting, &begin()).await;
    assert!(matches!(outcome, Err(Error::Incompatible { .. })), "it is not about us: {outcome:?}");
}
