//! `teams`: who works together.

use crate::Error;
use domain::{Permission, PersonId, Role, Team, TeamId, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

use super::super::column::{Document, Word};

/// A team as a change sees it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) slug: Option<String>,
    pub(crate) billing_email: Option<String>,
    pub(crate) created_at: i64,
}

/// A team that is there.
pub(crate) async fn by_id(conn: impl SqliteExecutor<'_>, team: &TeamId) -> Result<Option<Row>, Error> {
    let id = team.as_str();
    let row = sqlx::query_as!(
        Row,
        "SELECT name, slug, billing_email, created_at FROM teams WHERE id = ?1 AND deleted_at IS NULL LIMIT 1",
        id
    );
    Ok(row.fetch_optional(conn).await?)
}

/// Adds a team under the first of `slug`, `slug-2`, `slug-3` … that is free; answers which.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    team: &TeamId,
    (name, slug): (&str, &str),
    billing_email: Option<&str>,
    now: Timestamp,
) -> Result<String, Error> {
    let (id, now) = (team.as_str(), now.as_millis());
    let like = format!("{slug}-%");
    let taken = sqlx::query_scalar!(
        r#"SELECT slug AS "slug!" FROM teams WHERE slug = ?1 OR slug LIKE ?2 LIMIT 100000"#,
        slug,
        like
    );
    let taken: std::collections::HashSet<String> = taken.fetch_all(&mut *conn).await?.into_iter().collect();
    let mut free = slug.to_owned();
    for number in 2_u32.. {
        if !taken.contains(&free) {
            break;
        }
        free = format!("{slug}-{number}");
    }
    sqlx::query!(
        "INSERT INTO teams (id, slug, created_at, name, billing_email) VALUES (?1, ?2, ?3, ?4, ?5)",
        id,
        free,
        now,
        name,
        billing_email
    )
    .execute(conn)
    .await?;
    Ok(free)
}

/// Gives a team another name; its name in addresses stays.
pub(crate) async fn rename(conn: &mut SqliteConnection, team: &TeamId, name: &str) -> Result<(), Error> {
    let id = team.as_str();
    sqlx::query!("UPDATE teams SET name = ?2 WHERE id = ?1", id, name).execute(conn).await?;
    Ok(())
}

/// Marks a team as deleted.
pub(crate) async fn delete(conn: &mut SqliteConnection, team: &TeamId, now: Timestamp) -> Result<(), Error> {
    let (id, now) = (team.as_str(), now.as_millis());
    sqlx::query!("UPDATE teams SET deleted_at = ?2, slug = NULL WHERE id = ?1", id, now).execute(conn).await?;
    Ok(())
}

/// Runs of a team that have not ended.
pub(crate) async fn open_runs(conn: &mut SqliteConnection, team: &TeamId) -> Result<i64, Error> {
    let id = team.as_str();
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM runs
           WHERE team = ?1 AND status IN ('queued', 'running', 'waiting') LIMIT 1"#,
        id
    );
    Ok(count.fetch_one(conn).await?)
}

/// Teams of a person, with the role there; oldest first.
pub(crate) async fn of_person(conn: impl SqliteExecutor<'_>, person: &PersonId) -> Result<Vec<Team>, Error> {
    let id = person.as_str();
    let rows = sqlx::query!(
        r#"SELECT teams.id, teams.name, slug, role AS "role: Word<Role>", joined_at, status AS subscription,
               permissions AS "permissions: Document<Vec<Permission>>"
           FROM memberships JOIN teams ON teams.id = memberships.team
           LEFT JOIN subscribers ON subscribers.team = teams.id
           WHERE person = ?1 AND deleted_at IS NULL ORDER BY ordinal LIMIT 1000"#,
        id
    );
    let teams = rows.fetch_all(conn).await?.into_iter().map(|row| Team {
        id: row.id,
        name: row.name,
        slug: row.slug,
        role: row.role.0,
        joined_at: Some(Timestamp::from_millis(row.joined_at)),
        subscription: row.subscription,
        may: Some(row.permissions.map_or_else(|| row.role.0.permissions().to_vec(), |granted| granted.0)),
    });
    Ok(teams.collect())
}

/// Every team, as the plane's operator has it; oldest first.
pub(crate) async fn all(conn: impl SqliteExecutor<'_>) -> Result<Vec<Team>, Error> {
    let rows = sqlx::query!(
        "SELECT id, name, slug, teams.created_at, status AS subscription
         FROM teams LEFT JOIN subscribers ON team = id WHERE deleted_at IS NULL ORDER BY ordinal LIMIT 1000"
    );
    let teams = rows.fetch_all(conn).await?.into_iter().map(|row| Team {
        id: row.id,
        name: row.name,
        slug: row.slug,
        role: Role::Owner,
        joined_at: Some(Timestamp::from_millis(row.created_at)),
        subscription: row.subscription,
        may: Some(Role::Owner.permissions().to_vec()),
    });
    Ok(teams.collect())
}
