//! Events, each once. They may arrive before the run that they tell of.
//!
//! Most planes number the events of a run. Those of the others are numbered here, in the order in which they are heard of:
//! such a number never changes, even if the plane later tells of something that happened before.

use crate::{
    batch::Batch,
    change::Change,
    document,
    error::Error,
    query::Hole,
    reader::Reader,
    table::sequence::{self, Numbered},
};
use domain::{ConnectionId, Event, EventSource, RunId};
use std::collections::{BTreeMap, HashSet};

const NOUN: &str = "event";

impl Batch {
    /// Keeps events, of one run or several; gives how many were new. An event that is there already stays as it is.
    pub async fn append_events(&mut self, connection: &ConnectionId, events: &[Event]) -> Result<u64, Error> {
        let mut runs: BTreeMap<&RunId, Vec<&Event>> = BTreeMap::new();
        for event in events {
            runs.entry(&event.run_id).or_default().push(event);
        }
        let mut new = 0;
        for (run, events) in runs {
            new += self.append_events_of(connection, run, &events).await?;
        }
        Ok(new)
    }

    /// Keeps events of one run that nobody has numbered, after those that are there; gives the number of the last. An
    /// event whose name is known already stays as it is.
    pub async fn number_events(
        &mut self,
        connection: &ConnectionId,
        run: &RunId,
        events: &[Event],
    ) -> Result<u64, Error> {
        let mut pen = self.pen();
        let (id, key) = (connection.as_str(), run.as_str());
        let last = sqlx::query_scalar!(
            r#"SELECT ifnull(max(seq), 0) AS "last!: i64" FROM event WHERE connection = ? AND run = ? LIMIT 1"#,
            id,
            key
        )
        .fetch_one(pen.connection())
        .await?;
        let names = sqlx::query_scalar!(
            r#"SELECT name AS "name!" FROM event WHERE connection = ? AND run = ? AND name IS NOT NULL LIMIT 1000000"#,
            id,
            key
        )
        .fetch_all(pen.connection())
        .await?;
        pen.changed_nothing();
        let mut names: HashSet<_> = names.into_iter().collect();
        let mut last = document::counted(last);
        let mut new = Vec::new();
        for event in events {
            if named(event).is_some_and(|name| !names.insert(name.to_owned())) {
                continue;
            }
            last += 1;
            new.push(Event { seq: last, ..event.clone() });
        }
        if !new.is_empty() {
            self.append_events(connection, &new).await?;
        }
        Ok(last)
    }

    async fn append_events_of(
        &mut self,
        connection: &ConnectionId,
        run: &RunId,
        events: &[&Event],
    ) -> Result<u64, Error> {
        let mut pen = self.pen();
        let (id, name) = (connection.as_str(), run.as_str());
        let rows = events
            .iter()
            .map(|event| {
                let text = document::written(NOUN, event)?;
                Ok((document::stored(event.seq), event.at.as_millis(), told_reason(event), text, named(event)))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let rows = document::written(NOUN, &rows)?;
        let added = sqlx::query!(
            "INSERT INTO event (connection, run, seq, at, reason, document, name)
             SELECT ?, ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true
             ON CONFLICT (connection, run, seq) DO NOTHING",
            id,
            name,
            rows
        )
        .execute(pen.connection())
        .await?
        .rows_affected();
        if added == 0 {
            pen.changed_nothing();
        } else {
            pen.changed(Change::Events { connection: connection.clone(), run: run.clone() });
        }
        Ok(added)
    }
}

impl Reader {
    /// Cached events of a run with sequence numbers above `after`, oldest first; `limit` is brought into 1 to 1,000.
    pub async fn events(
        &self,
        connection: &ConnectionId,
        run: &RunId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Event>, Error> {
        let (id, name) = (connection.as_str(), run.as_str());
        let (after, limit) = (document::stored(after), limit.clamp(1, 1000));
        let rows = sqlx::query_scalar!(
            "SELECT document FROM event WHERE connection = ? AND run = ? AND seq > ? ORDER BY seq LIMIT ?",
            id,
            name,
            after,
            limit
        )
        .fetch_all(self.pool())
        .await?;
        rows.iter().map(|text| document::read(NOUN, text)).collect()
    }

    /// Sequence numbers from 1 to `last_seq` whose events are not cached, oldest first, at most 100 holes.
    pub async fn event_holes(&self, connection: &ConnectionId, run: &RunId, last_seq: u64) -> Result<Vec<Hole>, Error> {
        let (id, name) = (connection.as_str(), run.as_str());
        let last = document::stored(last_seq);
        let known = sqlx::query_as!(
            Numbered,
            r#"SELECT seq AS "seq!", previous AS "previous!: i64" FROM (
                   SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS previous FROM event
                   WHERE connection = ?1 AND run = ?2 AND seq BETWEEN 1 AND ?3
                   UNION ALL
                   SELECT ?3 + 1, ifnull(max(seq), 0) FROM event
                   WHERE connection = ?1 AND run = ?2 AND seq BETWEEN 1 AND ?3
               ) WHERE seq > previous + 1 ORDER BY seq LIMIT 100"#,
            id,
            name,
            last
        )
        .fetch_all(self.pool())
        .await?;
        Ok(sequence::holes(&known))
    }
}

/// The name that the plane gave it.
fn named(event: &Event) -> Option<&str> {
    match &event.source {
        EventSource::Named { name } => Some(name),
        EventSource::Told | EventSource::Observed { .. } => None,
    }
}

/// What a person would look for: the reason that somebody gave, and the failure that it tells of.
fn told_reason(event: &Event) -> Option<String> {
    let reason = event.data.get("reason").and_then(|reason| reason.as_str());
    let failure = event
        .data
        .get("failure")
        .and_then(|failure| failure.as_str().or_else(|| failure.get("message").and_then(serde_json::Value::as_str)));
    let told: Vec<_> = [reason, failure].into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join(" · "))
}
