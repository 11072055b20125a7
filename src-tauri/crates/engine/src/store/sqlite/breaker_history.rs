//! What happened to breakers, in SQLite.

use super::{SqliteStore, change, place, table::breaker_events};
use crate::{Error, store::breaker_history::BreakerHistory};
use domain::{BreakerEvent, Page, PageRequest};

#[async_trait::async_trait]
impl BreakerHistory for SqliteStore {
    async fn keep(&self, events: Vec<BreakerEvent>) -> Result<(), Error> {
        self.writer.write(change::KeepBreakerEvents(events)).await
    }

    async fn of_breaker(&self, breaker: &str, page: &PageRequest) -> Result<Page<BreakerEvent>, Error> {
        let before = place(page)?.unwrap_or(i64::MAX);
        let limit = page.limit.clamp(1, PageRequest::MAX_LIMIT);
        breaker_events::page(&self.readers, breaker, before, limit).await
    }
}
