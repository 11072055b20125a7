//! `tokens`: who may call, by the hash of what they show.

use crate::{Error, engine::TokenInfo};
use domain::Timestamp;
use sqlx::{SqliteConnection, SqliteExecutor};

/// Adds a token.
pub(crate) async fn insert(conn: &mut SqliteConnection, token: &TokenInfo, hash: &str) -> Result<(), Error> {
    let created_at = token.created_at.as_millis();
    sqlx::query!(
        "INSERT INTO tokens (id, name, hash, created_at) VALUES (?1, ?2, ?3, ?4)",
        token.id,
        token.name,
        hash,
        created_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes a token invalid; answers whether it was valid until now.
pub(crate) async fn revoke(conn: &mut SqliteConnection, id: &str, now: Timestamp) -> Result<bool, Error> {
    let now = now.as_millis();
    let revoked = sqlx::query!("UPDATE tokens SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL", id, now);
    Ok(revoked.execute(conn).await?.rows_affected() > 0)
}

/// Valid tokens with their hashes, oldest first.
pub(crate) async fn valid(conn: impl SqliteExecutor<'_>) -> Result<Vec<(TokenInfo, String)>, Error> {
    let rows = sqlx::query!(
        "SELECT id, name, hash, created_at FROM tokens WHERE revoked_at IS NULL ORDER BY created_at, id LIMIT 10000"
    );
    let tokens = rows.fetch_all(conn).await?.into_iter().map(|row| {
        (TokenInfo { id: row.id, name: row.name, created_at: Timestamp::from_millis(row.created_at) }, row.hash)
    });
    Ok(tokens.collect())
}
