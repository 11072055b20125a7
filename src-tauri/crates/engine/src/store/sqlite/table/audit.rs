//! `audit`: the chain of what was done and refused. Rows are only ever added.

use super::super::column::{Document, optional_document, signed, small, unsigned};
use crate::{
    Error,
    accounts::{Piece, seal},
};
use domain::{AuditEntry, AuditLink, AuditOutcome, Timestamp};
use futures::TryStreamExt as _;
use serde_json::Value;
use sqlx::{SqliteConnection, SqliteExecutor};

struct Row {
    seq: i64,
    at: i64,
    team: Option<String>,
    actor: String,
    principal: String,
    act: String,
    target: Option<String>,
    outcome: Document<AuditOutcome>,
    reason: Option<String>,
    correlation_id: String,
    times: i64,
    before: Option<Document<Value>>,
    after: Option<Document<Value>>,
    hash: String,
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        Self {
            seq: unsigned(row.seq),
            at: Timestamp::from_millis(row.at),
            team: row.team,
            actor: row.actor,
            principal: row.principal,
            act: row.act,
            target: row.target,
            outcome: row.outcome.0,
            reason: row.reason,
            correlation_id: row.correlation_id,
            times: small(row.times),
            before: row.before.map(|before| before.0),
            after: row.after.map(|after| after.0),
            hash: row.hash,
        }
    }
}

/// The end of the chain, and how many acts could not be recorded since.
pub(crate) async fn end(conn: impl SqliteExecutor<'_>) -> Result<(AuditLink, u64), Error> {
    let row = sqlx::query!("SELECT audit_seq, audit_hash, audit_lost FROM plane WHERE id = 1 LIMIT 1");
    let row = row.fetch_one(conn).await?;
    Ok((AuditLink { seq: unsigned(row.audit_seq), hash: row.audit_hash }, unsigned(row.audit_lost)))
}

/// Adds an entry at the end of the chain; its place and its hash are given here.
pub(crate) async fn append(conn: &mut SqliteConnection, entry: &mut AuditEntry) -> Result<(), Error> {
    let (link, _) = end(&mut *conn).await?;
    entry.seq = link.seq + 1;
    entry.hash = seal(entry, &link.hash);
    let (seq, at, times) = (signed(entry.seq), entry.at.as_millis(), i64::from(entry.times));
    let outcome = super::super::column::document(&entry.outcome)?;
    let (before, after) = (optional_document(entry.before.as_ref())?, optional_document(entry.after.as_ref())?);
    sqlx::query!(
        "INSERT INTO audit (seq, at, team, actor, principal, act, target, outcome, reason, correlation_id, times,
             state_before, state_after, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        seq,
        at,
        entry.team,
        entry.actor,
        entry.principal,
        entry.act,
        entry.target,
        outcome,
        entry.reason,
        entry.correlation_id,
        times,
        before,
        after,
        entry.hash
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("UPDATE plane SET audit_seq = ?1, audit_hash = ?2, audit_lost = 0 WHERE id = 1", seq, entry.hash)
        .execute(conn)
        .await?;
    Ok(())
}

/// Counts acts that could not be recorded.
pub(crate) async fn lose(conn: &mut SqliteConnection, times: u32) -> Result<(), Error> {
    sqlx::query!("UPDATE plane SET audit_lost = audit_lost + ?1 WHERE id = 1", times).execute(conn).await?;
    Ok(())
}

/// Entries after a place, oldest first, up to the first row that cannot be read as one.
pub(crate) async fn after(conn: &mut SqliteConnection, after: u64, limit: u32) -> Result<Piece, Error> {
    let from = signed(after);
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT seq, at, team, actor, principal, act, target, outcome AS "outcome: Document<AuditOutcome>", reason,
                  correlation_id, times, state_before AS "before: Document<Value>", state_after AS "after: Document<Value>", hash
           FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2"#,
        from,
        limit
    );
    let mut entries: Vec<AuditEntry> = Vec::new();
    let read = rows.fetch(&mut *conn).try_for_each(|row| {
        entries.push(row.into());
        std::future::ready(Ok(()))
    });
    match read.await {
        Ok(()) => Ok(Piece { entries, unreadable: None }),
        // The row is there, and something in it is not what was written.
        Err(sqlx::Error::ColumnDecode { .. }) => {
            let last = entries.last().map_or(after, |entry| entry.seq);
            Ok(Piece { unreadable: place_after(conn, last).await?, entries })
        }
        Err(error) => Err(error.into()),
    }
}

/// The first place after this one at which there is a row, whatever is in it.
pub(crate) async fn place_after(conn: impl SqliteExecutor<'_>, after: u64) -> Result<Option<u64>, Error> {
    let after = signed(after);
    let found = sqlx::query_scalar!("SELECT seq FROM audit WHERE seq > ?1 ORDER BY seq LIMIT 1", after);
    Ok(found.fetch_optional(conn).await?.map(unsigned))
}

/// Entries before a place, newest first; of these teams (a JSON list), or all.
pub(crate) async fn before(
    conn: impl SqliteExecutor<'_>,
    teams: Option<&str>,
    before: u64,
    limit: u32,
) -> Result<Vec<AuditEntry>, Error> {
    let before = signed(before);
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT seq, at, team, actor, principal, act, target, outcome AS "outcome: Document<AuditOutcome>", reason,
                  correlation_id, times, state_before AS "before: Document<Value>", state_after AS "after: Document<Value>", hash
           FROM audit WHERE seq < ?1 AND (?2 IS NULL OR team IN (SELECT value FROM json_each(?2)))
           ORDER BY seq DESC LIMIT ?3"#,
        before,
        teams,
        limit
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(Into::into).collect())
}
