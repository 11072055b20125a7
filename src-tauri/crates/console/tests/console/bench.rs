//! A console over a scripted control plane, in a temporary directory, with every interval shortened.

use cache::Cache;
use client_fuzzyllama::FuzzyLlamaClient;
use client_nofx::NofxClient;
use client_store_platform::{Limits, StorePlatformClient};
use console::{
    BuiltInConnection, ConnectError, Connector, Console, ConsoleParts, Pace, Probe, SyncMode,
    view::{
        BuiltInPlane, ConnectionView, EditConnection, EventList, FreshnessState, Hop, HopResult, LogList, RunQuery,
        RunRef, RunView, SequenceQuery,
    },
};
use control_plane::{ControlPlane, Credential};
use credentials::MemoryStore;
use domain::{Clock, ConnectionState, ControlPlaneKind, RunId, SystemClock};
use parking_lot::Mutex;
use reliability::retry::{Jitter, RetryPolicy};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tempfile::TempDir;
use testkit::{FakeControlPlane, Route, eventually};

/// Gives the same plane for every address, once the token is the right one.
#[derive(Debug)]
struct OnePlane {
    plane: FakeControlPlane,
    /// Nothing but refusals, for whoever comes with another token.
    refusing: FakeControlPlane,
    token: Arc<Mutex<Option<String>>>,
}

impl OnePlane {
    fn over(plane: FakeControlPlane) -> Self {
        let refusing = FakeControlPlane::new(Arc::new(SystemClock));
        for route in [Route::Identity, Route::ListRuns, Route::Run, Route::Feed] {
            refusing.fail_next(route, (0..10_000).map(|_| control_plane::Error::Unauthorised));
        }
        Self { plane, refusing, token: Arc::default() }
    }
}

#[async_trait::async_trait]
impl Connector for OnePlane {
    fn connect(
        &self,
        kind: ControlPlaneKind,
        address: &str,
        credential: Option<Credential>,
    ) -> Result<Arc<dyn ControlPlane>, ConnectError> {
        let token = credential.as_ref().and_then(Credential::token).cloned();
        let wanted = self.token.lock().clone().filter(|_| !address.starts_with("unix:"));
        let is_right = wanted.is_none_or(|wanted| token.as_ref().is_some_and(|token| token.expose() == wanted));
        match kind {
            ControlPlaneKind::Breakwater if is_right => Ok(Arc::new(self.plane.clone())),
            ControlPlaneKind::Breakwater => Ok(Arc::new(self.refusing.clone())),
            ControlPlaneKind::StorePlatform => {
                Ok(Arc::new(StorePlatformClient::new(address, token.as_ref(), Limits::default()).unwrap()))
            }
            ControlPlaneKind::Nofx => Ok(Arc::new(NofxClient::new(address, token, Limits::default()).unwrap())),
            ControlPlaneKind::Fuzzyllama => {
                Ok(Arc::new(FuzzyLlamaClient::new(address, token, Limits::default()).unwrap()))
            }
        }
    }

    async fn probe(&self, address: &str, credential: Option<Credential>) -> Probe {
        let (result, detail) = if credential.is_some() || address.starts_with("unix:") {
            (HopResult::Pass, "accepted")
        } else {
            (HopResult::Needed, "a token is needed")
        };
        let hop = Hop { name: "Sign in".to_owned(), result, detail: detail.to_owned(), duration_ms: Some(1) };
        let because = Some("it answers as ours does".to_owned());
        Probe { kind: Some(ControlPlaneKind::Breakwater), because, hops: vec![hop] }
    }
}

pub(crate) struct Bench {
    pub(crate) plane: FakeControlPlane,
    pub(crate) console: Console,
    pub(crate) keychain: Arc<MemoryStore>,
    /// The only token that the plane takes over TCP; any or none while this is `None`.
    pub(crate) token: Arc<Mutex<Option<String>>>,
    dir: TempDir,
    clock: Arc<dyn Clock>,
    pace: Pace,
}

pub(crate) fn quick() -> Pace {
    Pace {
        call_timeout: Duration::from_millis(500),
        retry: RetryPolicy { retries: 2, base: Duration::from_millis(5), jitter: Jitter::Off, ..RetryPolicy::http() },
        on_demand_timeout: Duration::from_millis(400),
        reconnect_first: Duration::from_millis(10),
        reconnect_longest: Duration::from_millis(50),
        reconcile_every: Duration::from_mins(1),
        poll_first: Duration::from_millis(20),
        poll_longest: Duration::from_millis(50),
        poll_rarest: Duration::from_millis(50),
        heeds_limits: false,
        feed_silence: Duration::from_mins(1),
        coverage_every: Duration::from_millis(10),
        gather: Duration::from_millis(5),
        breaker_open: Duration::from_millis(100),
        readiness_first: Duration::from_hours(1),
        notices_settle: Duration::from_millis(20),
        notices_every: Duration::from_millis(50),
        ..Pace::default()
    }
}

impl Bench {
    pub(crate) async fn live() -> Self {
        Self::over(FakeControlPlane::new(Arc::new(SystemClock)), SyncMode::Live, quick()).await
    }

    pub(crate) async fn on_demand() -> Self {
        Self::over(FakeControlPlane::new(Arc::new(SystemClock)), SyncMode::OnDemand, quick()).await
    }

    pub(crate) async fn cache_only() -> Self {
        Self::over(FakeControlPlane::new(Arc::new(SystemClock)), SyncMode::CacheOnly, quick()).await
    }

    pub(crate) async fn over(plane: FakeControlPlane, sync: SyncMode, pace: Pace) -> Self {
        Self::at(Arc::new(SystemClock), plane, sync, pace).await
    }

    /// With a clock that can be turned.
    pub(crate) async fn at(clock: Arc<dyn Clock>, plane: FakeControlPlane, sync: SyncMode, pace: Pace) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self::within(dir, clock, plane, sync, pace).await
    }

    async fn within(dir: TempDir, clock: Arc<dyn Clock>, plane: FakeControlPlane, sync: SyncMode, pace: Pace) -> Self {
        let keychain = Arc::new(MemoryStore::new());
        let connector = OnePlane::over(plane.clone());
        let token = Arc::clone(&connector.token);
        let console = Console::assemble(ConsoleParts {
            cache: Cache::open(&dir.path().join("cache.db")).await,
            credentials: Arc::<MemoryStore>::clone(&keychain),
            session_credentials: MemoryStore::new(),
            connectors: Arc::new(connector),
            clock: Arc::clone(&clock),
            built_in: Some(BuiltInConnection {
                address: "unix:plane.sock".to_owned(),
                how: BuiltInPlane::Embedded,
                starter: None,
            }),
            actor: "amira".to_owned(),
            data_dir: dir.path().to_path_buf(),
            home_dir: Some(dir.path().to_path_buf()),
            version: "0.0.0".to_owned(),
            preferences: None,
            updates_configured: false,
            browser_return: None,
            drills: None,
            sync,
            pace: pace.clone(),
        })
        .await;
        Self { plane, console, keychain, token, dir, clock, pace }
    }

    /// Another start over the same files.
    pub(crate) async fn again(self, sync: SyncMode) -> Self {
        Self::within(self.dir, self.clock, self.plane, sync, self.pace).await
    }

    pub(crate) fn cache_file(&self) -> PathBuf {
        self.dir.path().join("cache.db")
    }

    pub(crate) async fn local(&self) -> ConnectionView {
        self.console.connections(()).await.unwrap().remove(0)
    }

    pub(crate) async fn until(&self, state: ConnectionState) -> ConnectionView {
        eventually(&format!("the connection to be {state:?}"), async || {
            let view = self.local().await;
            (view.status.state == state).then_some(view)
        })
        .await
    }

    pub(crate) async fn lock(&self) -> ConnectionView {
        let edit = EditConnection { read_only: Some(true), ..edit_of("local") };
        self.console.edit_connection(edit).await.unwrap()
    }

    pub(crate) async fn events(&self, run: &RunId) -> EventList {
        self.console.run_events(sequence(run)).await.unwrap()
    }

    pub(crate) async fn logs(&self, run: &RunId) -> LogList {
        self.console.run_logs(sequence(run)).await.unwrap()
    }

    /// Waits until the cache tells the same story of the run as the plane.
    pub(crate) async fn told(&self, run: &RunId) -> RunView {
        eventually(&format!("{run} to be as the plane has it"), async || {
            let known = self.console.runs(RunQuery { limit: Some(200), ..RunQuery::default() }).await.unwrap();
            known.items.iter().find(|row| row.summary.id == *run)?;
            let view = self.console.run(named(run)).await.unwrap();
            let same = Some(&view.run) == self.plane.truth(run).as_ref();
            let events = self.events(run).await.items == self.plane.true_events(run);
            (same && events && view.freshness.state == FreshnessState::Live).then_some(view)
        })
        .await
    }
}

pub(crate) fn named(run: &RunId) -> RunRef {
    RunRef { connection: None, run: run.clone() }
}

pub(crate) fn sequence(run: &RunId) -> SequenceQuery {
    SequenceQuery { connection: None, run: run.clone(), step: None, after: 0, limit: Some(1_000) }
}

/// No change at all.
pub(crate) fn edit_of(name: &str) -> EditConnection {
    EditConnection {
        connection: name.into(),
        name: None,
        base_url: None,
        environment: None,
        read_only: None,
        token: None,
        session_only: false,
        poll_every_ms: None,
    }
}
