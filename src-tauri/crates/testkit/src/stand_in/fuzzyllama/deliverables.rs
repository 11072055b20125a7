//! Deliverables: rows that the progression makes, which anybody who is signed in may call complete.

use super::{Outcome, World};
use serde_json::{Value, json};

/// A name, a path in the workspace, and the agent who owes it.
type Owed = (&'static str, &'static str, &'static str);

/// What is owed at each row of a gate; a marker of completion has some as well. Where no name was recorded, the path
/// stands for it.
const OWED: [(&str, &[Owed]); 10] = [
    ("G1_PENDING", &[("Project Intake", "docs/INTAKE.md", "PRODUCT_MANAGER")]),
    ("G1_COMPLETE", &[("Task Breakdown", "docs/TASKS.md", "ORCHESTRATOR")]),
    (
        "G2_PENDING",
        &[
            ("Product Requirements Document", "docs/PRD.md", "PRODUCT_MANAGER"),
            ("User Stories", "docs/USER_STORIES.md", "PRODUCT_MANAGER"),
        ],
    ),
    (
        "G3_PENDING",
        &[
            ("specs/openapi.yaml", "specs/openapi.yaml", "ARCHITECT"),
            ("prisma/schema.prisma", "prisma/schema.prisma", "ARCHITECT"),
            ("specs/schemas/", "specs/schemas/", "ARCHITECT"),
            ("docs/ARCHITECTURE.md", "docs/ARCHITECTURE.md", "ARCHITECT"),
            ("docs/TECH_STACK.md", "docs/TECH_STACK.md", "ARCHITECT"),
        ],
    ),
    (
        "G4_PENDING",
        &[
            ("design/system/", "design/system/", "UX_UI_DESIGNER"),
            ("design/mockups/", "design/mockups/", "UX_UI_DESIGNER"),
            ("design/components/", "design/components/", "UX_UI_DESIGNER"),
        ],
    ),
    (
        "G5_PENDING",
        &[
            ("Frontend Implementation", "src/frontend/", "FRONTEND_DEVELOPER"),
            ("Backend Implementation", "src/backend/", "BACKEND_DEVELOPER"),
            ("API Implementation", "src/api/", "BACKEND_DEVELOPER"),
        ],
    ),
    (
        "G6_PENDING",
        &[
            ("tests/TEST_PLAN.md", "tests/TEST_PLAN.md", "QA_ENGINEER"),
            ("tests/results/", "tests/results/", "QA_ENGINEER"),
            ("tests/coverage/", "tests/coverage/", "QA_ENGINEER"),
        ],
    ),
    (
        "G7_PENDING",
        &[
            ("docs/SECURITY_AUDIT.md", "docs/SECURITY_AUDIT.md", "SECURITY_ENGINEER"),
            ("security/scan-results/", "security/scan-results/", "SECURITY_ENGINEER"),
        ],
    ),
    (
        "G8_PENDING",
        &[
            ("deploy/staging/", "deploy/staging/", "DEVOPS_ENGINEER"),
            (".github/workflows/", ".github/workflows/", "DEVOPS_ENGINEER"),
            ("infrastructure/", "infrastructure/", "DEVOPS_ENGINEER"),
        ],
    ),
    (
        "G9_PENDING",
        &[
            ("deploy/production/", "deploy/production/", "DEVOPS_ENGINEER"),
            ("monitoring/", "monitoring/", "DEVOPS_ENGINEER"),
            ("docs/RUNBOOK.md", "docs/RUNBOOK.md", "DEVOPS_ENGINEER"),
        ],
    ),
];

fn owed(kind: &str) -> &'static [Owed] {
    OWED.iter().find(|(known, _)| *known == kind).map_or(&[], |(_, rows)| rows)
}

/// What must lie in the workspace before a gate is approved, as its refusal tells it. Markers ask for nothing.
pub(super) fn missing_text(kind: &str) -> String {
    let rows: Vec<_> = owed(kind).iter().map(|(name, path, _)| format!("{name} ({path})")).collect();
    format!("Cannot approve gate: missing required deliverables - {}", rows.join(", "))
}

impl World {
    /// The rows that come with a row of a gate.
    pub(super) fn owe(&mut self, project: &str, kind: &str) {
        let now = self.now();
        for (name, path, owner) in owed(kind) {
            let id = self.id();
            self.deliverables.push(json!({
                "id": id, "projectId": project, "name": name, "path": path, "status": "not_started", "owner": owner,
                "version": null, "createdAt": now, "updatedAt": now,
            }));
        }
    }

    /// Agents who end their work call everything complete.
    pub(super) fn complete_all(&mut self, project: &str) {
        let now = self.now();
        for row in self.deliverables.iter_mut().filter(|row| row["projectId"] == project && row["status"] != "complete")
        {
            row["status"] = "complete".into();
            row["updatedAt"] = now.clone().into();
        }
    }

    /// The names of what is not complete in the whole project, whatever the gate.
    pub(super) fn incomplete(&self, project: &str) -> Vec<String> {
        let rows = self.deliverables.iter().filter(|row| row["projectId"] == project && row["status"] != "complete");
        rows.filter_map(|row| row["name"].as_str().map(ToOwned::to_owned)).collect()
    }

    /// Newest first. Left out, `projectId` gives those of everybody.
    pub(super) fn deliverables_of(&self, project: Option<&str>) -> Value {
        let is_asked = |row: &&Value| project.is_none_or(|project| row["projectId"] == project);
        let mut rows: Vec<&Value> = self.deliverables.iter().filter(is_asked).collect();
        rows.sort_by(|one, next| next["createdAt"].as_str().cmp(&one["createdAt"].as_str()));
        rows.into_iter().map(|row| self.with_name(row)).collect()
    }

    pub(super) fn complete_deliverable(&mut self, id: &str) -> Outcome {
        let now = self.now();
        let Some(row) = self.deliverables.iter_mut().find(|row| row["id"] == id) else {
            return Err((404, json!(format!("Deliverable with ID {id} not found"))));
        };
        row["status"] = "complete".into();
        row["updatedAt"] = now.into();
        let row = row.clone();
        Ok((201, self.with_name(&row)))
    }

    /// A row with no more of its project than the name.
    pub(super) fn with_name(&self, row: &Value) -> Value {
        let mut row = row.clone();
        row["project"] = json!({ "name": self.name_of(&row["projectId"]) });
        row
    }
}
