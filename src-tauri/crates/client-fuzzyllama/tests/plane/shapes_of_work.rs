//! The areas of work beside the gates are answered by the stand-in in the shapes and by the rules that were recorded.

use crate::shapes::{agrees, agrees_but, ask};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::stand_in::FuzzyLlama;

/// A plane with a project of this description, as its owner sees it.
struct Scene {
    plane: Arc<FuzzyLlama>,
    token: String,
    id: String,
}

impl Scene {
    fn new(description: &str) -> Self {
        let plane = FuzzyLlama::new();
        let token = plane.access_token();
        let (_, made) = ask(&plane, &token, "POST", "/api/projects", &json!({ "description": description }));
        Self { plane, token, id: made["id"].as_str().expect("an id").to_owned() }
    }

    /// Asks; `:id` in a path and as the project of a body stands for this one.
    fn ask(&self, method: &str, path: &str, mut body: Value) -> (u16, Value) {
        if let Some(project) = body.get_mut("projectId").filter(|project| **project == ":id") {
            *project = self.id.as_str().into();
        }
        ask(&self.plane, &self.token, method, &path.replace(":id", &self.id), &body)
    }

    fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, Value::Null)
    }

    /// The row of a gate that is decided.
    fn gate(&self, kind: &str) -> String {
        let (_, rows) = self.get("/api/gates?projectId=:id");
        let row = rows.as_array().expect("rows").iter().find(|row| row["gateType"] == kind).expect("a gate").clone();
        row["id"].as_str().expect("an id").to_owned()
    }

    fn decide(&self, kind: &str, is_approved: bool) -> (u16, Value) {
        let path = format!("/api/gates/{}/approve", self.gate(kind));
        self.ask("POST", &path, json!({ "approved": is_approved }))
    }

    /// Looks on until the agents are done with the gate whose turn it is.
    fn look_on(&self) {
        for _ in 0..3 {
            self.get("/api/projects/:id/status");
        }
    }

    /// Approves whatever comes before this gate.
    fn walk_to(&self, number: u32) {
        self.look_on();
        for before in 1..number {
            assert_eq!(self.decide(&format!("G{before}_PENDING"), true).0, 201, "gate {before} lets it go on");
            self.look_on();
        }
    }
}

fn message((status, body): (u16, Value)) -> (u16, String) {
    (status, body["message"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn work_that_is_started_goes_as_it_went() {
    let scene = Scene::new("A console at rest");
    let start = json!({ "projectId": ":id", "requirements": "Build a plumbing site" });
    agrees("workflow.start.ok.json", scene.ask("POST", "/api/agents/workflow/start", start.clone()));
    agrees("projects.get.afterWorkflowStart.json", scene.get("/api/projects/:id"));
    agrees("gates.list.afterStart.json", scene.get("/api/gates?projectId=:id"));
    assert_eq!(scene.get("/api/projects/:id").1["name"], "Build a plumbing site", "it was renamed");
    assert_eq!(scene.get("/api/projects/:id/status").1["isAgentWorking"], true, "an agent works");
    scene.look_on();
    agrees("projects.status.inReview.json", scene.get("/api/projects/:id/status"));
    assert_eq!(scene.decide("G1_PENDING", true).0, 201, "it can be approved");
    assert_eq!(scene.get("/api/projects/:id/status").1["isAgentWorking"], false, "nothing goes on by itself");
    let go_on = scene.ask("POST", "/api/agents/workflow/gate-approved/:id", json!({ "gateType": "G1_PENDING" }));
    agrees("workflow.gateApproved.json", go_on);
    scene.look_on();
    agrees("gates.list.afterWorkflow.json", scene.get("/api/gates?projectId=:id"));
    agrees("documents.list.afterWorkflow.json", scene.get("/api/documents?projectId=:id"));
    agrees("workflow.status.json", scene.get("/api/agents/workflow/status/:id"));
    scene.ask("POST", "/api/agents/workflow/start", start);
    let (_, rows) = scene.get("/api/gates?projectId=:id");
    let first = rows.as_array().expect("rows").iter().filter(|row| row["gateType"] == "G1_PENDING").count();
    assert_eq!(first, 2, "a second start makes a second first gate");
}

#[test]
fn agents_without_a_key_fail_as_they_failed() {
    let scene = Scene::new("A console at rest");
    scene.plane.lose_key();
    let start = json!({ "projectId": ":id", "requirements": "Build a plumbing site" });
    agrees("workflow.start.nokey.json", scene.ask("POST", "/api/agents/workflow/start", start));
    let retry = scene.ask("POST", "/api/agents/workflow/retry-gate/:id", json!({ "gateType": "G1_PENDING" }));
    agrees("workflow.retryGate.json", retry);
    let history = scene.get("/api/agents/history?projectId=:id");
    assert_eq!(history.1[0]["outputResult"], "Claude API key not configured", "the reason stands where a result would");
    let execution = history.1[0]["id"].as_str().expect("an id").to_owned();
    agrees("agents.history.json", history);
    agrees("agents.execution.get.json", scene.get(&format!("/api/agents/executions/{execution}")));
    agrees("agents.execution.404.json", scene.get("/api/agents/executions/nope"));
}

#[test]
fn executions_are_paid_for() {
    let scene = Scene::new("A console with the first gate by hand");
    agrees("costs.project.404.json", scene.get("/api/costs/project/nope"));
    scene.walk_to(2);
    let (_, history) = scene.get("/api/agents/history?projectId=:id");
    let execution = history[0]["id"].as_str().expect("an id");
    agrees("agents.execution.completed.json", scene.get(&format!("/api/agents/executions/{execution}")));
    let costs = scene.get("/api/costs/project/:id");
    let total = costs.1["totalCost"].as_f64().expect("a number");
    assert!((total - 0.002_07).abs() < 1e-9, "two executions of 120 and 45 tokens: {total}");
    // The names of models and agents are keys there.
    agrees_but("costs.project.after.json", costs, |costs| {
        for name in ["costsByModel", "costsByAgent"] {
            costs[name] = costs[name].as_object().expect("an object").values().cloned().collect();
        }
    });
}

#[test]
fn tasks_are_kept_as_they_were() {
    let scene = Scene::new("A console at rest");
    agrees("tasks.create.invalid.json", scene.ask("POST", "/api/tasks", json!({ "projectId": ":id" })));
    let task = json!({ "projectId": ":id", "name": "Write PRD", "phase": "planning" });
    let made = scene.ask("POST", "/api/tasks", task);
    let id = made.1["id"].as_str().expect("an id").to_owned();
    agrees("tasks.create.ok.json", made);
    let sub = |parent: &str| json!({ "projectId": ":id", "name": "Sub", "phase": "planning", "parentTaskId": parent });
    agrees("tasks.create.badparent.json", scene.ask("POST", "/api/tasks", sub("nope")));
    agrees("tasks.create.sub.json", scene.ask("POST", "/api/tasks", sub(&id)));
    let mut listed = scene.get("/api/tasks?projectId=:id");
    agrees("tasks.list.json", listed.clone());
    // The head of a subtask is in the older of the two rows.
    listed.1.as_array_mut().expect("rows").reverse();
    agrees_but("tasks.list.json", listed, |rows| {
        rows.as_array_mut().expect("rows").retain(|row| row["subtasks"] != json!([]));
    });
    let patch = |status: &str| scene.ask("PATCH", &format!("/api/tasks/{id}"), json!({ "status": status }));
    let whole = |task: &mut Value| task["subtasks"] = json!([]);
    agrees_but("tasks.patch.inprogress.json", patch("in_progress"), whole);
    agrees_but("tasks.patch.complete.json", patch("complete"), whole);
    agrees("tasks.patch.failed.json", patch("failed"));
    agrees("tasks.stats.json", scene.get("/api/tasks/stats/:id"));
    agrees("workflow.status.json", scene.get("/api/agents/workflow/status/:id"));
    scene.plane.expire();
    assert_eq!(scene.get("/api/tasks?projectId=:id").0, 401, "nobody is nobody");
}

#[test]
fn deliverables_hold_up_every_gate_of_their_project() {
    let scene = Scene::new("A console with incomplete deliverables, first gate by hand");
    scene.look_on();
    agrees("gates.reject.incompleteDeliverables.json", scene.decide("G1_PENDING", false));
    agrees("gates.approve.incompleteDeliverables.json", scene.decide("G1_PENDING", true));
    let listed = scene.get("/api/deliverables?projectId=:id");
    let intake = listed.1[0]["id"].as_str().expect("an id").to_owned();
    agrees("deliverables.list.json", listed);
    agrees("deliverables.complete.json", scene.ask("POST", &format!("/api/deliverables/{intake}/complete"), json!({})));
    let (status, body) = scene.ask("POST", "/api/deliverables/nope/complete", json!({}));
    assert_eq!((status, &body["message"]), (404, &json!("Deliverable with ID nope not found")), "as for reading one");
    assert_eq!(scene.decide("G1_PENDING", true).0, 201, "nothing holds it up any more");
    scene.look_on();
    let theirs = testkit::recording("fuzzyllama", "gates.approve.incompleteDeliverables.json");
    let theirs = theirs.json().expect("JSON")["response"]["message"].as_str().expect("a text").to_owned();
    assert_eq!(message(scene.decide("G2_PENDING", true)), (403, theirs), "whose they are does not matter");
}

#[test]
fn files_are_asked_for_by_an_approval_alone() {
    let scene = Scene::new("A console without files, first gate by hand");
    scene.look_on();
    agrees("gates.reject.json", scene.decide("G1_PENDING", false));
    let theirs = testkit::recording("fuzzyllama", "gates.approve.missingDeliverables.json");
    let theirs = theirs.json().expect("JSON")["response"]["message"].as_str().expect("a text").to_owned();
    assert_eq!(message(scene.decide("G1_PENDING", true)), (400, theirs), "in their words");
}

#[test]
fn proofs_count_at_the_gate_that_they_name() {
    let scene = Scene::new("A console without proof, first gate by hand");
    scene.walk_to(3);
    agrees("gates.approve.G3.noproof.json", scene.decide("G3_PENDING", true));
    agrees("gates.reject.G3.noproof.json", scene.decide("G3_PENDING", false));
    let gate = scene.gate("G3_PENDING");
    let add = |kind: &str, path: &str, gate: Value, is_judged: bool| {
        let body = json!({
            "projectId": ":id", "gate": "G3_PENDING", "gateId": gate, "proofType": kind, "filePath": path,
            "contentSummary": "spec", "autoValidate": is_judged,
        });
        scene.ask("POST", "/api/proof-artifacts", body)
    };
    agrees("proof.create.invalid.json", add("unit_test_output", "/x", json!(gate), true));
    agrees("proof.create.nofile.json", add("spec_validation", "/no/such", json!(gate), true));
    agrees("proof.create.info.json", add("spec_validation", "/srv/openapi.yaml", json!(gate), false));
    assert_eq!(scene.decide("G3_PENDING", true).0, 400, "what is only told proves nothing");
    agrees("proof.create.auto.json", add("manual_verification", "/etc/hostname", json!(gate), true));
    assert_eq!(scene.decide("G3_PENDING", true).0, 400, "nor does another type");
    let loose = add("spec_validation", "/srv/openapi.yaml", Value::Null, true);
    assert_eq!((loose.0, &loose.1["passFail"]), (201, &json!("pass")), "it passes");
    assert_eq!(scene.decide("G3_PENDING", true).0, 400, "but belongs to no gate");
    assert_eq!(add("spec_validation", "/srv/broken.yaml", json!(gate), true).1["passFail"], "fail", "it may fail");
    assert_eq!(add("spec_validation", "/srv/openapi.yaml", json!(gate), true).1["passFail"], "pass", "or pass");
    agrees("proof.list.json", scene.get("/api/proof-artifacts?projectId=:id&gate=G3_PENDING"));
    agrees("gates.approve.G9.json", scene.decide("G3_PENDING", true));
}

#[test]
fn the_sixth_gate_bears_no_failure_and_no_low_coverage() {
    let scene = Scene::new("A console with the first gate by hand");
    scene.walk_to(6);
    let gate = scene.gate("G6_PENDING");
    let add = |kind: &str, path: &str, summary: &str| {
        let body = json!({
            "projectId": ":id", "gate": "G6_PENDING", "gateId": gate, "proofType": kind, "filePath": path,
            "contentSummary": summary, "autoValidate": true,
        });
        assert_eq!(scene.ask("POST", "/api/proof-artifacts", body).0, 201, "it is taken");
    };
    let text = |name: &str| {
        let recorded = testkit::recording("fuzzyllama", name).json().expect("JSON");
        (400, recorded["response"]["message"].as_str().expect("a text").to_owned())
    };
    add("coverage_report", "/srv/coverage.json", "lines 71.5% of all");
    assert_eq!(message(scene.decide("G6_PENDING", true)), text("gates.approve.G6.lowCoverage.json"), "too little");
    add("test_output", "/srv/broken.txt", "one failed");
    assert_eq!(message(scene.decide("G6_PENDING", true)), text("gates.approve.G6.failedProof.json"), "a failure");
    assert_eq!(message(scene.decide("G6_PENDING", false)), text("gates.reject.G6.failedProof.json"), "either way");
}

#[test]
fn blockers_belong_to_nobody() {
    let scene = Scene::new("A console at rest");
    let blocker = |project: &str| {
        json!({
            "projectId": project, "blockerType": "technical", "description": "DB is down", "severity": "critical",
            "reportedBy": "BACKEND_DEVELOPER",
        })
    };
    agrees("blockers.create.invalid.json", scene.ask("POST", "/api/blockers", json!({ "severity": "urgent" })));
    agrees("blockers.create.badproj.json", scene.ask("POST", "/api/blockers", blocker("nope")));
    let made = scene.ask("POST", "/api/blockers", blocker(":id"));
    let id = made.1["id"].as_str().expect("an id").to_owned();
    agrees("blockers.create.ok.json", made);
    agrees("blockers.list.json", scene.get("/api/blockers?projectId=:id&status=resolved"));
    agrees("blockers.active.json", scene.get("/api/blockers/active/:id"));
    let resolve = |id: &str| {
        let body = json!({ "resolution": "restarted", "resolvedBy": "me" });
        scene.ask("POST", &format!("/api/blockers/{id}/resolve"), body)
    };
    agrees("blockers.get.404.json", resolve("nope"));
    agrees("blockers.resolve.json", resolve(&id));
    agrees("blockers.resolve.again.json", resolve(&id));
    agrees("blockers.noproj.json", scene.get("/api/blockers"));
    assert_eq!(scene.get("/api/blockers/active/:id").1, json!([]), "none is open");
}
