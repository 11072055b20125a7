//! Watching: one supervised task per connection keeps the cache true to the control plane.
//!
//! A session makes contact, opens the feed where the last one ended, catches up page by page, and then follows. When it
//! ends, the connection says so, and the next session is tried with growing pauses through the breaker. Deliberately
//! absent: any announcement to faces, which follows from what is written into the cache.

mod breakers;
mod coverage;
mod hints;
mod history;
mod pending;
mod session;

use crate::{core::Core, error::Error, link::Link};
use domain::CorrelationId;
use reliability::Growth;
use std::{sync::Arc, time::Duration};

/// Starts watching a connection until it is removed or the console shuts down.
pub(crate) fn spawn(core: &Arc<Core>, link: &Arc<Link>) {
    let (core, link) = (Arc::clone(core), Arc::clone(link));
    core.tasks.clone().spawn(async move {
        let mut failures = 0;
        loop {
            // A task of its own, so that a defect in one session neither ends the watch nor the other connections'.
            let session = tokio::spawn(session::watch(Arc::clone(&core), Arc::clone(&link), failures));
            let ended = tokio::select! {
                ended = await_or_abort(session) => ended,
                () = link.stop.cancelled() => return,
            };
            if ended.was_watching {
                failures = 0;
            }
            if ended.error.is_about_the_credential() {
                link.forget_port().await;
            }
            let pause = pause(&core, &link, &ended.error, failures);
            lost(&core, &link, ended.error).await;
            failures = failures.saturating_add(1);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = link.nudge.notified() => {}
                () = link.stop.cancelled() => return,
            }
        }
    });
}

/// How a session ended.
struct Ended {
    was_watching: bool,
    error: Error,
}

async fn await_or_abort(session: tokio::task::JoinHandle<Ended>) -> Ended {
    let _abort = AbortOnDrop(session.abort_handle());
    session.await.unwrap_or_else(|error| Ended {
        was_watching: false,
        error: Error::Internal { doing: "watching a connection", detail: error.to_string() },
    })
}

struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn pause(core: &Core, link: &Link, error: &Error, failures: u32) -> Duration {
    if matches!(error, Error::TokenUnreadable { .. }) {
        return core.pace.keychain_again;
    }
    let growth = Growth { factor: 1.5, cap: core.pace.reconnect_longest };
    let pause = growth.after(core.pace.reconnect_first, failures);
    let refused = link.made_port().and_then(|port| port.refused_for()).unwrap_or_default();
    // A plane that asks to be left alone is, but not for so long that it would be forgotten.
    let asked_for = error.retry_after().unwrap_or_default().min(core.pace.left_alone_longest);
    pause.max(refused).max(asked_for)
}

/// Says that the connection is not watched any more, and why. Said once, not at each vain attempt.
async fn lost(core: &Core, link: &Link, error: Error) {
    core.notice_damage(&error).await;
    let state = error.state_of_connection();
    let again = matches!(error, Error::BreakerOpen { .. });
    let wire = error.into_wire(CorrelationId::new(uuid::Uuid::new_v4().simple().to_string()));
    let changed = link.change_status(core.now(), |status| {
        // That the breaker now refuses says less than what opened it.
        if !(again && status.error.is_some()) {
            status.error = Some(wire);
            status.state = state;
        }
        status.latency_ms = None;
    });
    if changed {
        keep_status(core, link).await;
    }
}

/// Keeps the status, which announces it.
async fn keep_status(core: &Core, link: &Link) {
    if let Err(error) = core.write.put_connection_status(&link.status()).await {
        tracing::warn!(connection = %link.id, %error, "the status of a connection is not kept");
    }
}
