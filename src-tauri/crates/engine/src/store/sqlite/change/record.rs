//! Writes what was done into the audit, in the transaction of the act itself: no act without its entry, and no entry without
//! its act. An entry that cannot be written does not take the act with it; it is counted, and the next one tells of it.

use super::super::{
    table::audit,
    writer::{Change, Tx},
};
use crate::{
    Error,
    accounts::{Deed, RefusedAct},
    engine::Act,
};
use domain::{AuditEntry, AuditOutcome, CorrelationId, Timestamp};

/// Records refusals.
pub(in super::super) struct RecordRefusals(pub(in super::super) Vec<(RefusedAct, u32, CorrelationId)>);

#[async_trait::async_trait]
impl Change for RecordRefusals {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        for (refused, times, correlation_id) in &self.0 {
            let mut entry = blank(tx.now, &refused.act, correlation_id);
            entry.team = refused.team.as_ref().map(ToString::to_string);
            entry.actor.clone_from(&refused.actor);
            entry.principal.clone_from(&refused.principal);
            entry.target.clone_from(&refused.target);
            entry.outcome = refused.outcome();
            entry.times = *times;
            write(tx, entry).await?;
        }
        Ok(())
    }
}

/// Records an act that changes nothing in the database.
pub(in super::super) struct Record {
    pub(in super::super) act: Act,
    pub(in super::super) deed: Deed,
}

#[async_trait::async_trait]
impl Change for Record {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        record(tx, &self.act, self.deed.clone()).await
    }
}

/// Records what an act did.
pub(in super::super) async fn record(tx: &mut Tx<'_>, act: &Act, deed: Deed) -> Result<(), Error> {
    record_as(tx, (act.caller.actor(), act.caller.principal()), &act.correlation_id, deed).await
}

/// Records what somebody did who is not known by a credential yet.
pub(in super::super) async fn record_as(
    tx: &mut Tx<'_>,
    (actor, principal): (String, String),
    correlation_id: &CorrelationId,
    deed: Deed,
) -> Result<(), Error> {
    let mut entry = blank(tx.now, deed.act, correlation_id);
    entry.team = deed.team.map(|team| team.to_string());
    (entry.actor, entry.principal) = (actor, principal);
    entry.target = deed.target;
    entry.reason = deed.reason;
    (entry.before, entry.after) = (deed.before, deed.after);
    write(tx, entry).await
}

async fn write(tx: &mut Tx<'_>, mut entry: AuditEntry) -> Result<(), Error> {
    let (_, lost) = audit::end(&mut *tx.conn).await?;
    let written = async {
        if lost > 0 {
            let mut gap = blank(tx.now, "audit.gap", &CorrelationId::new(&*entry.correlation_id));
            gap.times = u32::try_from(lost).unwrap_or(u32::MAX);
            audit::append(tx.conn, &mut gap).await?;
        }
        audit::append(tx.conn, &mut entry).await
    };
    let Err(error) = written.await else { return Ok(()) };
    tracing::error!(%error, act = entry.act, correlation_id = entry.correlation_id, "an act could not be recorded in the audit");
    audit::lose(tx.conn, entry.times).await
}

fn blank(at: Timestamp, act: &str, correlation_id: &CorrelationId) -> AuditEntry {
    AuditEntry {
        seq: 0,
        at,
        team: None,
        actor: "the plane".to_owned(),
        principal: "plane".to_owned(),
        act: act.to_owned(),
        target: None,
        outcome: AuditOutcome::Done,
        reason: None,
        correlation_id: correlation_id.to_string(),
        times: 1,
        before: None,
        after: None,
        hash: String::new(),
    }
}
