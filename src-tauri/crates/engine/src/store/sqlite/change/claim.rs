//! Marks a ready step as running before its tool is started, so that a crash in between is seen as an interruption.

use super::super::{
    column::{small, unsigned},
    run_change::{Facts, RunChange, fact, open_gate},
    table::{attempts, dependencies, gates, steps},
    writer::{Change, Tx},
};
use crate::{Error, store::Claim};
use domain::{CorrelationId, EventKind, GateState, GateSubject, RetryPolicy, RunId, StepId, StepStatus};
use serde_json::{Map, Value};

/// Marks a ready step as running.
pub(in super::super) struct ClaimStep(pub(in super::super) StepId);

#[async_trait::async_trait]
impl Change for ClaimStep {
    type Reply = Option<Claim>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Reply, Error> {
        let Some(ordinal) = steps::ordinal(tx.conn, &self.0).await? else {
            return Ok(None);
        };
        let mut step = steps::by_ordinal(tx.conn, ordinal).await?;
        if step.status.0 != StepStatus::Queued || step.queued_at.is_none() {
            return Ok(None);
        }
        let mut change = RunChange::begin(tx, &RunId::new(&*step.run_id), None).await?;
        change.begun(tx.now);
        step.enter(StepStatus::Running, tx.now);
        step.attempts += 1;
        step.started_at.get_or_insert(tx.now.as_millis());
        steps::save(tx.conn, &step).await?;
        attempts::start(tx.conn, &step.run_id, &step.id, step.attempts, tx.now).await?;
        change.tell_step(tx.now, EventKind::StepStarted, &step, Facts::new());
        if let Some(name) = step.tool.strip_prefix("gate:")
            && gates::state(tx.conn, &step.id).await? != Some(GateState::Open)
        {
            let gate = open_gate(GateSubject::Command, name.to_owned(), tx.now, None);
            gates::ask(tx.conn, &step.run_id, &step.id, &gate).await?;
            change.tell_step(tx.now, EventKind::GateOpened, &step, fact("question", name));
        }
        let (inputs, upstream) =
            (steps::inputs(tx.conn, ordinal).await?, dependencies::upstream(tx.conn, ordinal).await?);
        let given = read(&inputs, &upstream);
        let unreadable = given.as_ref().err().map(ToString::to_string);
        let (inputs, upstream) = given.unwrap_or_default();
        let claim = Claim {
            run: change.run.clone(),
            step: self.0.clone(),
            tool: step.tool.clone(),
            attempt: small(step.attempts),
            tries: small(step.max_attempts - (step.attempts_allowed - step.attempts)).max(1),
            retry: RetryPolicy {
                max_attempts: small(step.max_attempts),
                delay_ms: unsigned(step.delay_ms),
                max_delay_ms: unsigned(step.max_delay_ms),
            },
            timeout_ms: step.timeout_ms.map(unsigned),
            inputs,
            upstream,
            unreadable,
            correlation_id: CorrelationId::new(&*change.head.correlation_id),
            on_restart: step.on_restart.0,
        };
        change.settle(tx).await?;
        Ok(Some(claim))
    }
}

type Given = (Map<String, Value>, Map<String, Value>);

/// Inputs, and the outputs of dependencies by name.
fn read(inputs: &str, upstream: &[(String, String)]) -> Result<Given, serde_json::Error> {
    let outputs = upstream.iter().map(|(name, output)| Ok((name.clone(), serde_json::from_str(output)?)));
    Ok((serde_json::from_str(inputs)?, outputs.collect::<Result<_, serde_json::Error>>()?))
}
