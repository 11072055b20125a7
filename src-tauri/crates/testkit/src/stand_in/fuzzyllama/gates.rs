//! Gates with the progression and the checks of the real plane, in its order and with its words.

use super::{Outcome, World, deliverables::missing_text, envelope::orm, projects::Project, proofs::required};
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
    pub(super) updated: String,
}

/// What the machine writes at a gate, and what it says has to be done, as far as that was recorded.
fn words(kind: &str) -> (Option<&'static str>, Option<&'static str>) {
    let (description, criteria) = match kind {
        "G1_PENDING" => (
            "Project scope approval - intake questionnaire complete",
            "User has approved project scope, vision, goals, and constraints",
        ),
        "G1_COMPLETE" => {
            ("Intake complete, requirements gathered", "User has reviewed and approved the intake summary")
        }
        "G2_PENDING" => ("PRD creation in progress", "Product Manager has created complete PRD with user stories"),
        "G2_COMPLETE" => ("PRD approved", "User has reviewed and approved the PRD"),
        "G3_PENDING" => (
            "Architecture and specifications in progress",
            "Architect has created OpenAPI spec, Prisma schema, and Zod schemas",
        ),
        "G9_PENDING" => {
            ("Production deployment in progress", "DevOps has deployed to production, health checks passing")
        }
        _ => return (None, None),
    };
    (Some(description), Some(criteria))
}

pub(super) fn number_of(kind: &str) -> u32 {
    kind[1..2].parse().expect("a gate has a number")
}

/// Whether this is a type of a gate; the workflow takes any text.
pub(super) fn is_gate(kind: &str) -> bool {
    (1..=9).any(|number| kind == format!("G{number}_PENDING"))
}

impl World {
    pub(super) fn add_gate(&mut self, project: &str, kind: &str, status: &'static str) -> usize {
        let (id, now) = (self.id(), self.now());
        self.gates.push(Gate {
            id,
            project: project.to_owned(),
            kind: kind.to_owned(),
            status,
            notes: None,
            blocking: None,
            by: None,
            at: (status == "APPROVED").then(|| now.clone()),
            created: now.clone(),
            updated: now,
        });
        self.owe(project, kind);
        self.gates.len() - 1
    }

    /// The machine goes by project and type, so the first row of a type is the one that counts.
    pub(super) fn first(&self, project: &str, kind: &str) -> Option<usize> {
        self.gates.iter().position(|gate| gate.project == project && gate.kind == kind)
    }

    pub(super) fn approve(&mut self, project: &Project, at: usize, notes: Option<String>) {
        let kind = self.gates[at].kind.clone();
        let number = number_of(&kind);
        self.add_gate(&project.id, &format!("G{number}_COMPLETE"), "APPROVED");
        let next = if number == 9 {
            "G9_COMPLETE".to_owned()
        } else {
            let next = format!("G{}_PENDING", number + 1);
            self.add_gate(&project.id, &next, "PENDING");
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
            return Err(orm("project.findUnique"));
        };
        self.project(user, project)?;
        let rows = self.gates.iter().filter(|gate| gate.project == project);
        Ok((200, rows.map(|gate| self.gate_row(gate)).collect()))
    }

    pub(super) fn current_gate(&self, user: &str, id: &str) -> Outcome {
        let project = self.project(user, id)?;
        Ok((200, self.first(id, &project.gate).map_or(Value::Null, |at| self.gate_row(&self.gates[at]))))
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
        self.unproven(&named).map_err(|text| (400, json!(text)))?;
        if approved && project.files < number && named.kind.ends_with("_PENDING") {
            return Err((400, json!(missing_text(&named.kind))));
        }
        let at = self.first(&named.project, &named.kind).expect("the gate that was found");
        let previous = format!("G{}_COMPLETE", number.saturating_sub(1));
        match self.gates[at].status {
            "APPROVED" => return Err((403, json!("Gate already approved"))),
            "BLOCKED" => return Err((403, json!("Gate is blocked"))),
            _ if number > 1 && self.first(&named.project, &previous).is_none() => {
                return Err((403, json!(format!("Previous gate {previous} must be approved first"))));
            }
            _ => {}
        }
        let incomplete = self.incomplete(&project.id);
        if !incomplete.is_empty() {
            let text = format!(
                "Gate has incomplete deliverables: {}. All deliverables must be complete before gate approval.",
                incomplete.join(", ")
            );
            return Err((403, json!(text)));
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
        let mut row = bare_gate(&self.gates[at]);
        row["proofArtifacts"] = self.proofs.iter().filter(|proof| proof["gateId"] == row["id"]).cloned().collect();
        row["project"] = self.bare_row(&project);
        row["approvedBy"] = if approved { self.accounts.person(user) } else { Value::Null };
        Ok((201, row))
    }

    /// A row of a list, with the heads of its proofs.
    fn gate_row(&self, gate: &Gate) -> Value {
        let proofs = self.proofs.iter().filter(|proof| proof["gateId"] == *gate.id).map(|proof| {
            json!({
                "id": proof["id"], "filePath": proof["filePath"], "proofType": proof["proofType"],
                "passFail": proof["passFail"],
            })
        });
        let mut row = bare_gate(gate);
        row["proofArtifacts"] = proofs.collect();
        row
    }
}

/// A row by itself.
pub(super) fn bare_gate(gate: &Gate) -> Value {
    let (description, criteria) = words(&gate.kind);
    json!({
        "id": gate.id, "projectId": gate.project, "gateType": gate.kind, "status": gate.status,
        "description": description, "passingCriteria": criteria, "reviewNotes": gate.notes,
        "blockingReason": gate.blocking, "requiresProof": !required(number_of(&gate.kind)).is_empty(),
        "approvedById": gate.by, "approvedAt": gate.at, "createdAt": gate.created, "updatedAt": gate.updated,
    })
}
