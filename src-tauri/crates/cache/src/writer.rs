//! The handle that writes. What it writes is in `table/`, one file per noun.

use crate::{
    batch::{Batch, Desk},
    error::Error,
    query::{Act, Forgotten, KeptNotice},
};
use domain::{
    Breaker, BreakerEvent, BreakerSource, Check, CheckChange, Connection, ConnectionId, ConnectionStatus, Event,
    LogLine, Run, RunId, RunSummary, ScorePoint, Span, Template, Timestamp,
};
use serde_json::Value;
use sqlx::SqlitePool;
use std::time::Duration;

/// Writes and announces. Clones take turns on one connection, in the order in which they asked.
#[derive(Debug, Clone)]
pub struct Writer {
    pool: SqlitePool,
    desk: Desk,
}

impl Writer {
    pub(crate) const fn new(pool: SqlitePool, desk: Desk) -> Self {
        Self { pool, desk }
    }

    pub(crate) const fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Begins writes that belong together, once every earlier batch has ended. No other write goes on meanwhile, in
    /// this process or another, so a batch must not wait for anything but itself.
    pub async fn batch(&self) -> Result<Batch, Error> {
        Batch::begin(&self.pool, self.desk.clone()).await
    }

    /// Forgets what is old: ended runs that changed last before `older_than` and runs beyond the newest `max_runs`, each
    /// with its steps, events and logs; and acts, transitions and coverage from before `older_than`. Many short batches.
    pub async fn apply_retention(&self, older_than: Timestamp, max_runs: u32) -> Result<Forgotten, Error> {
        crate::forget::old(self, older_than, max_runs).await
    }

    /// Forgets everything, preferences and connections included, and gives the space back to the disk.
    pub async fn wipe(&self) -> Result<(), Error> {
        crate::forget::all(self).await
    }
}

/// Each of these is a method of [`Batch`], where it is described, as a batch of its own.
macro_rules! batches_of_one {
    ($($name:ident($($argument:ident: $type:ty),*) -> $reply:ty;)+) => {
        impl Writer { $(
            #[doc = concat!("[`Batch::", stringify!($name), "`] as a batch of its own.")]
            pub async fn $name(&self, $($argument: $type),*) -> Result<$reply, Error> {
                let mut batch = self.batch().await?;
                let reply = batch.$name($($argument),*).await?;
                batch.commit().await?;
                Ok(reply)
            }
        )+ }
    };
}

batches_of_one! {
    add_connection(connection: &Connection) -> ();
    edit_connection(connection: &Connection) -> ();
    remove_connection(connection: &ConnectionId) -> ();
    put_connection_status(status: &ConnectionStatus) -> ();
    set_feed_position(connection: &ConnectionId, position: u64) -> ();
    extend_coverage(connection: &ConnectionId, span: Span, tolerance: Duration) -> ();
    upsert_run_summaries(connection: &ConnectionId, summaries: &[RunSummary], read_at: Timestamp) -> Vec<RunId>;
    upsert_run(connection: &ConnectionId, run: &Run, read_at: Timestamp) -> bool;
    append_events(connection: &ConnectionId, events: &[Event]) -> u64;
    append_logs(connection: &ConnectionId, run: &RunId, lines: &[LogLine]) -> u64;
    put_breakers(connection: Option<&ConnectionId>, source: BreakerSource, breakers: &[Breaker], read_at: Timestamp) -> ();
    append_breaker_events(connection: Option<&ConnectionId>, source: BreakerSource, events: &[BreakerEvent]) -> u64;
    put_checks(checks: &[Check]) -> ();
    put_check_changes(changes: &[CheckChange]) -> ();
    put_score(connection: &ConnectionId, point: &ScorePoint) -> ();
    put_templates(connection: &ConnectionId, templates: &[Template], read_at: Timestamp) -> ();
    record_act(act: &Act) -> ();
    acknowledge(problem: &str, by: Option<(&str, Timestamp)>) -> ();
    set_preference(key: &str, value: Option<&Value>) -> ();
    put_drill(id: &str, started_at: Timestamp, drill: &Value) -> ();
    put_notice(notice: &KeptNotice) -> bool;
    note_upkeep(name: &str, at: Timestamp) -> ();
}
