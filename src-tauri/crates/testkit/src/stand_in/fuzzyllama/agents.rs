//! Agents: what they do at a gate, how a script directs them, and the record of what they did.

use super::{
    Outcome, World,
    envelope::orm,
    gates::number_of,
    projects::{Script, Undone, state_row},
};
use serde_json::{Value, json};

/// What an execution without a key of an AI provider ends in.
pub(super) const NO_KEY: &str = "Claude API key not configured";

/// Who works at a gate of an ordinary project.
const fn agents_of(number: u32) -> &'static [&'static str] {
    match number {
        1 => &["PRODUCT_MANAGER_ONBOARDING"],
        2 => &["PRODUCT_MANAGER"],
        3 => &["ARCHITECT"],
        4 => &["UX_UI_DESIGNER"],
        5 => &["FRONTEND_DEVELOPER", "BACKEND_DEVELOPER"],
        6 => &["QA_ENGINEER"],
        7 => &["SECURITY_ENGINEER"],
        _ => &["DEVOPS_ENGINEER"],
    }
}

/// What they write there.
const fn written(number: u32) -> (&'static str, &'static str) {
    match number {
        1 => ("Project Intake", "REQUIREMENTS"),
        2 => ("Product Requirements Document", "REQUIREMENTS"),
        3 => ("Architecture", "ARCHITECTURE"),
        4 => ("Design System", "DESIGN"),
        5 => ("Implementation", "CODE"),
        6 => ("Test Plan", "TEST_PLAN"),
        7 => ("Security Audit", "OTHER"),
        8 => ("Deployment Guide", "DEPLOYMENT_GUIDE"),
        _ => ("Runbook", "OTHER"),
    }
}

impl World {
    /// One step of the agents, or of the reviewer.
    pub(super) fn let_agents_act(&mut self, id: &str) {
        let Some(project) = self.projects.iter().find(|project| project.id == id).cloned() else { return };
        if project.script == Script::Rest {
            self.let_running_agents_act(id);
            return;
        }
        let Some(at) = self.first(id, &project.gate) else {
            self.add_gate(id, "G1_PENDING", "PENDING");
            self.execute(id, 1, "as the script says");
            return;
        };
        let number = number_of(&project.gate);
        if project.script == Script::Working || self.gates[at].status == "APPROVED" {
            return;
        }
        if self.gates[at].status == "PENDING" {
            self.end_work(id, at, number);
            if project.script == Script::Blocked && number == 6 {
                self.gates[at].status = "BLOCKED";
            }
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

    /// Agents whom somebody started are seen at work once, and are done the next time.
    fn let_running_agents_act(&mut self, id: &str) {
        let is_running = |row: &&mut Value| row["projectId"] == id && row["status"] == "RUNNING";
        let (now, mut is_done) = (self.now(), false);
        for row in self.executions.iter_mut().filter(is_running) {
            is_done = row["updatedAt"] != row["createdAt"];
            row["updatedAt"] = now.clone().into();
        }
        let current = self.projects.iter().find(|project| project.id == id).map(|project| project.gate.clone());
        let at = current.and_then(|gate| self.first(id, &gate));
        if let Some(at) = at.filter(|_| is_done) {
            self.end_work(id, at, number_of(&self.gates[at].kind.clone()));
        }
    }

    /// The agents of a gate are done: they leave documents, files, deliverables and proofs behind, as far as they do.
    fn end_work(&mut self, id: &str, at: usize, number: u32) {
        let gate = self.gates[at].clone();
        let Some(project) = self.projects.iter_mut().find(|project| project.id == id) else { return };
        let (undone, owner) = (project.undone, project.owner.clone());
        if undone != Undone::Files {
            project.files = project.files.max(number);
        }
        if !self.is_running(id) {
            self.execute(id, number, "as the script says");
        }
        self.end_executions(id);
        let (title, kind) = written(number);
        self.write(id, &owner, title, kind);
        if undone != Undone::Deliverables {
            self.complete_all(id);
        }
        if undone != Undone::Proofs {
            self.prove(&gate, &owner);
        }
        if gate.status != "BLOCKED" {
            self.gates[at].status = "IN_REVIEW";
        }
        self.gates[at].updated = self.now();
        let data = json!({ "gateId": gate.id, "gateType": gate.kind, "description": "ready for review" });
        self.note(id, "GateTransitionedToReview", &data, None);
    }

    /// Starts the agents of a gate and gives the id of the first execution. Without a key they fail at once.
    pub(super) fn execute(&mut self, project: &str, number: u32, prompt: &str) -> String {
        let (mut first, context) = (None, self.context_of(project));
        for agent in agents_of(number) {
            let (id, now) = (self.id(), self.now());
            let (status, result, ended) = if self.is_keyless {
                ("FAILED", json!(NO_KEY), json!(now))
            } else {
                ("RUNNING", Value::Null, Value::Null)
            };
            self.executions.push(json!({
                "id": id, "projectId": project, "agentType": agent, "status": status, "inputPrompt": prompt,
                "outputResult": result, "model": "claude-sonnet-4-20250514", "inputTokens": 0, "outputTokens": 0,
                "contextData": context, "completedAt": ended, "createdAt": now, "updatedAt": now,
            }));
            self.tell_start(project, &id, agent, prompt);
            first.get_or_insert(id);
        }
        first.unwrap_or_default()
    }

    /// What an agent is told beside its prompt.
    fn context_of(&self, id: &str) -> Value {
        let Some(project) = self.projects.iter().find(|project| project.id == id) else { return Value::Null };
        let titles = self.documents.iter().filter(|row| row["projectId"] == id).map(|row| row["title"].clone());
        json!({
            "userId": self.accounts.id_of(&project.owner), "projectId": id, "currentGate": project.gate,
            "currentPhase": project.phase, "projectState": state_row(project),
            "availableDocuments": titles.collect::<Vec<_>>(),
        })
    }

    /// Twice, first with the name of the agent and then with its prompt, and its words in between.
    fn tell_start(&mut self, project: &str, id: &str, agent: &str, prompt: &str) {
        let start = |task: &str| json!({ "agentId": id, "agentType": agent, "taskDescription": task });
        self.tell(project, "agent:started", start(agent));
        self.tell(project, "agent:progress", json!({ "agentId": id, "agentType": agent, "message": "Thinking..." }));
        self.tell(project, "agent:started", start(prompt));
        if self.is_keyless {
            self.tell(project, "agent:failed", json!({ "agentId": id, "error": NO_KEY }));
        } else {
            self.tell(project, "agent:chunk", json!({ "agentId": id, "chunk": "plan" }));
        }
    }

    fn end_executions(&mut self, project: &str) {
        let now = self.now();
        let mut ended = Vec::new();
        let is_running = |row: &&mut Value| row["projectId"] == project && row["status"] == "RUNNING";
        for row in self.executions.iter_mut().filter(is_running) {
            ended.push(row["id"].clone());
            row["status"] = "COMPLETED".into();
            row["outputResult"] = "<thinking>plan</thinking># Title\nHello from the agent.".into();
            (row["inputTokens"], row["outputTokens"]) = (120.into(), 45.into());
            (row["completedAt"], row["updatedAt"]) = (now.clone().into(), now.clone().into());
        }
        for id in ended {
            let usage = json!({ "inputTokens": 120, "outputTokens": 45 });
            let result =
                json!({ "content": "# Title\nHello from the agent.", "usage": usage, "finishReason": "end_turn" });
            self.tell(project, "agent:completed", json!({ "agentId": id, "result": result }));
        }
    }

    pub(super) fn is_running(&self, project: &str) -> bool {
        self.executions.iter().any(|row| row["projectId"] == project && row["status"] == "RUNNING")
    }

    /// The oldest hundred.
    pub(super) fn history(&self, user: &str, project: Option<&str>) -> Outcome {
        let Some(id) = project else { return Err(orm("project.findUnique")) };
        self.own(user, id, "You can only view agent executions for your own projects")?;
        Ok((200, self.executions.iter().filter(|row| row["projectId"] == id).take(100).cloned().collect()))
    }

    pub(super) fn execution(&self, user: &str, id: &str) -> Outcome {
        let Some(row) = self.executions.iter().find(|row| row["id"] == id) else {
            return Err((404, json!("Agent execution not found")));
        };
        let of = row["projectId"].as_str().unwrap_or_default();
        let project = self.own(user, of, "You can only view agent executions for your own projects")?;
        let mut row = row.clone();
        row["project"] = self.bare_row(&project);
        Ok((200, row))
    }
}
