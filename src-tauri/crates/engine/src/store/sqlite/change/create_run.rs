//! Accepts a plan as a run.

use super::super::{
    column::document,
    run_change::{Facts, RunChange},
    table::{dependencies, idempotency_keys, runs, steps},
    writer::{Change, Tx},
};
use crate::{Error, store::NewRecord};
use domain::{EventKind, RunId};

/// Accepts a plan as a run.
pub(in super::super) struct CreateRun(pub(in super::super) NewRecord);

#[async_trait::async_trait]
impl Change for CreateRun {
    type Reply = (RunId, bool);

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Reply, Error> {
        let Self(new) = self;
        if let Some(key) = &new.idempotency
            && let Some(earlier) = idempotency_keys::run_of(tx.conn, &new.act.principal, key, tx.now).await?
        {
            return Ok((earlier, true));
        }
        runs::insert(tx.conn, new, &document(&new.plan.metadata)?, tx.now).await?;
        let first = steps::insert_all(tx.conn, new, tx.now).await?;
        dependencies::insert_all(tx.conn, &new.plan, first).await?;
        if let Some(key) = &new.idempotency {
            idempotency_keys::remember(tx.conn, &new.act.principal, key, &new.run, tx.now).await?;
        }
        let mut change = RunChange::begin(tx, &new.run, Some(&new.act)).await?;
        change.tell(tx.now, EventKind::RunCreated, Facts::new());
        for ordinal in dependencies::releasable(tx.conn, &new.run).await? {
            let mut step = steps::by_ordinal(tx.conn, ordinal).await?;
            change.make_ready(tx, &mut step, EventKind::StepQueued).await?;
        }
        change.settle(tx).await?;
        Ok((new.run.clone(), false))
    }
}
