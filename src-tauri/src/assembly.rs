//! Makes the console: chooses the concrete part for each of its ports.

use crate::{connector::Clients, custody::Custody, data_dir::DataDir, drill::Rehearsal, user};
use cache::Cache;
use console::{
    BuiltInConnection, Console, ConsoleParts, DrillStage, Pace, PlaneStarter, PreferenceStore, SyncMode,
    view::BuiltInPlane,
};
use credentials::{Keychain, MemoryStore};
use domain::SystemClock;
use std::{env, sync::Arc, time::Duration};

/// How long the console's own work may take to end.
const CONSOLE_END: Duration = Duration::from_secs(2);

/// What differs from face to face.
#[derive(Debug)]
pub(crate) struct Choice {
    /// Where the built-in control plane runs.
    pub(crate) plane: BuiltInPlane,
    /// Starts it here when the process that had it is gone.
    pub(crate) starter: Option<Arc<dyn PlaneStarter>>,
    /// Whether connections are watched all the time, asked on demand, or left alone.
    pub(crate) sync: SyncMode,
    /// Where preferences are kept; `None` keeps them in the cache.
    pub(crate) preferences: Option<Arc<dyn PreferenceStore>>,
    /// Whether updates are configured.
    pub(crate) updates_configured: bool,
}

impl Choice {
    /// For a face that stays: everything is watched, unless nothing may be contacted.
    pub(crate) async fn live(custody: &Arc<Custody>) -> Self {
        let plane = custody.place().await;
        Self {
            plane,
            starter: Some(Arc::clone(custody) as Arc<dyn PlaneStarter>),
            sync: if plane == BuiltInPlane::NotRunning { SyncMode::CacheOnly } else { SyncMode::Live },
            preferences: None,
            updates_configured: false,
        }
    }

    /// For a verb that answers and leaves.
    pub(crate) const fn on_demand(plane: BuiltInPlane, offline: bool) -> Self {
        let sync = if offline { SyncMode::CacheOnly } else { SyncMode::OnDemand };
        Self { plane, starter: None, sync, preferences: None, updates_configured: false }
    }
}

/// The console over this data directory.
pub(crate) async fn console(dir: &DataDir, choice: Choice) -> Console {
    let address = format!("unix:{}", dir.socket().display());
    Console::assemble(ConsoleParts {
        cache: Cache::open(&dir.cache()).await,
        credentials: Arc::new(Keychain::new("breakwater")),
        session_credentials: MemoryStore::new(),
        connectors: Arc::new(Clients),
        clock: Arc::new(SystemClock),
        built_in: Some(BuiltInConnection { address, how: choice.plane, starter: choice.starter }),
        actor: user::name(),
        data_dir: dir.path().to_owned(),
        home_dir: env::home_dir(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        preferences: choice.preferences,
        updates_configured: choice.updates_configured,
        browser_return: Some(Arc::new(web::WayBack)),
        drills: stage(dir, choice.sync),
        sync: choice.sync,
        pace: Pace::default(),
    })
    .await
}

/// Drills are played by any face that may contact something at all.
fn stage(dir: &DataDir, sync: SyncMode) -> Option<Arc<dyn DrillStage>> {
    (sync != SyncMode::CacheOnly).then(|| Arc::new(Rehearsal::new(dir, ::drill::built_in())) as Arc<dyn DrillStage>)
}

/// Ends the console's work in the background; one that does not end in time is left behind, since it is a reader only.
pub(crate) async fn end(console: &Console) {
    if tokio::time::timeout(CONSOLE_END, console.shutdown()).await.is_err() {
        tracing::warn!("the console was cut: its end took too long");
    }
}
