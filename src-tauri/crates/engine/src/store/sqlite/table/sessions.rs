//! `sessions`, `access_tokens`, `refresh_tokens`: people who signed in, by the hashes of what they show.

use crate::{
    Error,
    accounts::Caller,
    store::accounts::{NewSession, TokenRecord},
};
use domain::{PersonId, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

/// How long tokens are remembered after their end, in milliseconds: so long a device is known again by an old one.
const REMEMBERED_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// Adds a session without tokens.
pub(crate) async fn insert(conn: &mut SqliteConnection, new: &NewSession, now: Timestamp) -> Result<(), Error> {
    let (person, now) = (new.person.as_str(), now.as_millis());
    let expires_at = new.tokens.refresh_expires_at.as_millis();
    sqlx::query!(
        "INSERT INTO sessions (id, person, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
        new.id,
        person,
        now,
        expires_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds tokens to a session, which then holds as long as they do, and forgets tokens that ended long ago.
pub(crate) async fn add_tokens(
    conn: &mut SqliteConnection,
    session: &str,
    tokens: &TokenRecord,
    now: Timestamp,
) -> Result<(), Error> {
    let (now, access_ends) = (now.as_millis(), tokens.access_expires_at.as_millis());
    let (refresh_ends, long_ago) = (tokens.refresh_expires_at.as_millis(), now - REMEMBERED_MS);
    sqlx::query!("DELETE FROM access_tokens WHERE expires_at <= ?1", now).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM refresh_tokens WHERE expires_at <= ?1", long_ago).execute(&mut *conn).await?;
    sqlx::query!(
        "INSERT INTO access_tokens (hash, session, expires_at) VALUES (?1, ?2, ?3)",
        tokens.access_hash,
        session,
        access_ends
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO refresh_tokens (hash, jti, session, issued_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        tokens.refresh_hash,
        tokens.refresh_id,
        session,
        now,
        refresh_ends
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("UPDATE sessions SET expires_at = ?2 WHERE id = ?1", session, refresh_ends).execute(conn).await?;
    Ok(())
}

/// Who has a session with this access token.
pub(crate) async fn by_access_token(
    conn: impl SqliteExecutor<'_>,
    hash: &str,
    now: Timestamp,
) -> Result<Option<Caller>, Error> {
    let now = now.as_millis();
    let row = sqlx::query!(
        "SELECT sessions.id AS session, people.id AS person, email
         FROM access_tokens JOIN sessions ON sessions.id = session JOIN people ON people.id = person
         WHERE hash = ?1 AND access_tokens.expires_at > ?2 AND ended_at IS NULL LIMIT 1",
        hash,
        now
    );
    let found = row.fetch_optional(conn).await?;
    Ok(found.map(|row| Caller::Person { id: row.person.into(), email: row.email, session: row.session }))
}

/// Whether a session goes on.
pub(crate) async fn is_open(conn: impl SqliteExecutor<'_>, session: &str, now: Timestamp) -> Result<bool, Error> {
    let now = now.as_millis();
    let found = sqlx::query_scalar!(
        r#"SELECT 1 AS "found!: i64" FROM sessions WHERE id = ?1 AND ended_at IS NULL AND expires_at > ?2 LIMIT 1"#,
        session,
        now
    );
    Ok(found.fetch_optional(conn).await?.is_some())
}

/// What is known of a refresh token.
pub(crate) struct Refresh {
    pub(crate) jti: String,
    pub(crate) session: String,
    pub(crate) person: String,
    pub(crate) expires_at: i64,
    pub(crate) used_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
}

/// What is known of a refresh token.
pub(crate) async fn refresh_token(conn: impl SqliteExecutor<'_>, hash: &str) -> Result<Option<Refresh>, Error> {
    let row = sqlx::query_as!(
        Refresh,
        "SELECT jti, session, person, refresh_tokens.expires_at, used_at, ended_at
         FROM refresh_tokens JOIN sessions ON sessions.id = session WHERE hash = ?1 LIMIT 1",
        hash
    );
    Ok(row.fetch_optional(conn).await?)
}

/// Marks a refresh token as exchanged.
pub(crate) async fn use_refresh_token(conn: &mut SqliteConnection, hash: &str, now: Timestamp) -> Result<(), Error> {
    let now = now.as_millis();
    sqlx::query!("UPDATE refresh_tokens SET used_at = ?2 WHERE hash = ?1", hash, now).execute(conn).await?;
    Ok(())
}

/// Whether a person was once given this refresh token.
pub(crate) async fn was_given(
    conn: impl SqliteExecutor<'_>,
    person: &PersonId,
    refresh_hash: &str,
) -> Result<bool, Error> {
    let person = person.as_str();
    let found = sqlx::query_scalar!(
        r#"SELECT 1 AS "found!: i64" FROM refresh_tokens JOIN sessions ON sessions.id = session
           WHERE hash = ?1 AND person = ?2 LIMIT 1"#,
        refresh_hash,
        person
    );
    Ok(found.fetch_optional(conn).await?.is_some())
}

/// Ends a session; answers whether it was open.
pub(crate) async fn end(conn: &mut SqliteConnection, session: &str, why: &str, now: Timestamp) -> Result<bool, Error> {
    let now = now.as_millis();
    let ended = sqlx::query!(
        "UPDATE sessions SET ended_at = ?3, ended_why = ?2 WHERE id = ?1 AND ended_at IS NULL",
        session,
        why,
        now
    );
    Ok(ended.execute(conn).await?.rows_affected() > 0)
}

/// Ends every session of a person; answers how many were open.
pub(crate) async fn end_all(conn: &mut SqliteConnection, person: &PersonId, now: Timestamp) -> Result<u64, Error> {
    let (person, now) = (person.as_str(), now.as_millis());
    let ended = sqlx::query!(
        "UPDATE sessions SET ended_at = ?2, ended_why = 'everywhere' WHERE person = ?1 AND ended_at IS NULL",
        person,
        now
    );
    Ok(ended.execute(conn).await?.rows_affected())
}
