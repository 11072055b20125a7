//! Connections. Never their credentials: those are in the keychain.

use crate::{batch::Batch, change::Change, document, error::Error, reader::Reader};
use domain::{Connection, ConnectionId, Timestamp};
use sqlx::{SqliteConnection, SqliteExecutor};

const NOUN: &str = "connection";
/// SQLite's `SQLITE_CONSTRAINT_UNIQUE`.
const UNIQUE_VIOLATED: &str = "2067";

impl Batch {
    /// Adds a connection, or fails with [`Error::NameTaken`]. Nothing can be kept of a connection before it is added.
    pub async fn add_connection(&mut self, connection: &Connection) -> Result<(), Error> {
        let mut pen = self.pen();
        let row = Row::of(connection)?;
        sqlx::query!(
            "INSERT INTO connection (id, name, kind, base_url, environment, read_only, built_in, credential, created_at,
                                     recognised_by, poll_every_ms)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row.id,
            row.name,
            row.kind,
            row.base_url,
            row.environment,
            row.read_only,
            row.built_in,
            row.credential,
            row.created_at,
            row.recognised_by,
            row.poll_every_ms
        )
        .execute(pen.connection())
        .await
        .map_err(|error| name_taken(error, connection))?;
        pen.changed(Change::Connections);
        Ok(())
    }

    /// Puts this in place of the connection with the same id, or fails with [`Error::NoSuchConnection`] or
    /// [`Error::NameTaken`].
    pub async fn edit_connection(&mut self, connection: &Connection) -> Result<(), Error> {
        let mut pen = self.pen();
        let row = Row::of(connection)?;
        let edited = sqlx::query!(
            "UPDATE connection SET name = ?, kind = ?, base_url = ?, environment = ?, read_only = ?, built_in = ?,
                    credential = ?, created_at = ?, recognised_by = ?, poll_every_ms = ?
             WHERE id = ?",
            row.name,
            row.kind,
            row.base_url,
            row.environment,
            row.read_only,
            row.built_in,
            row.credential,
            row.created_at,
            row.recognised_by,
            row.poll_every_ms,
            row.id
        )
        .execute(pen.connection())
        .await
        .map_err(|error| name_taken(error, connection))?;
        if edited.rows_affected() == 0 {
            pen.changed_nothing();
            return Err(Error::NoSuchConnection);
        }
        pen.changed(Change::Connections);
        Ok(())
    }

    /// Forgets a connection and all that was read from it. Acts stay: they tell what an operator did.
    pub async fn remove_connection(&mut self, connection: &ConnectionId) -> Result<(), Error> {
        let mut pen = self.pen();
        let id = connection.as_str();
        // These have no key to the connection, since some belong to the console itself.
        sqlx::query!("DELETE FROM breaker WHERE connection = ?", id).execute(pen.connection()).await?;
        sqlx::query!("DELETE FROM breaker_event WHERE connection = ?", id).execute(pen.connection()).await?;
        sqlx::query!("DELETE FROM readiness_check WHERE connection = ?", id).execute(pen.connection()).await?;
        sqlx::query!("DELETE FROM check_transition WHERE connection = ?", id).execute(pen.connection()).await?;
        sqlx::query!("DELETE FROM readiness_score WHERE connection = ?", id).execute(pen.connection()).await?;
        let removed = sqlx::query!("DELETE FROM connection WHERE id = ?", id).execute(pen.connection()).await?;
        if removed.rows_affected() == 0 {
            pen.changed_nothing();
        } else {
            pen.changed(Change::Everything);
        }
        Ok(())
    }
}

impl Reader {
    /// Every connection in the order in which they were added, at most 1,000.
    pub async fn connections(&self) -> Result<Vec<Connection>, Error> {
        all(self.pool()).await
    }

    /// Cached runs of a connection.
    pub async fn run_count(&self, connection: &ConnectionId) -> Result<u64, Error> {
        let id = connection.as_str();
        let count = sqlx::query_scalar!("SELECT count(*) FROM run WHERE connection = ? LIMIT 1", id)
            .fetch_one(self.pool())
            .await?;
        Ok(document::counted(count))
    }
}

/// Every connection in the order in which they were added, at most 1,000.
pub(crate) async fn all(database: impl SqliteExecutor<'_>) -> Result<Vec<Connection>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, name, kind, base_url, environment, read_only AS "read_only: bool",
                      built_in AS "built_in: bool", credential, created_at, recognised_by, poll_every_ms
               FROM connection ORDER BY created_at, id LIMIT 1000"#
    )
    .fetch_all(database)
    .await?;
    rows.into_iter().map(Row::into_connection).collect()
}

/// Refuses what is to be kept of a connection that is gone, for tables that have no key to it.
pub(super) async fn require(connection: &ConnectionId, database: &mut SqliteConnection) -> Result<(), Error> {
    let id = connection.as_str();
    let known =
        sqlx::query_scalar!("SELECT 1 FROM connection WHERE id = ? LIMIT 1", id).fetch_optional(database).await?;
    known.map(|_| ()).ok_or(Error::NoSuchConnection)
}

struct Row {
    id: String,
    name: String,
    kind: String,
    base_url: String,
    environment: String,
    read_only: bool,
    built_in: bool,
    credential: String,
    created_at: i64,
    recognised_by: Option<String>,
    poll_every_ms: Option<i64>,
}

impl Row {
    fn of(connection: &Connection) -> Result<Self, Error> {
        Ok(Self {
            id: connection.id.to_string(),
            name: connection.name.clone(),
            kind: document::word(NOUN, &connection.kind)?,
            base_url: connection.base_url.clone(),
            environment: document::word(NOUN, &connection.environment)?,
            read_only: connection.read_only,
            built_in: connection.built_in,
            credential: document::word(NOUN, &connection.credential)?,
            created_at: connection.created_at.as_millis(),
            recognised_by: connection.recognised_by.clone(),
            poll_every_ms: connection.poll_every_ms.map(i64::from),
        })
    }

    fn into_connection(self) -> Result<Connection, Error> {
        Ok(Connection {
            id: self.id.into(),
            name: self.name,
            kind: document::meaning(NOUN, self.kind)?,
            base_url: self.base_url,
            environment: document::meaning(NOUN, self.environment)?,
            read_only: self.read_only,
            built_in: self.built_in,
            credential: document::meaning(NOUN, self.credential)?,
            created_at: Timestamp::from_millis(self.created_at),
            recognised_by: self.recognised_by,
            poll_every_ms: self.poll_every_ms.and_then(|millis| u32::try_from(millis).ok()),
        })
    }
}

fn name_taken(error: sqlx::Error, connection: &Connection) -> Error {
    // The id, which has a code of its own, is made by this console and never taken.
    let taken = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| code == UNIQUE_VIOLATED);
    if taken { Error::NameTaken { name: connection.name.clone() } } else { error.into() }
}
