//! Accepts a plan as a run. The answer is kept with the idempotency key, so that whoever repeats the call gets the same.

use super::super::{
    column::document,
    run_change::{Facts, RunChange},
    table::{
        dependencies,
        idempotency_keys::{self, Kept},
        run_list, runs, steps, teams,
    },
    writer::{Change, Tx},
};
use super::record::record;
use crate::{Error, accounts::Deed, store::NewRecord};
use domain::{EventKind, Run, RunId};
use serde_json::json;

/// Accepts a plan as a run.
pub(in super::super) struct CreateRun(pub(in super::super) NewRecord);

#[async_trait::async_trait]
impl Change for CreateRun {
    type Reply = (Run, bool);

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Reply, Error> {
        let Self(new) = self;
        if let Some(key) = &new.idempotency
            && let Some(earlier) = idempotency_keys::kept(tx.conn, &new.act.caller.principal(), key, tx.now).await?
        {
            return Ok((answered(tx, &earlier).await?, true));
        }
        team_takes(tx, new).await?;
        runs::insert(tx.conn, new, &document(&new.plan.metadata)?, tx.now).await?;
        let first = steps::insert_all(tx.conn, new, tx.now).await?;
        dependencies::insert_all(tx.conn, &new.plan, first).await?;
        let mut change = RunChange::begin(tx, &new.run, Some(&new.act)).await?;
        change.tell(tx.now, EventKind::RunCreated, Facts::new());
        for ordinal in dependencies::releasable(tx.conn, &new.run).await? {
            let mut step = steps::by_ordinal(tx.conn, ordinal).await?;
            change.make_ready(tx, &mut step, EventKind::StepQueued).await?;
        }
        change.settle(tx).await?;
        let made = run_list::whole(tx.conn, &new.run).await?;
        let made = made.ok_or_else(|| Error::Storage { detail: "a run that was written is not there".to_owned() })?;
        if let Some(key) = &new.idempotency {
            let kept = Kept { subject: new.run.to_string(), answer: Some(document(&made)?) };
            idempotency_keys::remember(tx.conn, &new.act.caller.principal(), key, &kept, tx.now).await?;
        }
        let deed = Deed::new("run.create", new.run.as_str()).team(&new.team);
        let after = json!({ "goal": new.plan.goal, "template": new.template });
        record(tx, &new.act, deed.to(after)).await?;
        Ok((made, false))
    }
}

/// The first answer; of a key from before answers were kept, the run as it is now.
async fn answered(tx: &mut Tx<'_>, earlier: &Kept) -> Result<Run, Error> {
    if let Some(answer) = &earlier.answer {
        return serde_json::from_str(answer).map_err(|error| Error::Storage { detail: error.to_string() });
    }
    let run = RunId::from(&*earlier.subject);
    run_list::whole(tx.conn, &run).await?.ok_or_else(|| Error::NotFound { what: run.to_string() })
}

/// Refuses when the team is not there any more, or has as many open runs as it may.
async fn team_takes(tx: &mut Tx<'_>, new: &NewRecord) -> Result<(), Error> {
    if teams::by_id(&mut *tx.conn, &new.team).await?.is_none() {
        return Err(Error::NotFound { what: format!("team {}", new.team) });
    }
    let open = teams::open_runs(tx.conn, &new.team).await?;
    if open < i64::from(new.most_open) {
        return Ok(());
    }
    Err(Error::Conflict {
        code: "team_has_too_many_runs",
        message: format!("{open} runs of the team have not ended, which is as many as it may have"),
        remedy: "Wait until one has ended, or cancel one.".to_owned(),
    })
}
