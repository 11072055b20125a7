//! Proofs: what must pass at which gate, and what can be handed in over HTTP.
//!
//! A path is one on the server, which reads whatever lies there. Here, nothing lies below `/no`, and a validator finds
//! fault with a file that is named `broken`.

use super::{
    Outcome, World,
    envelope::orm,
    gates::{Gate, bare_gate, number_of},
};
use serde_json::{Value, json};

/// What can be handed in. Five more types are made by the server alone.
const HANDED_IN: [&str; 12] = [
    "test_output",
    "coverage_report",
    "lint_output",
    "security_scan",
    "build_output",
    "lighthouse_report",
    "accessibility_scan",
    "spec_validation",
    "deployment_log",
    "smoke_test",
    "screenshot",
    "manual_verification",
];

/// Types that every file passes as.
const UNJUDGED: [&str; 4] = ["deployment_log", "smoke_test", "screenshot", "manual_verification"];

const FIELDS: [&str; 7] = ["projectId", "gate", "proofType", "filePath", "contentSummary", "gateId", "autoValidate"];

/// The proofs that must pass at a gate.
pub(super) fn required(number: u32) -> &'static [&'static str] {
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

/// A percentage such as `71.5%` in a text.
fn percentage(text: &str) -> Option<f64> {
    text.split_whitespace().find_map(|word| word.strip_suffix('%')?.parse().ok())
}

impl World {
    /// Why a gate can be neither approved nor rejected for want of proof.
    pub(super) fn unproven(&self, gate: &Gate) -> Result<(), String> {
        let number = number_of(&gate.kind);
        let needed = if gate.kind.ends_with("_PENDING") { required(number) } else { &[] };
        if required(number).is_empty() {
            return Ok(());
        }
        let rows: Vec<&Value> = self.proofs.iter().filter(|row| row["gateId"] == *gate.id).collect();
        let of = |outcome: &str| -> Vec<&str> {
            rows.iter().filter(|row| row["passFail"] == outcome).filter_map(|row| row["proofType"].as_str()).collect()
        };
        let (passed, failed) = (of("pass"), of("fail"));
        if number == 6 && !failed.is_empty() {
            return Err(format!(
                "Cannot approve G6 Testing Gate: Tests are failing. Failed proof types: {}. Fix all test failures \
                 before approval. Check tasks created for developers.",
                failed.join(", ")
            ));
        }
        let missing: Vec<_> = needed.iter().filter(|proof| !passed.contains(*proof)).copied().collect();
        if !missing.is_empty() {
            return Err(format!("Cannot approve gate: Missing required proof artifacts: {}", missing.join(", ")));
        }
        if passed.is_empty() {
            return Err("Cannot approve gate: No approved proof artifacts found".to_owned());
        }
        let reports = rows.iter().filter(|row| row["proofType"] == "coverage_report" && row["passFail"] == "pass");
        let mut covered = reports.filter_map(|row| percentage(row["contentSummary"].as_str()?));
        match covered.find(|percentage| number == 6 && *percentage < 80.0) {
            Some(low) => Err(format!("Cannot approve gate: Code coverage {low}% is below the required 80% threshold")),
            None => Ok(()),
        }
    }

    /// What the agents of a gate leave behind: all of its proofs, and all of them pass.
    pub(super) fn prove(&mut self, gate: &Gate, user: &str) {
        for kind in required(number_of(&gate.kind)) {
            let fields = json!({
                "projectId": gate.project, "gate": gate.kind, "gateId": gate.id, "proofType": kind,
                "filePath": "/srv/workspaces/out.txt", "contentSummary": "ok", "passFail": "pass",
            });
            self.push_proof(user, fields);
        }
    }

    /// A new row of these fields, which say everything that is not the server's to say.
    fn push_proof(&mut self, user: &str, fields: Value) -> Value {
        let (id, now) = (self.id(), self.now());
        let mut row = json!({
            "id": id, "fileHash": "22adf719256532fcc47e0e2b34708f626931fefa48863620dd2477dff4bbe7ed",
            "createdBy": self.accounts.id_of(user), "verified": false, "verifiedAt": null, "verifiedBy": null,
            "createdAt": now,
        });
        if let (Some(row), Value::Object(fields)) = (row.as_object_mut(), fields) {
            row.extend(fields);
        }
        self.proofs.push(row.clone());
        row
    }

    /// Without `gateId` it counts for nothing, and without `autoValidate` it neither passes nor fails.
    pub(super) fn add_proof(&mut self, user: &str, body: &Value) -> Outcome {
        let mut faults: Vec<_> = body.as_object().into_iter().flat_map(|body| body.keys()).collect();
        faults.retain(|name| !FIELDS.contains(&name.as_str()));
        let mut faults: Vec<_> = faults.iter().map(|name| format!("property {name} should not exist")).collect();
        let texts = ["projectId", "gate", "filePath", "contentSummary"].into_iter();
        faults.extend(texts.filter(|name| !body[*name].is_string()).map(|name| format!("{name} must be a string")));
        if !HANDED_IN.iter().any(|kind| body["proofType"] == **kind) {
            faults.push("proofType must be one of the following values: ".to_owned());
        }
        if !faults.is_empty() {
            return Err((400, json!(faults)));
        }
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let project =
            self.own(user, &text("projectId"), "You can only create proof artifacts for your own projects")?;
        let path = text("filePath");
        if path.starts_with("/no") {
            return Err((500, json!(format!("ENOENT: no such file or directory, open '{path}'"))));
        }
        let kind = text("proofType");
        let passes = UNJUDGED.contains(&kind.as_str()) || !path.contains("broken");
        let outcome = match body["autoValidate"].as_bool() {
            Some(true) if passes => "pass",
            Some(true) => "fail",
            _ => "info",
        };
        let row = self.push_proof(
            user,
            json!({
                "projectId": project.id, "gate": body["gate"], "gateId": body["gateId"], "proofType": kind,
                "filePath": path, "contentSummary": body["contentSummary"], "passFail": outcome,
            }),
        );
        Ok((201, self.whole_proof(&row)))
    }

    /// Newest first.
    pub(super) fn proofs_of(&self, user: &str, project: Option<&str>, gate: Option<&str>) -> Outcome {
        let Some(id) = project else { return Err(orm("project.findUnique")) };
        self.own(user, id, "You can only view proof artifacts for your own projects")?;
        let rows = self.proofs.iter().rev().filter(|row| row["projectId"] == id);
        let rows = rows.filter(|row| gate.is_none_or(|gate| row["gate"] == gate));
        Ok((200, rows.map(|row| self.whole_proof(row)).collect()))
    }

    fn whole_proof(&self, row: &Value) -> Value {
        let mut whole = row.clone();
        let project = self.projects.iter().find(|project| row["projectId"] == *project.id);
        let gate = self.gates.iter().find(|gate| row["gateId"] == *gate.id);
        whole["project"] = project.map_or(Value::Null, |project| self.bare_row(project));
        whole["gateRelation"] = gate.map_or(Value::Null, bare_gate);
        whole
    }
}
