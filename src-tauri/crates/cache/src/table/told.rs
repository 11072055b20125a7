//! What planes told of things that are read when somebody looks at them, each as last read.

use crate::{batch::Batch, change::Change, document, error::Error, query::Told, reader::Reader, writer::Writer};
use domain::{ConnectionId, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

/// What something was told of. Whoever keeps a document of a noun reads it as the same type again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noun {
    /// What belongs to a project; the subject is its run.
    ProjectWork,
    /// Teams; there is one subject.
    Teams,
    /// Who is in a team; the subject is the team.
    TeamPeople,
    /// API keys; there is one subject.
    ApiKeys,
    /// What was done and refused in a team; the subject is the team.
    Audit,
    /// The queue; there is one subject.
    Queue,
    /// Billing; there is one subject.
    Billing,
    /// Who we are to the plane; there is one subject.
    Identity,
    /// What happened to a breaker; the subject is the breaker.
    BreakerEvents,
}

impl Noun {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ProjectWork => "project_work",
            Self::Teams => "teams",
            Self::TeamPeople => "team_people",
            Self::ApiKeys => "api_keys",
            Self::Audit => "audit",
            Self::Queue => "queue",
            Self::Billing => "billing",
            Self::Identity => "identity",
            Self::BreakerEvents => "breaker_events",
        }
    }
}

impl Batch {
    /// Keeps what a plane told of a subject in place of what it told before.
    pub async fn put_told<T: Serialize + Sync>(
        &mut self,
        connection: &ConnectionId,
        noun: Noun,
        subject: &str,
        told: &Told<T>,
    ) -> Result<(), Error> {
        let mut pen = self.pen();
        let (id, name, read_at) = (connection.as_str(), noun.as_str(), told.read_at.as_millis());
        let text = document::written(name, &told.document)?;
        sqlx::query!(
            "INSERT INTO told (connection, noun, subject, document, read_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (connection, noun, subject) DO UPDATE SET document = excluded.document, read_at = excluded.read_at",
            id,
            name,
            subject,
            text,
            read_at
        )
        .execute(pen.connection())
        .await?;
        pen.changed(Change::Told { connection: connection.clone(), noun });
        Ok(())
    }
}

impl Writer {
    /// [`Batch::put_told`] as a batch of its own.
    pub async fn put_told<T: Serialize + Sync>(
        &self,
        connection: &ConnectionId,
        noun: Noun,
        subject: &str,
        told: &Told<T>,
    ) -> Result<(), Error> {
        let mut batch = self.batch().await?;
        batch.put_told(connection, noun, subject, told).await?;
        batch.commit().await
    }
}

impl Reader {
    /// What a plane told of a subject; `None` if it was never asked, or if it was kept in an older shape.
    pub async fn told<T: DeserializeOwned>(
        &self,
        connection: &ConnectionId,
        noun: Noun,
        subject: &str,
    ) -> Result<Option<Told<T>>, Error> {
        let (id, name) = (connection.as_str(), noun.as_str());
        let row = sqlx::query!(
            "SELECT document, read_at FROM told WHERE connection = ? AND noun = ? AND subject = ?",
            id,
            name,
            subject
        )
        .fetch_optional(self.pool())
        .await?;
        Ok(row.and_then(|row| {
            let document = document::read(name, &row.document).ok()?;
            Some(Told { document, read_at: Timestamp::from_millis(row.read_at) })
        }))
    }
}
