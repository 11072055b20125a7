//! When a control plane that was started in the background may end by itself: no run is open and nobody is connected.

use domain::{PageRequest, RunStatus};
use engine::{Engine, RunQuery, accounts::Scope};
use server::Server;
use std::time::Duration;
use tokio::time::{Instant, interval};

/// Between two looks.
const BEAT: Duration = Duration::from_millis(500);

/// Ends once the control plane has been idle for this long; without a limit it never does.
pub(crate) async fn wait(engine: &Engine, server: &Server, limit: Option<Duration>) {
    let Some(limit) = limit else { return std::future::pending().await };
    let mut beat = interval(BEAT.min(limit));
    let mut busy_until = Instant::now();
    while busy_until.elapsed() < limit {
        beat.tick().await;
        if server.connections() > 0 || has_open_runs(engine).await {
            busy_until = Instant::now();
        }
    }
    tracing::info!("nothing to do, so the control plane ends");
}

async fn has_open_runs(engine: &Engine) -> bool {
    let query =
        RunQuery { scope: Scope::Everywhere, statuses: RunStatus::open(), page: PageRequest { after: None, limit: 1 } };
    // Not knowing is no reason to end.
    engine.list_runs(&query).await.map_or(true, |page| !page.items.is_empty())
}
