//! What happened to breakers is kept.

use super::super::{
    table::breaker_events,
    writer::{Change, Tx},
};
use crate::Error;
use domain::BreakerEvent;

/// Keeps these, in this order.
pub(in super::super) struct KeepBreakerEvents(pub(in super::super) Vec<BreakerEvent>);

#[async_trait::async_trait]
impl Change for KeepBreakerEvents {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Reply, Error> {
        for event in &self.0 {
            breaker_events::insert(tx.conn, event).await?;
        }
        breaker_events::forget_old(tx.conn, tx.now).await
    }
}
