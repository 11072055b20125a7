//! `people`: who may sign in.

use crate::{Error, store::accounts::PersonRecord};
use domain::{PersonId, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

/// Who has this address.
pub(crate) async fn by_email(conn: impl SqliteExecutor<'_>, email: &str) -> Result<Option<PersonRecord>, Error> {
    let row = sqlx::query_as!(
        PersonRecord,
        r#"SELECT id AS "id: String", email, name, password FROM people WHERE email = ?1 LIMIT 1"#,
        email
    );
    Ok(row.fetch_optional(conn).await?)
}

/// Somebody by id.
pub(crate) async fn by_id(conn: impl SqliteExecutor<'_>, id: &PersonId) -> Result<Option<PersonRecord>, Error> {
    let id = id.as_str();
    let row = sqlx::query_as!(
        PersonRecord,
        r#"SELECT id AS "id: String", email, name, password FROM people WHERE id = ?1 LIMIT 1"#,
        id
    );
    Ok(row.fetch_optional(conn).await?)
}

/// Whom a provider calls so.
pub(crate) async fn by_identity(
    conn: impl SqliteExecutor<'_>,
    (issuer, subject): (&str, &str),
) -> Result<Option<PersonRecord>, Error> {
    let row = sqlx::query_as!(
        PersonRecord,
        r#"SELECT id AS "id: String", email, name, password FROM people WHERE issuer = ?1 AND subject = ?2 LIMIT 1"#,
        issuer,
        subject
    );
    Ok(row.fetch_optional(conn).await?)
}

/// Whether a provider has a name for somebody.
pub(crate) async fn has_identity(conn: &mut SqliteConnection, id: &PersonId) -> Result<bool, Error> {
    let id = id.as_str();
    let found = sqlx::query_scalar!(
        r#"SELECT 1 AS "found!: i64" FROM people WHERE id = ?1 AND issuer IS NOT NULL LIMIT 1"#,
        id
    );
    Ok(found.fetch_optional(conn).await?.is_some())
}

/// Keeps what a provider calls somebody.
pub(crate) async fn set_identity(
    conn: &mut SqliteConnection,
    id: &PersonId,
    (issuer, subject): (&str, &str),
) -> Result<(), Error> {
    let id = id.as_str();
    sqlx::query!("UPDATE people SET issuer = ?2, subject = ?3 WHERE id = ?1", id, issuer, subject)
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds somebody.
pub(crate) async fn insert(conn: &mut SqliteConnection, person: &PersonRecord, now: Timestamp) -> Result<(), Error> {
    let (id, now) = (person.id.as_str(), now.as_millis());
    sqlx::query!(
        "INSERT INTO people (id, email, created_at, name, password) VALUES (?1, ?2, ?3, ?4, ?5)",
        id,
        person.email,
        now,
        person.name,
        person.password
    )
    .execute(conn)
    .await?;
    Ok(())
}
