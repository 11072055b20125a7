//! The port to what is durable about breakers: what happened to them. The breakers themselves live in memory.

use crate::Error;
use domain::{BreakerEvent, Page, PageRequest};

/// Durable history of breakers, kept for 90 days.
#[async_trait::async_trait]
pub(crate) trait BreakerHistory: Send + Sync {
    /// Keeps these, in this order, and forgets what is too old.
    async fn keep(&self, events: Vec<BreakerEvent>) -> Result<(), Error>;

    /// One page of what happened to a breaker, newest first; empty for one that was never heard of.
    async fn of_breaker(&self, breaker: &str, page: &PageRequest) -> Result<Page<BreakerEvent>, Error>;
}
