//! Which routes there are, who may ask them, and which part of the server answers.

use super::{Outcome, World};
use crate::Asked;
use serde_json::{Value, json};

/// Routes that anybody may ask.
const OPEN: &[&str] = &["GET /api/health", "GET /api/docs-json", "POST /api/auth/login", "POST /api/auth/refresh"];

/// Routes behind the guard. Of two that fit, the first is taken.
const GUARDED: &[&str] = &[
    "GET /api/auth/me",
    "GET /api/projects",
    "POST /api/projects",
    "GET /api/projects/:id",
    "GET /api/projects/:id/status",
    "GET /api/projects/:id/events",
    "GET /api/gates",
    "GET /api/gates/current/:id",
    "POST /api/gates/:id/approve",
    "POST /api/agents/workflow/start",
    "POST /api/agents/workflow/gate-approved/:id",
    "POST /api/agents/workflow/retry-gate/:id",
    "GET /api/agents/workflow/status/:id",
    "GET /api/agents/history",
    "GET /api/agents/executions/:id",
    "GET /api/tasks",
    "POST /api/tasks",
    "GET /api/tasks/stats/:id",
    "PATCH /api/tasks/:id",
    "GET /api/deliverables",
    "POST /api/deliverables/:id/complete",
    "GET /api/documents",
    "GET /api/proof-artifacts",
    "POST /api/proof-artifacts",
    "GET /api/costs/project/:id",
    "GET /api/blockers",
    "POST /api/blockers",
    "GET /api/blockers/active/:id",
    "POST /api/blockers/:id/resolve",
];

/// The pattern of a route, and whether anybody may ask it.
pub(super) fn route(method: &str, pieces: &[&str]) -> Option<(&'static str, bool)> {
    let known = OPEN.iter().map(|route| (*route, true)).chain(GUARDED.iter().map(|route| (*route, false)));
    known.into_iter().find(|(route, _)| fits(route, method, pieces))
}

fn fits(route: &str, method: &str, pieces: &[&str]) -> bool {
    let Some((wanted, path)) = route.split_once(" /") else { return false };
    let pattern: Vec<&str> = path.split('/').collect();
    let is_same = |(known, piece): (&&str, &&str)| known == piece || known.starts_with(':');
    wanted == method && pattern.len() == pieces.len() && pattern.iter().zip(pieces).all(is_same)
}

impl World {
    /// What the part behind a route answers.
    pub(super) fn act(&mut self, route: &str, pieces: &[&str], asked: &Asked, user: &str) -> Outcome {
        let body = asked.json().unwrap_or(Value::Null);
        let piece = |at: usize| pieces.get(at).copied().unwrap_or_default();
        let project = asked.parameter("projectId");
        match route {
            "GET /api/health" => Ok((200, json!({ "status": "ok", "timestamp": self.now() }))),
            "GET /api/docs-json" if self.is_undescribed => Err((404, json!("Cannot GET /api/docs-json"))),
            "GET /api/docs-json" => {
                let info = json!({ "title": "FuzzyLlama API", "description": "", "version": "1.0", "contact": {} });
                Ok((200, json!({ "openapi": "3.0.0", "paths": {}, "info": info, "tags": [], "servers": [] })))
            }
            "POST /api/auth/login" => self.accounts.login(&body),
            "POST /api/auth/refresh" => self.accounts.refresh(&body),
            "GET /api/auth/me" => Ok((200, self.accounts.me(user))),
            "GET /api/projects" => Ok((200, self.list(user))),
            "POST /api/projects" => self.create_project(user, &body),
            "GET /api/projects/:id" => self.get_project(user, piece(2)),
            "GET /api/projects/:id/status" => self.status(user, piece(2)),
            "GET /api/projects/:id/events" => self.events_of(user, piece(2)),
            "GET /api/gates" => self.gates_of(user, project),
            "GET /api/gates/current/:id" => self.current_gate(user, piece(3)),
            "POST /api/gates/:id/approve" => self.decide(user, piece(2), &body),
            "POST /api/agents/workflow/start" => self.start_work(user, &body),
            "POST /api/agents/workflow/gate-approved/:id" => self.go_on(piece(4), &body),
            "POST /api/agents/workflow/retry-gate/:id" => self.retry_gate(piece(4), &body),
            "GET /api/agents/workflow/status/:id" => self.workflow_status(piece(4)),
            "GET /api/agents/history" => self.history(user, project),
            "GET /api/agents/executions/:id" => self.execution(user, piece(3)),
            "GET /api/tasks" => self.tasks_of(user, project),
            "POST /api/tasks" => self.create_task(user, &body),
            "GET /api/tasks/stats/:id" => self.task_stats(user, piece(3)),
            "PATCH /api/tasks/:id" => self.patch_task(user, piece(2), &body),
            "GET /api/deliverables" => Ok((200, self.deliverables_of(project))),
            "POST /api/deliverables/:id/complete" => self.complete_deliverable(piece(2)),
            "GET /api/documents" => self.documents_of(user, project),
            "GET /api/proof-artifacts" => self.proofs_of(user, project, asked.parameter("gate")),
            "POST /api/proof-artifacts" => self.add_proof(user, &body),
            "GET /api/costs/project/:id" => Ok((200, self.costs(piece(3)))),
            "GET /api/blockers" => Ok((200, self.blockers_of(project))),
            "POST /api/blockers" => self.create_blocker(&body),
            "GET /api/blockers/active/:id" => Ok((200, self.open_blockers(piece(3)))),
            "POST /api/blockers/:id/resolve" => self.resolve_blocker(piece(2), &body),
            _ => Err((500, json!("no such route"))),
        }
    }
}
