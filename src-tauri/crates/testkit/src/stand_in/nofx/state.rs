//! What the stand-in keeps, and how it carries runs out.
//!
//! It works in moments what NOFX works in minutes, in the same order and with the same traces: four attempts, a run that
//! fails with each of them, gates that hold nothing up.

use super::{billing::Billing, teams::Teams};
use domain::{Clock, SystemClock};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// How often its worker tries a step.
const ATTEMPTS: u32 = 4;

/// A row of a table.
pub(crate) type Row = Map<String, Value>;

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) runs: Vec<Row>,
    pub(crate) steps: Vec<Row>,
    pub(crate) events: Vec<Row>,
    pub(crate) gates: Vec<Row>,
    /// Newest first.
    pub(crate) dead_letters: Vec<Value>,
    /// Answers by idempotency key.
    pub(crate) answers: HashMap<String, (u16, Value)>,
    /// Whether the model that `codegen` asks can be reached.
    pub(crate) is_mended: bool,
    pub(crate) teams: Teams,
    pub(crate) keys: Vec<Row>,
    pub(crate) billing: Billing,
    /// How often the queue and its dead letters were asked for.
    pub(crate) queue_calls: usize,
    /// Whether there is no user service behind it, so that nobody can sign in.
    pub(crate) knows_nobody: bool,
    last: i64,
}

pub(crate) fn row(value: Value) -> Row {
    match value {
        Value::Object(row) => row,
        other => panic!("a row is an object: {other}"),
    }
}

impl State {
    /// Now, and later than every moment before.
    pub(crate) fn now(&mut self) -> String {
        self.last = SystemClock.now().as_millis().max(self.last + 1);
        domain::Timestamp::from_millis(self.last).to_string()
    }

    fn tell(&mut self, run: &str, kind: &str, payload: &Value) {
        let created_at = self.now();
        self.events.push(row(json!({
            "id": Uuid::new_v4(), "tenant_id": "local", "run_id": run, "type": kind, "payload": payload,
            "created_at": created_at, "idempotency_key": null,
        })));
    }

    fn set(rows: &mut [Row], id: &str, changes: Value) {
        let found = rows.iter_mut().find(|row| row["id"] == id).expect("the row is there");
        found.extend(row(changes));
    }

    /// A new run. Its steps come later.
    pub(crate) fn create(&mut self, mut plan: Value, project: &str) -> Row {
        let (id, now) = (Uuid::new_v4().to_string(), self.now());
        self.tell(&id, "run.created", &json!({ "plan": plan }));
        if let Some(plan) = plan.as_object_mut() {
            plan.insert("user_id".to_owned(), json!(""));
            plan.insert("metadata".to_owned(), json!({ "created_by": "", "tier": "free" }));
        }
        let run = row(json!({
            "id": id, "tenant_id": "local", "plan": plan, "status": "queued", "started_at": null, "completed_at": null,
            "created_at": now, "updated_at": now, "project_id": project, "ended_at": null, "metadata": {},
            "sdk_session_id": null, "sdk_metadata": {},
        }));
        self.runs.push(run.clone());
        run
    }

    /// Makes the steps of a run and works them off.
    pub(crate) fn carry_out(&mut self, run: &str) {
        let plan = self.runs.iter().find(|row| row["id"] == run).expect("the run is there")["plan"].clone();
        for step in plan["steps"].as_array().into_iter().flatten() {
            let (id, now) = (Uuid::new_v4().to_string(), self.now());
            let (name, tool) = (&step["name"], &step["tool"]);
            let key = format!("{run}:{}:44136fa355b3", name.as_str().unwrap_or_default());
            self.steps.push(row(json!({
                "id": id, "tenant_id": "local", "run_id": run, "name": name, "tool": tool,
                "inputs": step.get("inputs").cloned().unwrap_or_else(|| json!({})), "outputs": {}, "status": "queued",
                "started_at": null, "completed_at": null, "error": null, "created_at": now, "updated_at": now,
                "idempotency_key": key, "ended_at": null,
            })));
            self.tell(run, "step.enqueued", &json!({ "name": name, "tool": tool, "idempotency_key": key }));
        }
        let ids: Vec<_> = self.steps.iter().filter(|row| row["run_id"] == run).map(|row| row["id"].clone()).collect();
        for id in ids {
            self.work(id.as_str().expect("ids are texts"));
        }
    }

    /// Tries a step until it ends well or goes to the dead letters.
    pub(crate) fn work(&mut self, step: &str) {
        for attempt in 1..=ATTEMPTS {
            if self.attempt(step) {
                return;
            }
            if attempt == ATTEMPTS {
                let dead = self.steps.iter().find(|row| row["id"] == step).expect("the step is there");
                let (run, key) = (&dead["run_id"], &dead["idempotency_key"]);
                let letter = json!({ "runId": run, "stepId": step, "idempotencyKey": key, "__attempt": attempt });
                self.dead_letters.insert(0, letter);
            }
        }
    }

    fn attempt(&mut self, step: &str) -> bool {
        let row = self.steps.iter().find(|row| row["id"] == step).expect("the step is there").clone();
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let (run, name, tool) = (text("run_id"), text("name"), text("tool"));
        let started_at = self.now();
        Self::set(&mut self.steps, step, json!({ "status": "running", "started_at": started_at }));
        self.tell(&run, "step.started", &json!({ "name": name, "tool": tool }));
        if tool == "codegen" && !self.is_mended {
            let ended_at = self.now();
            Self::set(
                &mut self.steps,
                step,
                json!({ "status": "failed", "ended_at": ended_at, "updated_at": ended_at }),
            );
            self.tell(&run, "step.failed", &json!({ "error": "the model cannot be reached" }));
            Self::set(
                &mut self.runs,
                &run,
                json!({ "status": "failed", "ended_at": ended_at, "updated_at": ended_at }),
            );
            self.tell(&run, "run.failed", &json!({ "reason": "step failed", "stepId": step }));
            return false;
        }
        let outputs = if tool.starts_with("manual:") {
            self.ask(&run, step, &tool);
            json!({})
        } else {
            let outputs = json!({ "echo": row["inputs"] });
            self.tell(&run, "step.finished", &json!({ "outputs": outputs }));
            outputs
        };
        let now = self.now();
        let changes = json!({ "status": "succeeded", "ended_at": now, "updated_at": now, "outputs": outputs });
        Self::set(&mut self.steps, step, changes);
        self.tell(&run, "step.succeeded", &json!({ "tool": tool, "name": name }));
        if self.steps.iter().filter(|row| row["run_id"] == run).all(|row| row["status"] == "succeeded") {
            let now = self.now();
            Self::set(&mut self.runs, &run, json!({ "status": "succeeded", "ended_at": now, "updated_at": now }));
            self.tell(&run, "run.succeeded", &json!({}));
        }
        true
    }

    fn ask(&mut self, run: &str, step: &str, tool: &str) {
        let created_at = self.now();
        self.gates.push(row(json!({
            "id": Uuid::new_v4(), "tenant_id": "local", "run_id": run, "step_id": step, "gate_type": tool,
            "status": "pending", "evidence_uri": null, "approved_by": null, "approved_at": null, "created_at": created_at,
        })));
        self.tell(run, "gate.created", &json!({ "stepId": step, "tool": tool }));
        self.tell(run, "gate.waiting", &json!({ "stepId": step, "delayMs": 5000 }));
    }

    /// Puts a step back to where it began; its status if that cannot be.
    pub(crate) fn reset(&mut self, step: &str) -> Result<(), String> {
        let row = self.steps.iter().find(|row| row["id"] == step).expect("the step is there").clone();
        let (run, status) = (row["run_id"].as_str().unwrap_or_default(), row["status"].as_str().unwrap_or_default());
        if !matches!(status, "failed" | "timed_out" | "cancelled") {
            return Err(status.to_owned());
        }
        let cleared = json!({ "status": "queued", "started_at": null, "ended_at": null, "outputs": {} });
        Self::set(&mut self.steps, step, cleared);
        Self::set(&mut self.runs, run, json!({ "status": "queued", "ended_at": null }));
        self.tell(run, "step.retry", &json!({ "stepId": step, "previousStatus": status }));
        self.tell(run, "run.resumed", &json!({ "stepId": step }));
        Ok(())
    }

    /// Approves a gate; none if there is no such gate.
    pub(crate) fn approve(&mut self, gate: &str, by: &str) -> Option<Row> {
        let now = self.now();
        let row = self.gates.iter_mut().find(|row| row["id"] == gate)?;
        row.extend(self::row(json!({ "status": "passed", "approved_by": by, "approved_at": now })));
        Some(row.clone())
    }
}
