//! What an operator does on a project besides deciding its gates.
//!
//! The plane checks little here: it starts work twice, goes on after a gate that nobody approved, and lets whoever is
//! signed in complete the deliverables and resolve the blockers of anybody. So what an act needs is read first, through
//! routes that do ask whose project it is. Deliberately absent: any repetition, since none of these acts may be done twice.

use crate::{
    FuzzyLlamaClient,
    error::not_ready,
    gate_number,
    plan::{fault, refused, text},
    reply::{BlockerRow, DeliverableRow, GateRow, GateStatus, ProofRow, Started, Taken},
    rules::HANDED_IN,
    subject, translate,
    wire::Request,
};
use client_http::plain;
use control_plane::{CallContext, Error};
use domain::ProjectAct;
use serde_json::{Value, json};

impl FuzzyLlamaClient {
    /// Does something on a project; refuses what the plane would take although it makes no sense.
    pub(crate) async fn act(&self, context: &CallContext, id: &str, act: &ProjectAct) -> Result<(), Error> {
        judge(act)?;
        match act {
            ProjectAct::Start { requirements } => self.start(context, id, requirements).await,
            ProjectAct::GoOn { gate } => self.go_on(context, id, gate_number(id, gate)?).await,
            ProjectAct::WorkAgain { gate } => self.work_again(context, id, gate_number(id, gate)?).await,
            ProjectAct::AddProof { gate, kind, path, summary } => {
                let number = gate_number(id, gate)?;
                let proof = json!({ "proofType": kind, "filePath": path, "contentSummary": summary });
                self.add_proof(context, id, number, proof).await
            }
            ProjectAct::CompleteDeliverable { deliverable } => self.complete(context, id, deliverable).await,
            ProjectAct::ResolveBlocker { blocker, resolution } => self.resolve(context, id, blocker, resolution).await,
        }
    }

    /// A second start would make every gate a second time.
    async fn start(&self, context: &CallContext, id: &str, requirements: &str) -> Result<(), Error> {
        if !self.gates(context, id).await?.is_empty() {
            let message = "the work on this project has been started already: its gates are there".to_owned();
            return Err(Error::Conflict { code: "already_started".to_owned(), message });
        }
        let body = json!({ "projectId": id, "requirements": requirements });
        let request = Request::post(&["api", "agents", "workflow", "start"], subject(id), body);
        let started: Started = self.wire.ask(context, &request).await?;
        if started.project_id == id {
            return Ok(());
        }
        Err(client_http::incompatible("the plane started the work on another project"))
    }

    async fn go_on(&self, context: &CallContext, id: &str, number: u32) -> Result<(), Error> {
        let gates = self.gates(context, id).await?;
        let name = translate::step_name(number);
        if !is_approved(&gates, number) {
            return Err(not_ready(format!("{name} is not approved, so nothing goes on after it")));
        }
        if is_approved(&gates, number + 1) {
            let next = translate::step_name(number + 1);
            return Err(not_ready(format!("{next} is approved already, so the work has gone on after {name}")));
        }
        self.workflow(context, id, "gate-approved", number).await
    }

    async fn work_again(&self, context: &CallContext, id: &str, number: u32) -> Result<(), Error> {
        let gates = self.gates(context, id).await?;
        reached(&gates, number)?;
        if is_approved(&gates, number) {
            return Err(not_ready(format!("{} is approved, so nobody works at it", translate::step_name(number))));
        }
        self.workflow(context, id, "retry-gate", number).await
    }

    async fn workflow(&self, context: &CallContext, id: &str, what: &str, number: u32) -> Result<(), Error> {
        let body = json!({ "gateType": pending(number) });
        let about = format!("{}, step {}", subject(id), translate::step_name(number));
        let request = Request::post(&["api", "agents", "workflow", what, id], about, body);
        let taken: Taken = self.wire.ask(context, &request).await?;
        if taken.success {
            return Ok(());
        }
        let said = taken.message.as_deref().map(plain);
        Err(not_ready(said.unwrap_or_else(|| "the plane did not take it and does not say why".to_owned())))
    }

    /// It is judged at once: what is merely told counts for nothing.
    async fn add_proof(&self, context: &CallContext, id: &str, number: u32, mut proof: Value) -> Result<(), Error> {
        let gates = self.gates(context, id).await?;
        let row = reached(&gates, number)?;
        for (name, value) in [
            ("projectId", json!(id)),
            ("gate", json!(row.gate_type)),
            ("gateId", json!(row.id)),
            ("autoValidate", json!(true)),
        ] {
            proof[name] = value;
        }
        let about = format!("{}, step {}", subject(id), translate::step_name(number));
        let request = Request::post(&["api", "proof-artifacts"], about, proof);
        self.wire.ask::<ProofRow>(context, &request).await.map(|_| ())
    }

    async fn complete(&self, context: &CallContext, id: &str, deliverable: &str) -> Result<(), Error> {
        let (_, rows) = futures::try_join!(self.project(context, id), self.deliverables(context, id))?;
        let about = format!("{}, deliverable {}", subject(id), plain(deliverable));
        if !rows.iter().any(|row| row.id == deliverable) {
            return Err(Error::NotFound { what: about });
        }
        let request = Request::post(&["api", "deliverables", deliverable, "complete"], about, Value::Null);
        self.wire.ask::<DeliverableRow>(context, &request).await.map(|_| ())
    }

    /// A second resolution would overwrite the first.
    async fn resolve(&self, context: &CallContext, id: &str, blocker: &str, how: &str) -> Result<(), Error> {
        let (_, rows, me) =
            futures::try_join!(self.project(context, id), self.blockers(context, id), self.me(context))?;
        let about = format!("{}, blocker {}", subject(id), plain(blocker));
        match rows.iter().find(|row| row.id == blocker) {
            None => return Err(Error::NotFound { what: about }),
            Some(row) if row.resolved_at.is_some() => {
                let message = "this blocker is resolved already".to_owned();
                return Err(Error::Conflict { code: "already_resolved".to_owned(), message });
            }
            Some(_) => {}
        }
        let body = json!({ "resolution": how, "resolvedBy": me.email });
        let request = Request::post(&["api", "blockers", blocker, "resolve"], about, body);
        self.wire.ask::<BlockerRow>(context, &request).await.map(|_| ())
    }
}

/// The type of the row that is decided at a gate.
fn pending(number: u32) -> String {
    format!("G{number}_PENDING")
}

fn is_approved(gates: &[GateRow], number: u32) -> bool {
    translate::rows_of(gates, number).0.is_some_and(|row| row.status == GateStatus::Approved)
}

/// The row that is decided at a gate, once the plane has one.
pub(crate) fn reached(gates: &[GateRow], number: u32) -> Result<&GateRow, Error> {
    translate::rows_of(gates, number).0.ok_or_else(|| {
        let name = translate::step_name(number);
        not_ready(format!("{name} has not been reached: FuzzyLlama has no such gate yet"))
    })
}

/// Whether an operator wrote what such an act needs; every fault is named at once.
fn judge(act: &ProjectAct) -> Result<(), Error> {
    let mut faults = Vec::new();
    match act {
        ProjectAct::Start { requirements } => text(&json!(requirements), "requirements", 10..=2000, &mut faults),
        ProjectAct::AddProof { kind, path, summary, .. } => {
            if !HANDED_IN.contains(&kind.as_str()) {
                let remedy = format!("Choose one of {}.", HANDED_IN.join(", "));
                faults.push(fault("kind", "one_of", "FuzzyLlama makes such a proof itself or not at all", &remedy));
            }
            text(&json!(path), "path", 1..=4096, &mut faults);
            text(&json!(summary), "summary", 1..=500, &mut faults);
        }
        ProjectAct::ResolveBlocker { resolution, .. } => {
            text(&json!(resolution), "resolution", 1..=500, &mut faults);
        }
        ProjectAct::GoOn { .. } | ProjectAct::WorkAgain { .. } | ProjectAct::CompleteDeliverable { .. } => {}
    }
    if faults.is_empty() { Ok(()) } else { refused(faults) }
}
