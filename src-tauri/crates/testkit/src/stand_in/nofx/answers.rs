//! The bodies of the answers.

use super::Dialect;
use super::state::{Row, State};
use crate::{Asked, Said};
use serde_json::{Value, json};

/// What the serverless dialect tells of a new run.
pub(crate) const CREATED: &[&str] =
    &["id", "status", "plan", "created_at", "started_at", "ended_at", "completed_at", "project_id", "metadata"];

/// Some fields of a row.
pub(crate) fn picked(row: &Row, names: &[&str]) -> Value {
    names.iter().map(|name| ((*name).to_owned(), row.get(*name).cloned().unwrap_or_default())).collect()
}

pub(crate) fn error(status: u16, text: &str) -> Said {
    Said::json(status, &json!({ "error": text }))
}

pub(crate) fn problem(status: u16, detail: &str) -> Said {
    let body = json!({
        "type": "urn:nofx:error:invalid-idempotency-key", "title": "Invalid Idempotency Key", "status": status,
        "detail": detail, "correlationId": "made-here",
    });
    Said::json(status, &body)
}

pub(crate) fn unrouted() -> Said {
    Said::json(404, &json!({ "error": "Not found", "timestamp": "2026-11-20T10:27:24.533Z" }))
}

pub(crate) fn unauthorised() -> Said {
    let message = "Please provide a valid JWT token or API key";
    Said::json(401, &json!({ "error": "Authentication required", "message": message }))
}

pub(crate) fn no_admin() -> Said {
    Said::json(401, &json!({ "error": "auth required", "login": "/ui/login" }))
}

pub(crate) fn express_health(state: &State) -> Value {
    json!({
        "status": "ok", "timestamp": "2026-11-20T10:33:42.158Z",
        "queue": { "status": "active", "oldestAgeMs": state.runs.first().map(|_| 12.5) }, "store": { "status": "healthy" },
    })
}

pub(crate) fn serverless_health() -> Value {
    json!({
        "status": "healthy", "timestamp": "2026-11-20T10:37:26.578Z", "uptime": 6.6, "environment": "production",
        "node_version": "v20.20.2", "database": { "status": "connected", "error": null },
    })
}

pub(crate) fn templates() -> Value {
    let channels = json!({ "slack": false, "email": false, "inApp": true });
    json!({ "templates": [{
        "id": "tmpl_8c982b60-9554-49d5-8516-8d0d32a2fbab", "name": "Greeting", "description": "Greets somebody.",
        "instructions": "Greet {{who}}.", "model": "gpt-4.1-mini",
        "input": [{ "id": "i1", "type": "input_text", "text": "hello {{who}} from {{ place }}" }],
        "metadata": {}, "channels": channels,
        "deployments": { "development": channels, "staging": channels, "production": channels },
        "safetyIdentifier": "focus-greeting", "createdAt": "2026-11-20T10:29:30.009Z",
        "updatedAt": "2026-11-20T10:29:30.009Z", "history": [],
    }] })
}

/// Newest first, cut to a limit; every other wish is ignored.
fn newest(state: &State, asked: &Asked, usual: usize, most: usize) -> Vec<Value> {
    let limit =
        asked.parameter("limit").and_then(|limit| limit.parse().ok()).filter(|limit| *limit > 0).unwrap_or(usual);
    let listed = state.runs.iter().rev().take(limit.min(most));
    let with_title = listed.map(|run| {
        let mut row = picked(run, &["id", "status", "created_at"]);
        row["title"] = run["plan"]["goal"].clone();
        row
    });
    with_title.collect()
}

pub(crate) fn express_list(state: &State, asked: &Asked) -> Value {
    let runs = newest(state, asked, 20, 100);
    let total = runs.len();
    let pagination = json!({ "page": 1, "limit": 20, "total": total, "pages": usize::from(total > 0) });
    json!({ "runs": runs, "pagination": pagination })
}

pub(crate) fn serverless_list(state: &State, asked: &Asked) -> Value {
    json!({ "runs": newest(state, asked, 50, 200) })
}

fn of<'a>(rows: &'a [Row], run: &str) -> Vec<&'a Row> {
    rows.iter().filter(|row| row["run_id"] == run).collect()
}

pub(crate) fn whole(state: &State, id: &str) -> Option<Value> {
    let run = state.runs.iter().find(|run| run["id"] == id)?;
    Some(json!({ "run": run, "steps": of(&state.steps, id), "artifacts": [] }))
}

pub(crate) fn timeline(state: &State, id: &str) -> Value {
    json!(of(&state.events, id))
}

pub(crate) fn gates(state: &State, id: &str, has_database: bool) -> Value {
    let names = ["id", "run_id", "step_id", "gate_type", "status", "created_at", "approved_by", "approved_at"];
    let told = of(&state.gates, id).into_iter();
    told.map(|row| if has_database { json!(row) } else { picked(row, &names) }).collect()
}

pub(crate) fn dead_letters(state: &State) -> Value {
    json!({ "topic": "step.dlq", "count": state.dead_letters.len(), "items": state.dead_letters })
}

/// The plan that a body asks for, or what is said against it.
pub(crate) fn planned(body: &Value, dialect: Dialect) -> Result<Value, Value> {
    if body["standard"].is_object() {
        return Ok(written(&body["standard"]));
    }
    match (dialect, &body["plan"]) {
        (Dialect::Express, Value::Null) => Err(json!({ "error": "plan: Required" })),
        (Dialect::Express, plan) if plan["steps"].as_array().is_none_or(Vec::is_empty) => {
            Err(json!({ "error": "plan.steps: Array must contain at least 1 element(s)" }))
        }
        (Dialect::Serverless, Value::Null) => {
            Err(json!({ "error": { "formErrors": [], "fieldErrors": { "plan": ["plan is required"] } } }))
        }
        (_, plan) => Ok(plan.clone()),
    }
}

fn written(standard: &Value) -> Value {
    let inputs = json!({
        "topic": standard["prompt"], "bullets": ["Control plane"], "filename": "README.md", "agentOptions": [],
        "templateOptions": [],
    });
    let steps = json!([{ "name": "write readme", "tool": "codegen", "inputs": inputs }]);
    json!({ "goal": standard["prompt"], "steps": steps, "metadata": {} })
}

pub(crate) fn preview(body: &Value, shape: impl Fn(&Value) -> Value) -> Said {
    match &body["standard"] {
        Value::Null => error(400, "missing standard"),
        standard if standard["prompt"].as_str().is_none_or(str::is_empty) => {
            error(400, "Missing or invalid prompt in standard mode")
        }
        standard => Said::json(200, &shape(&written(standard))),
    }
}

/// A plan as Express previews it.
pub(crate) fn bare(plan: &Value) -> Value {
    plan.clone()
}

/// A plan as the serverless functions preview it.
pub(crate) fn wrapped(plan: &Value) -> Value {
    json!({ "steps": plan["steps"], "plan": plan })
}
