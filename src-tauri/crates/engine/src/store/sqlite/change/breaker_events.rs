//! What happened to breakers is kept, and whoever waits for one that closed goes on.

use super::super::{
    table::{breaker_events, steps},
    writer::{Change, Tx},
};
use crate::Error;
use domain::{BreakerEvent, BreakerState};

/// Keeps these, in this order.
pub(in super::super) struct KeepBreakerEvents(pub(in super::super) Vec<BreakerEvent>);

#[async_trait::async_trait]
impl Change for KeepBreakerEvents {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Reply, Error> {
        for event in &self.0 {
            breaker_events::insert(tx.conn, event).await?;
            // Whoever was refused was told to come back when the breaker would open for a probe, or the isolation end.
            if event.to == BreakerState::Closed
                && event.from != BreakerState::Closed
                && steps::hasten_held(tx.conn, &event.breaker, tx.now).await? > 0
            {
                tx.after.due(tx.now);
            }
        }
        breaker_events::forget_old(tx.conn, tx.now).await
    }
}
