//! Projects, and agents that do what the description says.

use super::{Outcome, World};
use serde_json::{Value, json};

/// What the agents and the automatic reviewer make of a project. They take one step each time its status is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Nothing: as the real plane leaves it until somebody starts a workflow.
    Rest,
    /// Every gate is approved.
    Through,
    /// Every gate is approved but the last, which waits for a person.
    LastByHand,
    /// The sixth gate ends up blocked.
    Blocked,
    /// The first gate waits for a person.
    FirstByHand,
    /// An agent works at the first gate and does not stop.
    Working,
}

impl Script {
    fn of(description: &str) -> Self {
        match description {
            _ if description.contains("carry it through") => Self::Through,
            _ if description.contains("last gate by hand") => Self::LastByHand,
            _ if description.contains("first gate by hand") => Self::FirstByHand,
            _ if description.contains("blocked at G6") => Self::Blocked,
            _ if description.contains("work and work") => Self::Working,
            _ => Self::Rest,
        }
    }
}

/// One project.
#[derive(Debug, Clone)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) owner: String,
    pub(super) name: String,
    kind: String,
    created: String,
    pub(super) updated: String,
    pub(super) gate: String,
    pub(super) phase: String,
    pub(super) percent: u32,
    pub(super) state_updated: String,
    pub(super) script: Script,
    /// What its agents leave undone, each time.
    pub(super) undone: Undone,
    /// The last gate whose files lie in the workspace.
    pub(super) files: u32,
}

/// What agents leave undone, in the words of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undone {
    /// Nothing.
    Nothing,
    /// Deliverables are not called complete.
    Deliverables,
    /// No proof is made.
    Proofs,
    /// No file is written.
    Files,
}

impl Undone {
    fn of(description: &str) -> Self {
        match description {
            _ if description.contains("incomplete deliverables") => Self::Deliverables,
            _ if description.contains("without proof") => Self::Proofs,
            _ if description.contains("without files") => Self::Files,
            _ => Self::Nothing,
        }
    }
}

impl World {
    pub(super) fn project(&self, user: &str, id: &str) -> Result<Project, (u16, Value)> {
        let project = self.projects.iter().find(|project| project.id == id);
        match project {
            None => Err((404, json!("Project not found"))),
            Some(project) if project.owner != user => Err((403, json!("You do not have access to this project"))),
            Some(project) => Ok(project.clone()),
        }
    }

    /// A project of this user, for the parts that refuse in words of their own.
    pub(super) fn own(&self, user: &str, id: &str, words: &str) -> Result<Project, (u16, Value)> {
        self.project(user, id).map_err(|(status, text)| (status, if status == 403 { json!(words) } else { text }))
    }

    pub(super) fn name_of(&self, id: &Value) -> String {
        self.projects.iter().find(|project| *id == *project.id).map(|project| project.name.clone()).unwrap_or_default()
    }

    pub(super) fn create_project(&mut self, user: &str, body: &Value) -> Outcome {
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let description = text("description").unwrap_or_default();
        if description.chars().count() < 10 {
            return Err((400, json!(["description must be longer than or equal to 10 characters"])));
        }
        let (id, now) = (self.id(), self.now());
        let project = Project {
            id,
            owner: user.to_owned(),
            name: text("name").unwrap_or_else(|| description.split(' ').take(6).collect::<Vec<_>>().join(" ")),
            kind: text("type").unwrap_or_else(|| "traditional".to_owned()),
            created: now.clone(),
            updated: now.clone(),
            gate: "G1_PENDING".to_owned(),
            phase: "pre_startup".to_owned(),
            percent: 0,
            state_updated: now,
            script: Script::of(&description),
            undone: Undone::of(&description),
            files: 0,
        };
        let row = self.row(&project);
        self.projects.push(project);
        Ok((201, row))
    }

    pub(super) fn list(&self, user: &str) -> Value {
        self.projects.iter().rev().filter(|project| project.owner == user).map(|project| self.row(project)).collect()
    }

    fn row(&self, project: &Project) -> Value {
        json!({
            "id": project.id, "name": project.name, "type": project.kind, "repository": null,
            "ownerId": self.accounts.id_of(&project.owner), "organizationId": null, "githubRepoUrl": null,
            "githubRepoId": null, "railwayProjectId": null, "createdAt": project.created, "updatedAt": project.updated,
            "state": state_row(project),
            "owner": self.accounts.person(&project.owner),
        })
    }

    /// A project as embedded in a gate.
    pub(super) fn bare_row(&self, project: &Project) -> Value {
        let mut row = self.row(project);
        if let Some(row) = row.as_object_mut() {
            row.remove("state");
            row.remove("owner");
        }
        row
    }

    pub(super) fn get_project(&self, user: &str, id: &str) -> Outcome {
        let project = self.project(user, id)?;
        let mut row = self.row(&project);
        let count = |rows: &[Value]| rows.iter().filter(|row| row["projectId"] == id).count();
        let gates = self.gates.iter().filter(|gate| gate.project == id).count();
        let (tasks, documents) = (count(&self.tasks), count(&self.documents));
        row["_count"] = json!({ "tasks": tasks, "documents": documents, "specifications": 0, "gates": gates });
        Ok((200, row))
    }

    pub(super) fn status(&mut self, user: &str, id: &str) -> Outcome {
        self.project(user, id)?;
        self.let_agents_act(id);
        let project = self.project(user, id)?;
        let gate = self.gates.iter().find(|gate| gate.project == id && gate.kind == project.gate);
        // The agents of a script are at work until their gate is in review.
        let is_pending = gate.is_some_and(|gate| gate.status == "PENDING");
        let is_working = (project.script != Script::Rest && is_pending) || self.is_running(id);
        Ok((
            200,
            json!({
                "currentGate": project.gate, "gateStatus": gate.map_or("PENDING", |gate| gate.status),
                "statusMessage": format!("Working on {}...", project.gate), "userAction": null,
                "isAgentWorking": is_working, "workingAgent": is_working.then_some("ARCHITECT"),
            }),
        ))
    }

    pub(super) fn events_of(&self, user: &str, id: &str) -> Outcome {
        self.project(user, id)?;
        Ok((200, self.events.iter().filter(|event| event["projectId"] == *id).cloned().collect()))
    }
}

/// Where a project stands, as its own row says.
pub(super) fn state_row(project: &Project) -> Value {
    json!({
        "projectId": project.id, "currentPhase": project.phase, "currentGate": project.gate, "currentAgent": null,
        "percentComplete": project.percent, "statusMessage": null, "userAction": null,
        "deploymentMode": "UNDETERMINED", "updatedAt": project.state_updated,
    })
}
