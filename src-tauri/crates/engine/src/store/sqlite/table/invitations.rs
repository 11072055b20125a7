//! `invitations`: who was asked to join a team and has not answered.

use super::super::column::{Word, unsigned};
use crate::{Error, store::accounts::InvitationRecord};
use domain::{Invitation, Role, TeamId, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

/// Adds an invitation.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    new: &InvitationRecord,
    hash: &str,
    invited_by: &str,
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<(), Error> {
    let (team, role) = (new.team.as_str(), new.role.as_str());
    let (now, expires_at) = (now.as_millis(), expires_at.as_millis());
    sqlx::query!(
        "INSERT INTO invitations (id, team, email, role, hash, created_at, expires_at, invited_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        new.id,
        team,
        new.email,
        role,
        hash,
        now,
        expires_at,
        invited_by
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The open invitation behind a hash.
pub(crate) async fn by_hash(
    conn: impl SqliteExecutor<'_>,
    hash: &str,
    now: Timestamp,
) -> Result<Option<InvitationRecord>, Error> {
    let now = now.as_millis();
    let row = sqlx::query!(
        r#"SELECT invitations.id, team, email, role AS "role: Word<Role>"
           FROM invitations JOIN teams ON teams.id = team
           WHERE hash = ?1 AND ended_at IS NULL AND expires_at > ?2 AND deleted_at IS NULL LIMIT 1"#,
        hash,
        now
    );
    let found = row.fetch_optional(conn).await?;
    Ok(found.map(|row| InvitationRecord { id: row.id, team: row.team.into(), email: row.email, role: row.role.0 }))
}

/// Ends an open invitation of a team; answers whom it was for.
pub(crate) async fn end(
    conn: &mut SqliteConnection,
    team: &TeamId,
    id: &str,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    let (team, now) = (team.as_str(), now.as_millis());
    let email = sqlx::query_scalar!(
        "UPDATE invitations SET ended_at = ?3 WHERE id = ?1 AND team = ?2 AND ended_at IS NULL RETURNING email",
        id,
        team,
        now
    );
    Ok(email.fetch_optional(conn).await?)
}

/// Ends the open invitations of an address to a team, or all of the team's.
pub(crate) async fn end_all(
    conn: &mut SqliteConnection,
    team: &TeamId,
    email: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    let (team, now) = (team.as_str(), now.as_millis());
    sqlx::query!(
        "UPDATE invitations SET ended_at = ?3
         WHERE team = ?1 AND ended_at IS NULL AND (?2 IS NULL OR email = ?2)",
        team,
        email,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many open invitations an address has to a team.
pub(crate) async fn open(
    conn: &mut SqliteConnection,
    team: &TeamId,
    email: &str,
    now: Timestamp,
) -> Result<u64, Error> {
    let (team, now) = (team.as_str(), now.as_millis());
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM invitations
           WHERE team = ?1 AND email = ?2 AND ended_at IS NULL AND expires_at > ?3 LIMIT 1"#,
        team,
        email,
        now
    );
    Ok(unsigned(count.fetch_one(conn).await?))
}

/// Open invitations of an address to teams that are there.
pub(crate) async fn of_email(
    conn: &mut SqliteConnection,
    email: &str,
    now: Timestamp,
) -> Result<Vec<InvitationRecord>, Error> {
    let now = now.as_millis();
    let rows = sqlx::query!(
        r#"SELECT invitations.id, team, email, role AS "role: Word<Role>"
           FROM invitations JOIN teams ON teams.id = team
           WHERE email = ?1 AND ended_at IS NULL AND expires_at > ?2 AND deleted_at IS NULL LIMIT 100"#,
        email,
        now
    );
    let found = rows.fetch_all(conn).await?.into_iter().map(|row| InvitationRecord {
        id: row.id,
        team: row.team.into(),
        email: row.email,
        role: row.role.0,
    });
    Ok(found.collect())
}

/// Open invitations of a team, oldest first.
pub(crate) async fn of_team(
    conn: impl SqliteExecutor<'_>,
    team: &TeamId,
    now: Timestamp,
) -> Result<Vec<Invitation>, Error> {
    let (team, now) = (team.as_str(), now.as_millis());
    let rows = sqlx::query!(
        r#"SELECT id, email, role AS "role: Word<Role>", created_at, expires_at
           FROM invitations WHERE team = ?1 AND ended_at IS NULL AND expires_at > ?2 ORDER BY created_at LIMIT 10000"#,
        team,
        now
    );
    let invitations = rows.fetch_all(conn).await?.into_iter().map(|row| Invitation {
        id: row.id,
        email: row.email,
        role: row.role.0,
        created_at: Some(Timestamp::from_millis(row.created_at)),
        expires_at: Some(Timestamp::from_millis(row.expires_at)),
    });
    Ok(invitations.collect())
}
