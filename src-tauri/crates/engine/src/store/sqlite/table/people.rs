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
