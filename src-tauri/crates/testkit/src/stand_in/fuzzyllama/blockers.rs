//! Blockers, which belong to nobody: whoever is signed in sees and resolves those of everybody.

use super::{Outcome, World, envelope::orm};
use serde_json::{Value, json};

impl World {
    /// Stores three of the fields that it asks for.
    pub(super) fn create_blocker(&mut self, body: &Value) -> Outcome {
        let named = ["blockerType", "description", "reportedBy"];
        let mut faults: Vec<_> = named
            .into_iter()
            .filter(|name| !body[*name].is_string())
            .map(|name| format!("{name} must be a string"))
            .collect();
        if !["critical", "high", "medium", "low"].iter().any(|known| body["severity"] == **known) {
            faults.push("severity must be one of the following values: critical, high, medium, low".to_owned());
        }
        if !faults.is_empty() {
            return Err((400, json!(faults)));
        }
        if !self.projects.iter().any(|project| body["projectId"] == *project.id) {
            return Err(orm("blocker.create"));
        }
        let (id, now) = (self.id(), self.now());
        let row = json!({
            "id": id, "projectId": body["projectId"], "description": body["description"],
            "severity": body["severity"], "owner": null, "resolvedAt": null, "resolution": null, "escalated": false,
            "escalationLevel": null, "createdAt": now,
        });
        self.blockers.push(row.clone());
        Ok((201, self.blocker_row(&row)))
    }

    /// All of them, whatever state is asked for; left out, `projectId` gives those of everybody.
    pub(super) fn blockers_of(&self, project: Option<&str>) -> Value {
        let rows = self.blockers.iter().rev();
        let rows = rows.filter(|row| project.is_none_or(|project| row["projectId"] == project));
        rows.map(|row| self.blocker_row(row)).collect()
    }

    pub(super) fn open_blockers(&self, project: &str) -> Value {
        let rows = self.blockers.iter().rev();
        let rows = rows.filter(|row| row["projectId"] == project && row["resolvedAt"].is_null());
        rows.map(|row| self.blocker_row(row)).collect()
    }

    /// A second resolution overwrites the first.
    pub(super) fn resolve_blocker(&mut self, id: &str, body: &Value) -> Outcome {
        let missing = ["resolution", "resolvedBy"].into_iter().filter(|name| !body[*name].is_string());
        let faults: Vec<_> = missing.map(|name| format!("{name} must be a string")).collect();
        if !faults.is_empty() {
            return Err((400, json!(faults)));
        }
        let now = self.now();
        let Some(row) = self.blockers.iter_mut().find(|row| row["id"] == id) else {
            return Err((404, json!(format!("Blocker with ID {id} not found"))));
        };
        row["resolution"] = body["resolution"].clone();
        row["resolvedAt"] = now.into();
        let row = row.clone();
        Ok((201, self.blocker_row(&row)))
    }

    fn blocker_row(&self, row: &Value) -> Value {
        let mut row = self.with_name(row);
        row["blockerAgents"] = json!([]);
        row
    }
}
