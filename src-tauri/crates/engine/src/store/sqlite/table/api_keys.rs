//! `api_keys`: keys of programs, by the hash of what they show.

use super::super::column::{Document, document};
use crate::{Error, accounts::Caller};
use domain::{ApiKey, Permission, TeamId, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

struct Row {
    id: String,
    team: Option<String>,
    name: String,
    prefix: String,
    permissions: Document<Vec<Permission>>,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl From<Row> for ApiKey {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            team: row.team,
            prefix: Some(row.prefix),
            permissions: row.permissions.0,
            created_at: Some(Timestamp::from_millis(row.created_at)),
            last_used_at: row.last_used_at.map(Timestamp::from_millis),
            expires_at: row.expires_at.map(Timestamp::from_millis),
        }
    }
}

/// Adds a key.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    key: &ApiKey,
    (prefix, hash): (&str, &str),
    made_by: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let (permissions, now) = (document(&key.permissions)?, now.as_millis());
    let expires_at = key.expires_at.map(Timestamp::as_millis);
    sqlx::query!(
        "INSERT INTO api_keys (id, team, name, prefix, hash, permissions, made_by, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        key.id,
        key.team,
        key.name,
        prefix,
        hash,
        permissions,
        made_by,
        now,
        expires_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a team has a key of this name that was not revoked.
pub(crate) async fn is_named(conn: &mut SqliteConnection, team: &str, name: &str) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        r#"SELECT 1 AS "found!: i64" FROM api_keys WHERE team = ?1 AND name = ?2 AND revoked_at IS NULL LIMIT 1"#,
        team,
        name
    );
    Ok(found.fetch_optional(conn).await?.is_some())
}

/// Makes a key invalid.
pub(crate) async fn revoke(conn: &mut SqliteConnection, id: &str, now: Timestamp) -> Result<(), Error> {
    let now = now.as_millis();
    sqlx::query!("UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL", id, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes every key of a team invalid.
pub(crate) async fn revoke_all(conn: &mut SqliteConnection, team: &str, now: Timestamp) -> Result<(), Error> {
    let now = now.as_millis();
    sqlx::query!("UPDATE api_keys SET revoked_at = ?2 WHERE team = ?1 AND revoked_at IS NULL", team, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that a key was used.
pub(crate) async fn used(conn: &mut SqliteConnection, id: &str, now: Timestamp) -> Result<(), Error> {
    let now = now.as_millis();
    sqlx::query!("UPDATE api_keys SET last_used_at = ?2 WHERE id = ?1", id, now).execute(conn).await?;
    Ok(())
}

/// Whose key this is, and when it was used last.
pub(crate) async fn by_hash(
    conn: impl SqliteExecutor<'_>,
    hash: &str,
    now: Timestamp,
) -> Result<Option<(Caller, Option<Timestamp>)>, Error> {
    let now = now.as_millis();
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id, team, name, prefix, permissions AS "permissions: Document<Vec<Permission>>", created_at, expires_at,
                  last_used_at
           FROM api_keys WHERE hash = ?1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?2) LIMIT 1"#,
        hash,
        now
    );
    Ok(row.fetch_optional(conn).await?.map(|row| {
        let used = row.last_used_at.map(Timestamp::from_millis);
        let team = row.team.map(TeamId::from);
        (Caller::Key { id: row.id, name: row.name, team, permissions: row.permissions.0 }, used)
    }))
}

/// One key that is not revoked.
pub(crate) async fn by_id(conn: impl SqliteExecutor<'_>, id: &str) -> Result<Option<ApiKey>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id, team, name, prefix, permissions AS "permissions: Document<Vec<Permission>>", created_at, expires_at,
                  last_used_at
           FROM api_keys WHERE id = ?1 AND revoked_at IS NULL LIMIT 1"#,
        id
    );
    Ok(row.fetch_optional(conn).await?.map(Into::into))
}

/// Keys that are not revoked, oldest first; of these teams (a JSON list), or all.
pub(crate) async fn list(conn: impl SqliteExecutor<'_>, teams: Option<&str>) -> Result<Vec<ApiKey>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, team, name, prefix, permissions AS "permissions: Document<Vec<Permission>>", created_at, expires_at,
                  last_used_at
           FROM api_keys
           WHERE revoked_at IS NULL AND (?1 IS NULL OR team IN (SELECT value FROM json_each(?1)))
           ORDER BY created_at, id LIMIT 10000"#,
        teams
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(Into::into).collect())
}
