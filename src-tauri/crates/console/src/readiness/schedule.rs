//! Probing without being asked, so that the score on screen is never older than its evidence may be, and noticing when
//! evidence expires all the same.
//!
//! Every connection has its turn, one after the other, so that no round is a burst. It asks nothing that writes, and what costs
//! a plane much once a day.

use super::history;
use crate::{call::Call, core::Core, view::Tag};
use std::sync::Arc;
use tokio::time::Instant;

/// Starts probing now and then.
pub(crate) fn spawn(core: &Arc<Core>) {
    let core = Arc::clone(core);
    core.tasks.clone().spawn(async move {
        let stop = core.stop.clone();
        tokio::select! {
            () = go_on(&core) => {}
            () = stop.cancelled() => {}
        }
    });
}

async fn go_on(core: &Core) {
    let mut next = Instant::now() + core.pace.readiness_first;
    loop {
        // What expired while nobody was here is kept before anything is probed anew.
        if let Err(error) = history::keep(core, &[]).await {
            tracing::warn!(%error, "it is not kept that evidence expired");
        }
        let expiry = history::next_expiry(core).await.ok().flatten().map(|left| Instant::now() + left);
        if let Some(expiry) = expiry.filter(|expiry| *expiry < next) {
            tokio::time::sleep_until(expiry).await;
            // Expired is what is later than that moment.
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            continue;
        }
        tokio::time::sleep_until(next).await;
        for link in core.links() {
            let call = Call::new("readiness.schedule");
            let probed = super::run_due(core, &call, &link).await;
            if call.finish(probed).is_ok() {
                core.announcer.stale(vec![Tag::Readiness]);
            }
        }
        next = Instant::now() + core.pace.readiness_every;
    }
}
