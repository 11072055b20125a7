//! Calls about one run: everything that a plane tells of it is spread over up to three answers.

use crate::{
    NofxClient, reading,
    surface::{Dialect, Door},
    translate::{self, GateRow, Row, Told, asked, judged},
    wire::{idempotency_key, is_id, run_id, subject},
};
use client_http::{Call, header::HeaderName, incompatible, plain};
use control_plane::{CallContext, Error, NewRun};
use domain::{Event, GateState, Preview, Run, RunId};
use serde_json::{Value, json};

/// All that was told of a run.
#[derive(Debug)]
pub(crate) struct Found {
    answer: Value,
    timeline: Value,
    gates: Vec<GateRow>,
}

impl Found {
    fn told(&self) -> Result<Told<'_>, Error> {
        Told::of(&self.answer).ok_or_else(|| incompatible("the answer to a run has another shape than that of NOFX"))
    }

    pub(crate) fn run(&self) -> Result<Run, Error> {
        let run = translate::run(&self.told()?, &Row::each(&self.timeline), &self.gates);
        run.ok_or_else(|| incompatible("the answer to a run has another shape than that of NOFX"))
    }

    pub(crate) fn events(&self, run: &RunId) -> Result<Vec<Event>, Error> {
        Ok(translate::events(run, &Row::each(&self.timeline), &self.told()?.names()))
    }
}

/// What answers that were fetched before tell of a run.
pub(crate) fn found(answer: Value, timeline: Value, gates: &Value) -> Found {
    Found { answer, timeline, gates: translate::gates(gates).unwrap_or_default() }
}

impl NofxClient {
    /// Everything about a run. Its timeline is asked for with it: it knows the attempts that the steps do not tell of, and
    /// the run knows the names that the events do not tell; besides, only the run says that there is no such run.
    pub(crate) async fn find(&self, context: &CallContext, run: &RunId) -> Result<Found, Error> {
        let (id, subject) = (run_id(run)?, subject(run));
        let surface = self.surface(context).await?;
        let answer = async { reading::told(&self.wire.ask(context, Call::get(&["runs", id]), &subject).await?) };
        let timeline = async {
            match surface.dialect {
                Some(Dialect::Serverless) => {
                    let call = Call::get(&["runs", id, "timeline"]);
                    reading::timeline(&self.wire.ask(context, call, &subject).await?)
                }
                _ => Ok(Value::Array(Vec::new())),
            }
        };
        let (answer, timeline) = futures::join!(answer, timeline);
        let mut found = Found { answer: answer?, timeline: timeline?, gates: Vec::new() };
        let told = found.told()?;
        self.learn(told.dialect);
        if surface.gates == Door::Open && told.asks() {
            found.gates = match self.wire.try_asking(context, Call::get(&["runs", id, "gates"]), &subject).await {
                Ok(answer) => reading::gates(&answer)?,
                // The part is gone since it was tried. The run is none the less there.
                Err(Error::Unsupported { .. }) => {
                    self.surface.write().gates = Door::Absent;
                    Vec::new()
                }
                Err(error) => return Err(error),
            };
        }
        Ok(found)
    }

    pub(crate) async fn start(&self, context: &CallContext, new: &NewRun) -> Result<Run, Error> {
        let asked = asked(&new.plan);
        let faults = judged(&asked);
        if !faults.is_empty() {
            return Err(crate::error::invalid(faults));
        }
        let key = idempotency_key(&new.idempotency_key);
        let name = HeaderName::from_static("x-idempotency-key");
        let call = Call::post(&["runs"]).json(asked.body())?.header(name, &key, "the idempotency key")?;
        let answer = self.wire.ask(context, call, "the new run").await?;
        let (id, told) = reading::started(&answer, asked.body())?;
        match self.find(context, &RunId::new(id)).await.and_then(|found| found.run()) {
            Ok(run) => Ok(run),
            // The run is there, whatever became of the second question.
            Err(error) => told.ok_or(error),
        }
    }

    pub(crate) async fn judge(&self, context: &CallContext, document: &Value) -> Result<Preview, Error> {
        let refused = |faults| Preview { valid: false, faults, plan: None, layers: Vec::new() };
        let asked = asked(document);
        let faults = judged(&asked);
        if !faults.is_empty() {
            return Ok(refused(faults));
        }
        if let translate::Asked::Plan(body) = &asked {
            return translate::planned(body).ok_or_else(|| incompatible("a plan that was judged good cannot be read"));
        }
        let call = Call::post(&["runs", "preview"]).json(asked.body())?;
        match self.wire.ask(context, call, "the preview").await {
            Ok(answer) => reading::planned(&answer),
            Err(Error::Invalid { faults, .. }) => Ok(refused(faults)),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn try_again(&self, context: &CallContext, run: &RunId, step: &str) -> Result<Run, Error> {
        let id = run_id(run)?;
        let missing = || Error::NotFound { what: format!("step {}", plain(step)) };
        let step_id = if is_id(step) {
            step.to_owned()
        } else {
            let found = self.find(context, run).await?;
            found.told()?.named(step).and_then(|(id, _)| id).filter(|id| is_id(id)).ok_or_else(missing)?.to_owned()
        };
        let call = Call::post(&["runs", id, "steps", &step_id, "retry"]).json(&json!({}))?;
        self.wire.ask(context, call, &format!("step {}", plain(step))).await?;
        self.find(context, run).await?.run()
    }

    pub(crate) async fn approve(
        &self,
        context: &CallContext,
        run: &RunId,
        step: &str,
        reason: Option<&str>,
    ) -> Result<Run, Error> {
        let found = self.find(context, run).await?;
        let what = format!("gate of step {}", plain(step));
        let named = found.told()?.named(step);
        let gate = named.and_then(|(id, tool)| GateRow::of(&found.gates, id, tool)).filter(|gate| is_id(&gate.id));
        let Some(gate) = gate else { return Err(Error::NotFound { what }) };
        if gate.gate.state != GateState::Open {
            let message = "this gate is decided already".to_owned();
            return Err(Error::Conflict { code: "gate_is_decided".to_owned(), message });
        }
        let call = Call::post(&["gates", &gate.id, "approve"]).json(&json!({ "reason": reason }))?;
        self.wire.try_asking(context, call, &what).await?;
        self.find(context, run).await?.run()
    }
}
