//! Gates with the progression and the checks of the real plane, in its order and with its words.

use super::{
    Outcome, World,
    projects::{Project, Script},
};
use serde_json::{Value, json};

/// One row of a gate.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    pub(super) id: String,
    pub(super) project: String,
    pub(super) kind: String,
    pub(super) status: &'static str,
    notes: Option<String>,
    blocking: Option<String>,
    by: Option<String>,
    at: Option<String>,
    created: String,
    updated: String,
    proofs: Vec<(&'static str, &'static str)>,
}

/// The proofs that must pass at a gate.
const fn required(number: u32) -> &'static [&'static str] {
    match number {
        3 => &["spec_validation"],
        5 => &["build_output", "lint_output", "preview_startup"],
        6 => &["unit_test_output", "e2e_test_output", "integration_test_output"],
        7 => &["security_scan"],
        8 => &["deployment_log", "smoke_test"],
        9 => &["deployment_log", "smoke_test", "manual_verification"],
        _ => &[],
    }
}

fn number_of(kind: &str) -> u32 {
    kind[1..2].parse().expect("a gate has a number")
}

impl World {
    fn add_gate(&mut self, project: &str, kind: String, status: &'static str) -> usize {
        let (id, now) = (self.id(), self.now());
        self.gates.push(Gate {
            id,
            project: project.to_owned(),
            kind,
            status,
            notes: None,
            blocking: None,
            by: None,
            at: (status == "APPROVED").then(|| now.clone()),
            created: now.clone(),
            updated: now,
            proofs: Vec::new(),
        });
        self.gates.len() - 1
    }

    /// The machine goes by project and type, so the first row of a type is the one that counts.
    fn first(&self, project: &str, kind: &str) -> Option<usize> {
        self.gates.iter().position(|gate| gate.project == project && gate.kind == kind)
    }

    /// One step of the agents, or of the reviewer.
    pub(super) fn let_agents_act(&mut self, id: &str) {
        let Some(project) = self.projects.iter().find(|project| project.id == id).cloned() else { return };
        if project.script == Script::Rest {
            return;
        }
        let Some(at) = self.first(id, &project.gate) else {
            self.add_gate(id, "G1_PENDING".to_owned(), "PENDING");
            return;
        };
        let number = number_of(&project.gate);
        if project.script == Script::Working || self.gates[at].status == "APPROVED" {
            return;
        }
        if self.gates[at].status == "PENDING" {
            self.gates[at].proofs = required(number).iter().map(|proof| (*proof, "pass")).collect();
            self.gates[at].status =
                if project.script == Script::Blocked && number == 6 { "BLOCKED" } else { "IN_REVIEW" };
            self.gates[at].updated = self.now();
            let data =
                json!({ "gateId": self.gates[at].id, "gateType": project.gate, "description": "ready for review" });
            self.note(id, "GateTransitionedToReview", &data, None);
            return;
        }
        let is_for_a_person = match project.script {
            Script::LastByHand => number == 9,
            Script::FirstByHand => true,
            _ => self.gates[at].status == "BLOCKED",
        };
        if !is_for_a_person {
            self.approve(&project, at, None);
        }
    }

    fn approve(&mut self, project: &Project, at: usize, notes: Option<String>) {
        let kind = self.gates[at].kind.clone();
        let number = number_of(&kind);
        self.add_gate(&project.id, format!("G{number}_COMPLETE"), "APPROVED");
        let next = if number == 9 {
            "G9_COMPLETE".to_owned()
        } else {
            let next = format!("G{}_PENDING", number + 1);
            self.add_gate(&project.id, next.clone(), "PENDING");
            next
        };
        let data =
            json!({ "gateId": self.gates[at].id, "gateType": kind, "nextGate": next, "reviewNotes": notes.clone() });
        self.note(&project.id, "GateApproved", &data, Some(&project.owner));
        let now = self.now();
        let by = self.accounts.id_of(&project.owner);
        let gate = &mut self.gates[at];
        (gate.status, gate.notes, gate.by, gate.at) = ("APPROVED", notes, Some(by), Some(now.clone()));
        gate.updated.clone_from(&now);
        let state = self.projects.iter_mut().find(|known| known.id == project.id).expect("a project that is there");
        (state.gate, state.percent, state.state_updated) = (next, state.percent + 20, now);
    }

    pub(super) fn gates_of(&self, user: &str, project: Option<&str>) -> Outcome {
        let Some(project) = project else {
            return Err((500, json!("\nInvalid `findUnique()` invocation in /srv/x.ts")));
        };
        self.project(user, project)?;
        let rows = self.gates.iter().filter(|gate| gate.project == project);
        Ok((200, rows.map(gate_row).collect()))
    }

    pub(super) fn current_gate(&self, user: &str, id: &str) -> Outcome {
        let project = self.project(user, id)?;
        Ok((200, self.first(id, &project.gate).map_or(Value::Null, |at| gate_row(&self.gates[at]))))
    }

    pub(super) fn decide(&mut self, user: &str, id: &str, body: &Value) -> Outcome {
        let Some(approved) = body.get("approved").and_then(Value::as_bool) else {
            return Err((400, json!(["approved must be a boolean value"])));
        };
        let Some(named) = self.gates.iter().find(|gate| gate.id == id).cloned() else {
            return Err((404, json!("Gate not found")));
        };
        let Ok(project) = self.project(user, &named.project) else {
            return Err((403, json!("You can only approve gates for your own projects")));
        };
        let number = number_of(&named.kind);
        let missing: Vec<_> =
            required(number).iter().filter(|proof| !named.proofs.contains(&(**proof, "pass"))).copied().collect();
        if !missing.is_empty() {
            let text = format!("Cannot approve gate: Missing required proof artifacts: {}", missing.join(", "));
            return Err((400, json!(text)));
        }
        let at = self.first(&named.project, &named.kind).expect("the gate that was found");
        let previous = format!("G{}_COMPLETE", number.saturating_sub(1));
        match self.gates[at].status {
            "APPROVED" => return Err((403, json!("Gate already approved"))),
            "BLOCKED" => return Err((403, json!("Gate is blocked"))),
            _ if number > 1 && self.first(&named.project, &previous).is_none() => {
                return Err((403, json!(format!("Previous gate {previous} must be approved first"))));
            }
            _ if project.incomplete => return Err((403, json!("Gate has incomplete deliverables: Task Breakdown."))),
            _ => {}
        }
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        if approved {
            self.approve(&project, at, text("reviewNotes"));
        } else {
            let reason = text("rejectionReason").unwrap_or_else(|| "Rejected by user".to_owned());
            let data = json!({ "gateId": named.id, "reason": reason, "gateType": named.kind });
            self.note(&project.id, "GateRejected", &data, Some(user));
            let now = self.now();
            let gate = &mut self.gates[at];
            (gate.status, gate.blocking, gate.updated) = ("REJECTED", Some(reason), now);
        }
        let mut row = gate_row(&self.gates[at]);
        row["project"] = self.bare_row(&project);
        row["approvedBy"] = if approved { self.accounts.person(user) } else { Value::Null };
        Ok((201, row))
    }
}

fn gate_row(gate: &Gate) -> Value {
    let proofs = gate.proofs.iter().map(|(proof, outcome)| {
        json!({ "id": format!("{}-{proof}", gate.id), "filePath": "x", "proofType": proof, "passFail": outcome })
    });
    json!({
        "id": gate.id, "projectId": gate.project, "gateType": gate.kind, "status": gate.status,
        "description": null, "passingCriteria": null, "reviewNotes": gate.notes, "blockingReason": gate.blocking,
        "requiresProof": !required(number_of(&gate.kind)).is_empty(), "approvedById": gate.by,
        "approvedAt": gate.at, "createdAt": gate.created, "updatedAt": gate.updated,
        "proofArtifacts": proofs.collect::<Vec<_>>(),
    })
}
