//! Probing without being asked, so that the score on screen is never older than its evidence may be.
//!
//! Probes read only; none of them changes anything on a control plane. Deliberately absent: probing on change.

use crate::{
    call::Call,
    core::Core,
    view::{RunChecks, Tag},
};
use std::sync::Arc;

/// Starts probing now and then.
pub(crate) fn spawn(core: &Arc<Core>) {
    let core = Arc::clone(core);
    core.tasks.clone().spawn(async move {
        let mut pause = core.pace.readiness_first;
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = core.stop.cancelled() => return,
            }
            pause = core.pace.readiness_every;
            let call = Call::new("readiness.schedule");
            let probed = tokio::select! {
                probed = super::run(&core, &call, RunChecks::default()) => probed,
                () = core.stop.cancelled() => return,
            };
            if call.finish(probed).is_ok() {
                core.announcer.stale(vec![Tag::Readiness]);
            }
        }
    });
}
