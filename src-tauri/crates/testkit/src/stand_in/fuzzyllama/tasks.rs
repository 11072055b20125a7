//! Tasks. Any state may follow any other, and what was set once is never taken back.

use super::{Outcome, World, envelope::orm, projects::Project};
use serde_json::{Value, json};

const OWN: &str = "You can only view tasks for your own projects";
const STATUSES: [&str; 5] = ["not_started", "in_progress", "complete", "blocked", "skipped"];

impl World {
    /// A new task; it always begins as not started.
    pub(super) fn add_task(&mut self, project: &str, user: &str, phase: &str, name: &str, parent: &Value) -> Value {
        let (id, now) = (self.id(), self.now());
        let row = json!({
            "id": id, "projectId": project, "phase": phase, "name": name, "description": null,
            "status": "not_started", "owner": null, "title": null, "priority": null, "estimatedEffort": null,
            "actualEffort": null, "agentId": null, "assignedToId": null, "parentTaskId": parent, "blockingReason": null,
            "startedAt": null, "completedAt": null, "createdById": self.accounts.id_of(user), "createdAt": now,
            "updatedAt": now,
        });
        self.tasks.push(row.clone());
        row
    }

    pub(super) fn create_task(&mut self, user: &str, body: &Value) -> Outcome {
        let missing = ["name", "phase"].into_iter().filter(|name| !body[*name].is_string());
        let faults: Vec<_> = missing.map(|name| format!("{name} must be a string")).collect();
        if !faults.is_empty() {
            return Err((400, json!(faults)));
        }
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let project = self.own(user, &text("projectId"), OWN)?;
        let parent = body["parentTaskId"].clone();
        if !parent.is_null() && !self.tasks.iter().any(|row| row["id"] == parent) {
            return Err((404, json!("Parent task not found")));
        }
        let row = self.add_task(&project.id, user, &text("phase"), &text("name"), &parent);
        Ok((201, self.whole_task(&project, &row)))
    }

    /// Newest first, each with the heads of its subtasks.
    pub(super) fn tasks_of(&self, user: &str, project: Option<&str>) -> Outcome {
        let Some(id) = project else { return Err(orm("project.findUnique")) };
        let project = self.own(user, id, OWN)?;
        let rows = self.tasks.iter().rev().filter(|row| row["projectId"] == id);
        let listed = |row: &Value| {
            let mut row = self.whole_task(&project, row);
            if let Some(row) = row.as_object_mut() {
                row.remove("project");
            }
            row
        };
        Ok((200, rows.map(listed).collect()))
    }

    /// A state that the check lets through and the database does not know ends in an error of the database.
    pub(super) fn patch_task(&mut self, user: &str, id: &str, body: &Value) -> Outcome {
        let status = body["status"].as_str().map(ToOwned::to_owned);
        let Some(at) = self.tasks.iter().position(|row| row["id"] == id) else {
            return Err((404, json!("Task not found")));
        };
        let project = self.own(user, self.tasks[at]["projectId"].as_str().unwrap_or_default(), OWN)?;
        if status.as_deref() == Some("failed") || !body["assignedToId"].is_null() {
            return Err(orm("task.update"));
        }
        if status.as_ref().is_some_and(|status| !STATUSES.contains(&status.as_str())) {
            let text = format!("status must be one of the following values: {}, failed", STATUSES.join(", "));
            return Err((400, json!([text])));
        }
        let now = self.now();
        let row = &mut self.tasks[at];
        let stamp = match status.as_deref() {
            Some("in_progress") => Some("startedAt"),
            Some("complete") => Some("completedAt"),
            _ => None,
        };
        if let Some(stamp) = stamp.filter(|stamp| row[*stamp].is_null()) {
            row[stamp] = now.clone().into();
        }
        if let Some(status) = status {
            row["status"] = status.into();
        }
        row["updatedAt"] = now.into();
        if body["blockingReason"].is_string() {
            row["blockingReason"] = body["blockingReason"].clone();
        }
        let row = row.clone();
        Ok((200, self.whole_task(&project, &row)))
    }

    /// Its words for the states are not those of the rows.
    pub(super) fn task_stats(&self, user: &str, id: &str) -> Outcome {
        self.own(user, id, OWN)?;
        let count =
            |status: &str| self.tasks.iter().filter(|row| row["projectId"] == id && row["status"] == status).count();
        let total = self.tasks.iter().filter(|row| row["projectId"] == id).count();
        let completed = count("complete");
        Ok((
            200,
            json!({
                "total": total, "pending": count("not_started"), "inProgress": count("in_progress"),
                "blocked": count("blocked"), "completed": completed, "cancelled": count("skipped"),
                "completionRate": (completed * 100).checked_div(total).unwrap_or(0),
            }),
        ))
    }

    /// What comes next, with the task above it; none if nothing is left.
    pub(super) fn next_task(&self, project: &str) -> Value {
        let next = self.tasks.iter().find(|row| row["projectId"] == project && row["status"] == "not_started");
        next.map_or(Value::Null, |row| {
            let mut row = row.clone();
            let parent = self.tasks.iter().find(|other| other["id"] == row["parentTaskId"]);
            row["parentTask"] = parent.cloned().unwrap_or(Value::Null);
            row
        })
    }

    fn whole_task(&self, project: &Project, row: &Value) -> Value {
        let mut whole = row.clone();
        let head =
            |row: &Value| json!({ "id": row["id"], "title": null, "name": row["name"], "status": row["status"] });
        let subtasks: Vec<_> = self.tasks.iter().filter(|other| other["parentTaskId"] == row["id"]).map(head).collect();
        whole["project"] = self.bare_row(project);
        whole["createdBy"] = self.accounts.person(&project.owner);
        whole["assignedTo"] = Value::Null;
        whole["subtasks"] = subtasks.into();
        whole
    }
}
