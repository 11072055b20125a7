//! Queues a step again that ended badly: the only door out of a final state, and only out of `failed`.

use super::super::{
    column::{Word, small},
    run_change::{Facts, RunChange, fact},
    table::{dead_letters, dependencies, steps},
    writer::{Change, Tx},
};
use super::record::record;
use crate::{Error, accounts::Deed, store};
use domain::{EventKind, RunStatus, TeamId};
use serde_json::json;

/// Queues a step again.
pub(in super::super) struct RetryStep(pub(in super::super) store::StepRetry);

#[async_trait::async_trait]
impl Change for RetryStep {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let Self(retry) = self;
        let mut change = RunChange::begin(tx, &retry.run, Some(&retry.act)).await?;
        let inputs = retry.inputs.as_ref().map(|(inputs, _)| inputs);
        let body = json!(["retry", retry.run, retry.step, retry.reason, inputs]);
        let once = super::Once::new(&retry.act, &body);
        if once.was_done(tx).await? {
            return Ok(());
        }
        let ordinal = steps::named(tx.conn, &retry.run, &retry.step).await?;
        let mut step = steps::by_ordinal(tx.conn, ordinal).await?;
        refuse(&change, &step)?;
        once.remember(tx, &retry.run).await?;

        let before = change.head.status.0;
        if before == RunStatus::Failed {
            change.head.generation += 1;
            change.head.status = Word(RunStatus::Running);
            change.head.ended_at = None;
            let mut data = fact("reason", &*retry.reason);
            data.insert("generation".to_owned(), small(change.head.generation).into());
            change.tell(tx.now, EventKind::RunReopened, data);
        }
        let mut data: Facts = fact("reason", &*retry.reason);
        data.insert("inputs_changed".to_owned(), retry.inputs.is_some().into());
        if retry.inputs.is_some() {
            // The new ones take the place of the old ones, which are seen nowhere else from then on.
            let before = steps::inputs(tx.conn, ordinal).await?;
            data.insert("inputs_before".to_owned(), serde_json::from_str(&before).unwrap_or_default());
        }
        change.tell_step(tx.now, EventKind::StepRetried, &step, data);
        if let Some((inputs, conduct)) = &retry.inputs {
            steps::set_inputs(tx.conn, ordinal, inputs).await?;
            let (kind, pause_ms, question) = steps::conduct_columns(conduct);
            kind.clone_into(&mut step.kind);
            step.pause_ms = pause_ms;
            step.question = question.map(str::to_owned);
        }
        dead_letters::remove(tx.conn, &step.id).await?;
        step.attempts_allowed = step.attempts + step.max_attempts;
        step.failure = None;
        change.make_ready(tx, &mut step, EventKind::StepQueued).await?;
        for (id, name) in dependencies::unskip(tx.conn, &retry.run, tx.now).await? {
            change.push(tx.now, EventKind::StepReopened, Some((id, name)), None, fact("reason", &*retry.reason));
        }
        let team = TeamId::from(&*change.head.team);
        change.settle(tx).await?;
        let target = format!("{}/{}", retry.run, step.name);
        let deed = Deed::new("step.retry", target).team(&team).because(Some(&retry.reason));
        record(
            tx,
            &retry.act,
            deed.from(json!({ "run": before })).to(json!({ "inputs_changed": retry.inputs.is_some() })),
        )
        .await
    }
}

fn refuse(change: &RunChange, step: &steps::Row) -> Result<(), Error> {
    let status = change.head.status.0;
    if matches!(status, RunStatus::Succeeded | RunStatus::Cancelled) {
        return Err(super::is_terminal(&change.run, status, "Start a new run from the same plan."));
    }
    if change.head.cancel_requested {
        return Err(Error::Conflict {
            code: "run_is_stopping",
            message: format!("{} is being cancelled", change.run),
            remedy: "Start a new run from the same plan.".to_owned(),
        });
    }
    if !step.status.0.is_retryable() {
        return Err(Error::Conflict {
            code: "step_not_retryable",
            message: format!("`{}` is {}; only a step that ended badly can be retried", step.name, step.status.0),
            remedy: "Retry the step that failed; what was skipped because of it follows by itself.".to_owned(),
        });
    }
    Ok(())
}
