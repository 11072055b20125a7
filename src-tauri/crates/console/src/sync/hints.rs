//! Hints of a plane that tells sometimes that something has changed: it is asked at once instead of after its pause.
//!
//! A task of its own listens, because opening takes several calls that nothing else may interrupt. A plane whose hints cannot
//! be had is asked at intervals as before; so nothing here is ever a reason to end a session.

use crate::{core::Core, guard::Guarded};
use control_plane::CallContext;
use futures::StreamExt as _;
use reliability::Growth;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Notify, task::JoinSet};

/// Hints taken together at most.
const AT_ONCE: usize = 256;

/// Listens until it is dropped.
#[derive(Debug)]
pub(super) struct Hints {
    heard: Arc<Notify>,
    /// Holds the task that listens.
    _listening: JoinSet<()>,
}

impl Hints {
    /// Starts listening, where the plane offers hints.
    pub(super) fn listen(core: &Core, port: &Arc<Guarded>, context: &CallContext, offered: bool) -> Self {
        let heard = Arc::new(Notify::new());
        let mut listening = JoinSet::new();
        if offered {
            let listener = Listener {
                port: Arc::clone(port),
                context: context.clone(),
                heard: Arc::clone(&heard),
                gap: core.pace.poll_first,
                reopen: Growth { factor: 1.5, cap: core.pace.poll_rarest },
            };
            listening.spawn(listener.run());
        }
        Self { heard, _listening: listening }
    }

    /// The next hint; never, where none are offered. Safe to cancel.
    pub(super) async fn next(&self) {
        self.heard.notified().await;
    }
}

struct Listener {
    port: Arc<Guarded>,
    context: CallContext,
    heard: Arc<Notify>,
    /// Least time between two hints that are heeded: a plane that talks much is asked no more often than one that talks.
    gap: Duration,
    reopen: Growth,
}

impl Listener {
    async fn run(self) {
        let mut failures = 0;
        loop {
            if self.listen_once().await {
                failures = 0;
                // What happened while nobody listened is lost.
                self.heard.notify_one();
            }
            tokio::time::sleep(self.reopen.after(self.gap, failures)).await;
            failures = failures.saturating_add(1);
        }
    }

    /// Whether it was open at all.
    async fn listen_once(&self) -> bool {
        let mut hints = match self.port.hints(&self.context).await {
            Ok(hints) => hints.ready_chunks(AT_ONCE),
            Err(error) => {
                tracing::debug!(%error, "no hints are to be had");
                return false;
            }
        };
        while let Some(heard) = hints.next().await {
            if heard.iter().any(Result::is_ok) {
                self.heard.notify_one();
                tokio::time::sleep(self.gap).await;
            }
            if heard.iter().any(Result::is_err) {
                break;
            }
        }
        true
    }
}
