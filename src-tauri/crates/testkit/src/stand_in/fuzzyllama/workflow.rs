//! The workflow: what sets agents in motion. None of its routes checks what it is sent, nor whether it may be done.

use super::{
    Outcome, World,
    agents::NO_KEY,
    envelope::orm,
    gates::{is_gate, number_of},
};
use serde_json::{Value, json};

const PHASES: [&str; 10] = [
    "intake",
    "planning",
    "architecture",
    "design",
    "development",
    "testing",
    "security_review",
    "pre_deployment",
    "production",
    "completion",
];

/// What the first approval writes beside anything else.
const LOGS: [&str; 4] = ["Project Context", "Cost Log", "Feedback Log", "Agent Log"];

impl World {
    /// Renames the project and begins with the first gate, again and again if it is asked again and again.
    pub(super) fn start_work(&mut self, user: &str, body: &Value) -> Outcome {
        let (Some(id), Some(requirements)) = (body["projectId"].as_str(), body["requirements"].as_str()) else {
            return Err(orm("project.findUnique"));
        };
        let now = self.now();
        let Some(project) = self.projects.iter_mut().find(|project| project.id == id) else {
            return Err(orm("project.update"));
        };
        project.name = requirements.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
        PHASES[0].clone_into(&mut project.phase);
        (project.updated, project.state_updated) = (now.clone(), now);
        self.add_gate(id, "G1_PENDING", "PENDING");
        self.add_task(id, user, "intake", "Complete the intake", &Value::Null);
        let execution = self.execute(id, 1, requirements);
        let message = "Onboarding started. Product Manager will guide you through project discovery.";
        let answer = json!({
            "projectId": id, "currentGate": "G1_PENDING", "message": message, "agentExecutionId": execution,
        });
        Ok((201, answer))
    }

    /// Moves the phase on and starts the agents of the next gate, whether or not the gate is approved.
    pub(super) fn go_on(&mut self, id: &str, body: &Value) -> Outcome {
        let Some(number) = body["gateType"].as_str().filter(|kind| is_gate(kind)).map(number_of) else {
            return Err(orm("gate.findFirst"));
        };
        let now = self.now();
        let Some(project) = self.projects.iter_mut().find(|project| project.id == id) else {
            return Err(orm("project.findUnique"));
        };
        PHASES[usize::try_from(number).expect("a small number")].clone_into(&mut project.phase);
        project.state_updated = now;
        let owner = project.owner.clone();
        if number == 1 {
            for title in LOGS {
                self.write(id, &owner, title, "OTHER");
            }
        }
        if number < 9 {
            self.execute(id, number + 1, "as the gate before was approved");
        }
        Ok((201, json!({ "success": true, "message": "Gate approval processed" })))
    }

    /// Lets the agents of a gate work once more.
    pub(super) fn retry_gate(&mut self, id: &str, body: &Value) -> Outcome {
        if self.is_keyless {
            return Err((500, json!(NO_KEY)));
        }
        let Some(number) = body["gateType"].as_str().filter(|kind| is_gate(kind)).map(number_of) else {
            return Err(orm("gate.findFirst"));
        };
        if !self.projects.iter().any(|project| project.id == id) {
            return Err(orm("project.findUnique"));
        }
        self.execute(id, number, "once more");
        Ok((201, json!({ "success": true, "message": "Gate retry started" })))
    }

    /// What the workflow knows of a project, to whoever asks.
    pub(super) fn workflow_status(&self, id: &str) -> Outcome {
        let Some(project) = self.projects.iter().find(|project| project.id == id) else {
            return Err((400, json!("Project not found")));
        };
        let gate = self.gates.iter().find(|gate| gate.project == id && gate.kind == project.gate);
        let of = |row: &&Value| row["projectId"] == id;
        let total = self.tasks.iter().filter(of).count();
        let completed = self.tasks.iter().filter(of).filter(|row| row["status"] == "complete").count();
        let next = self.next_task(id);
        let actions: Vec<_> =
            next["name"].as_str().into_iter().map(|name| format!("Execute {}: {name}", next["agentId"])).collect();
        Ok((
            200,
            json!({
                "currentGate": project.gate, "currentPhase": project.phase,
                "gateStatus": gate.map_or("PENDING", |gate| gate.status), "nextTask": next,
                "progress": {
                    "currentGate": project.gate, "currentPhase": project.phase,
                    "percentComplete": (completed * 100).checked_div(total).unwrap_or(0), "completedTasks": completed,
                    "totalTasks": total, "nextActions": actions,
                },
            }),
        ))
    }
}
