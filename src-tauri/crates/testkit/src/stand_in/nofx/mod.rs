//! A stand-in for NOFX, in both of its dialects: what it answers has the shape of what NOFX was heard to answer.

mod answers;
mod billing;
mod envelope;
mod keys;
mod members;
mod people;
mod queue;
mod state;
mod teams;

use crate::{Asked, Said, Service};
use answers::{bare, error, picked, problem, wrapped};
use futures::future::BoxFuture;
use parking_lot::Mutex;
use people::Person;
use serde_json::json;
use state::State;
use std::{sync::Arc, time::Duration};

/// The two servers that go by the name of NOFX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The Express server.
    Express,
    /// The serverless functions.
    Serverless,
}

/// A NOFX.
#[derive(Debug)]
pub struct Nofx {
    /// Which of the two it is.
    pub dialect: Dialect,
    /// Whether the parts answer that the server as published cannot reach.
    has_late_parts: bool,
    state: Mutex<State>,
    asked: Mutex<Vec<Asked>>,
}

impl Nofx {
    /// One that carries runs out quickly, with every part that NOFX has.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, has_late_parts: true, state: Mutex::default(), asked: Mutex::default() }
    }

    /// The Express server as it was published.
    pub fn as_published() -> Self {
        Self { has_late_parts: false, ..Self::new(Dialect::Express) }
    }

    /// Lets `codegen` reach its model.
    pub fn mend(&self) {
        self.state.lock().is_mended = true;
    }

    /// Takes the user service away: from now on nobody is known.
    pub fn forget_everybody(&self) {
        self.state.lock().knows_nobody = true;
    }

    /// Gives the user service back.
    pub fn remember_everybody(&self) {
        self.state.lock().knows_nobody = false;
    }

    /// Lets the second of the two writes of a transfer of ownership fail.
    pub fn break_transfers(&self) {
        self.state.lock().teams.breaks_transfer = true;
    }

    /// Puts two plans on offer.
    pub fn offer_plans(&self) {
        self.state.lock().billing.plans = billing::plans();
    }

    /// Lets whoever has this e-mail address pay for a price.
    ///
    /// # Panics
    /// If nobody has it.
    pub fn subscribe(&self, email: &str, price: &str) {
        let person = Person::of_email(email).expect("somebody whom it knows");
        self.state.lock().billing.subscriptions.push((person.id.to_owned(), billing::subscription(price)));
    }

    /// Sends everybody who wants to pay to this address.
    pub fn send_payers_to(&self, address: &str) {
        self.state.lock().billing.sends_to = Some(address.to_owned());
    }

    /// Every call so far, as method and path.
    pub fn calls(&self) -> Vec<String> {
        self.asked.lock().iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect()
    }

    /// The newest call.
    pub fn last(&self, method: &str, path: &str) -> Option<Asked> {
        self.asked.lock().iter().rev().find(|asked| asked.method == method && asked.path == path).cloned()
    }

    fn express(self: &Arc<Self>, asked: &Asked, pieces: &[&str]) -> Said {
        let is_admin = asked.header("authorization").is_some_and(|value| value.starts_with("Bearer "));
        let mut state = self.state.lock();
        let limited =
            if self.has_late_parts && pieces.first() == Some(&"dev") { queue::limited(&mut state) } else { None };
        if let Some(refusal) = limited {
            return refusal;
        }
        match (asked.method.as_str(), pieces) {
            ("GET", ["health"]) => Said::json(200, &answers::express_health(&state)),
            ("GET", ["billing", "plans"]) => billing::offered(&state),
            (_, ["auth" | "billing" | "teams", ..]) => signed_in(&mut state, asked, pieces),
            ("GET", ["builder", "templates"]) if is_admin => Said::json(200, &answers::templates()),
            ("GET", ["builder", "templates"]) => error(401, "admin required"),
            ("GET", ["runs"]) => Said::json(200, &answers::express_list(&state, asked)),
            ("POST", ["runs", "preview"]) => answers::preview(&asked.json().unwrap_or_default(), bare),
            ("POST", ["runs"]) => {
                drop(state);
                self.create(asked)
            }
            ("GET", ["runs", id]) => match state.runs.iter().find(|run| run["id"] == *id) {
                Some(run) => Said::json(200, &json!(run)),
                None if uuid::Uuid::try_parse(id).is_err() => error(500, "Failed to retrieve run"),
                None => error(404, "Run not found"),
            },
            ("GET", ["runs", id, "timeline"]) if state.runs.iter().any(|run| run["id"] == *id) => {
                Said::json(200, &json!({ "timeline": [] }))
            }
            ("GET", ["runs", _, "timeline"]) => error(404, "Run not found"),
            ("GET", ["runs", id, "gates"]) if self.has_late_parts => Said::json(200, &answers::gates(&state, id, true)),
            ("POST", ["gates", id, "approve"]) if self.has_late_parts && is_admin => {
                drop(state);
                self.approve(asked, id)
            }
            ("POST", ["gates", _, "approve"]) if self.has_late_parts => answers::no_admin(),
            ("GET", ["dev", "dlq"]) if self.has_late_parts => Said::json(200, &answers::dead_letters(&state)),
            ("GET", ["dev", "queue"]) if self.has_late_parts => Said::json(200, &queue::counts(&state)),
            ("POST", ["dev", "dlq", "rehydrate"]) if self.has_late_parts => {
                drop(state);
                self.rehydrate(asked)
            }
            _ => answers::unrouted(),
        }
    }

    fn serverless(self: &Arc<Self>, asked: &Asked, pieces: &[&str]) -> Said {
        let is_admin = asked.header("authorization").is_some_and(|value| value.starts_with("Bearer "));
        let state = self.state.lock();
        match (asked.method.as_str(), pieces) {
            ("GET", ["health"]) => Said::json(200, &answers::serverless_health()),
            _ if !is_admin => error(401, "Authentication required"),
            ("GET", ["runs"]) => Said::json(200, &answers::serverless_list(&state, asked)),
            ("POST", ["runs", "preview"]) => answers::preview(&asked.json().unwrap_or_default(), wrapped),
            ("POST", ["runs"]) => {
                drop(state);
                self.create(asked)
            }
            ("GET", ["runs", id]) => match answers::whole(&state, id) {
                Some(whole) => Said::json(200, &whole),
                None => error(404, "not found"),
            },
            ("GET", ["runs", id, "timeline"]) => Said::json(200, &answers::timeline(&state, id)),
            ("GET", ["runs", id, "gates"]) => Said::json(200, &answers::gates(&state, id, false)),
            ("POST", ["runs", id, "steps", step, "retry"]) => {
                drop(state);
                self.retry(id, step)
            }
            ("POST", ["gates", _, "approve"]) => {
                error(500, "new row for relation \"gate\" violates check constraint \"gate_status_check\"")
            }
            // Its host, not NOFX, answers for paths without a function.
            _ => Said::text(404, "text/plain; charset=utf-8", "The page could not be found\n\nNOT_FOUND\n"),
        }
    }

    fn create(self: &Arc<Self>, asked: &Asked) -> Said {
        let key = asked.header("x-idempotency-key").filter(|_| self.dialect == Dialect::Express);
        if key.is_some_and(|key| key.len() < 8) {
            return problem(400, "Idempotency key must be at least 8 characters for sufficient entropy");
        }
        let mut state = self.state.lock();
        if let Some((status, body)) = key.and_then(|key| state.answers.get(key)) {
            return Said::json(*status, body).header("x-idempotency-replayed", "true").header(
                "x-idempotency-original-date",
                "Fri Nov 20 2026 10:33:45 GMT+0000 (Coordinated Universal Time)",
            );
        }
        let body = asked.json().unwrap_or_default();
        let (status, answer) = match answers::planned(&body, self.dialect) {
            Err(refusal) => (400, refusal),
            Ok(plan) => {
                let project = body["projectId"].as_str().unwrap_or("default");
                let run = state.create(plan, project);
                let id = run["id"].as_str().unwrap_or_default().to_owned();
                let answer = match self.dialect {
                    Dialect::Express => json!({ "id": id, "status": "queued", "projectId": project }),
                    Dialect::Serverless => picked(&run, answers::CREATED),
                };
                let later = Arc::clone(self);
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    later.state.lock().carry_out(&id);
                });
                (201, answer)
            }
        };
        if let Some(key) = key {
            state.answers.insert(key.to_owned(), (status, answer.clone()));
        }
        Said::json(status, &answer)
    }

    fn retry(self: &Arc<Self>, run: &str, step: &str) -> Said {
        let mut state = self.state.lock();
        if !state.steps.iter().any(|row| row["id"] == step && row["run_id"] == run) {
            return error(404, "step not found");
        }
        if let Err(status) = state.reset(step) {
            return error(500, &format!("step_not_retryable:{status}"));
        }
        let (later, step) = (Arc::clone(self), step.to_owned());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            later.state.lock().work(&step);
        });
        Said::json(202, &json!({ "ok": true }))
    }

    fn rehydrate(self: &Arc<Self>, asked: &Asked) -> Said {
        let taken = queue::taken_out(&mut self.state.lock(), &asked.json().unwrap_or_default());
        let (steps, count) = match taken {
            Ok(taken) => taken,
            Err(refusal) => return refusal,
        };
        let later = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let mut state = later.state.lock();
            for step in &steps {
                state.work(step);
            }
        });
        Said::json(200, &json!({ "topic": "step.dlq", "rehydrated": count }))
    }

    fn approve(&self, asked: &Asked, gate: &str) -> Said {
        let body = asked.json().unwrap_or_default();
        let by = body["approved_by"].as_str().unwrap_or("local-user");
        match self.state.lock().approve(gate, by) {
            Some(gate) => Said::json(200, &picked(&gate, &["id", "run_id", "status"])),
            None => error(404, "not found"),
        }
    }
}

/// The parts that ask who somebody is before they look at anything else.
fn signed_in(state: &mut State, asked: &Asked, pieces: &[&str]) -> Said {
    let Some(who) = Person::behind(state, asked) else { return answers::unauthorised() };
    let said = match (asked.method.as_str(), pieces) {
        ("GET", ["auth", "me"]) => Some(Said::json(200, &json!({ "user": who.row() }))),
        (_, ["auth", "api-keys", below @ ..]) => keys::answer(state, asked, who, below),
        (_, ["billing", below @ ..]) => billing::answer(state, asked, who, below),
        (_, ["teams", below @ ..]) => teams::answer(state, asked, who, below),
        _ => None,
    };
    said.unwrap_or_else(answers::unrouted)
}

impl Service for Nofx {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        self.asked.lock().push(asked.clone());
        let path = asked.path.clone();
        let pieces: Vec<_> = path.split('/').filter(|piece| !piece.is_empty()).collect();
        let said = match self.dialect {
            Dialect::Express => {
                let correlation = asked.header("x-correlation-id").unwrap_or("made-here").to_owned();
                self.express(&asked, &pieces).header("x-correlation-id", correlation)
            }
            Dialect::Serverless => self.serverless(&asked, &pieces),
        };
        Box::pin(std::future::ready(said))
    }
}
