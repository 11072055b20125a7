//! A console with one connection, and what its probes found.

use cache::Cache;
use client_breakwater::{BreakwaterClient, Limits};
use client_fuzzyllama::FuzzyLlamaClient;
use client_nofx::NofxClient;
use client_store_platform::StorePlatformClient;
use console::{
    BuiltInConnection, ConnectError, Connector, Console, ConsoleParts, Pace, Probe, SyncMode,
    view::{AddConnection, BuiltInPlane, ReadinessQuery, RunChecks, RunQuery},
};
use control_plane::{ControlPlane, Credential};
use credentials::{CredentialStore, MemoryStore};
use domain::{Check, CheckStatus, Clock, ConnectionState, ControlPlaneKind, Environment, Secret};
use reliability::retry::RetryPolicy;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tempfile::TempDir;
use testkit::eventually;

/// The name of another machine, which leads to this one.
pub(crate) const ELSEWHERE: &str = "plane.example";

#[derive(Debug)]
struct Clients;

#[async_trait::async_trait]
impl Connector for Clients {
    fn connect(
        &self,
        kind: ControlPlaneKind,
        address: &str,
        credential: Option<Credential>,
    ) -> Result<Arc<dyn ControlPlane>, ConnectError> {
        let address = &address.replace(ELSEWHERE, "127.0.0.1");
        let token = || match &credential {
            Some(Credential::Token(token)) => Some(token.clone()),
            _ => None,
        };
        Ok(match kind {
            ControlPlaneKind::Breakwater => match address.strip_prefix("unix:") {
                Some(path) => Arc::new(BreakwaterClient::unix(path, Limits::default()).unwrap()),
                None => Arc::new(BreakwaterClient::tcp(address, credential, Limits::default()).unwrap()),
            },
            ControlPlaneKind::Nofx => Arc::new(NofxClient::new(address, token(), Limits::default()).unwrap()),
            ControlPlaneKind::StorePlatform => {
                Arc::new(StorePlatformClient::new(address, token().as_ref(), Limits::default()).unwrap())
            }
            ControlPlaneKind::Fuzzyllama => {
                Arc::new(FuzzyLlamaClient::new(address, token(), Limits::default()).unwrap())
            }
        })
    }

    async fn probe(&self, _: &str, _: Option<Credential>) -> Probe {
        Probe { kind: None, because: None, hops: Vec::new() }
    }
}

/// A connection to be made.
pub(crate) struct To<'a> {
    pub(crate) kind: ControlPlaneKind,
    pub(crate) address: &'a str,
    pub(crate) token: Option<&'a str>,
    pub(crate) read_only: bool,
}

/// What a console is given by the machine that it is on.
pub(crate) struct Machine {
    pub(crate) keychain: Arc<dyn CredentialStore>,
    /// Where the cache is, instead of in the data directory.
    pub(crate) cache: Option<PathBuf>,
    /// The data directory, instead of a new one.
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) updates_configured: bool,
}

impl Default for Machine {
    fn default() -> Self {
        Self { keychain: Arc::new(MemoryStore::new()), cache: None, data_dir: None, updates_configured: true }
    }
}

pub(crate) struct Desk {
    pub(crate) console: Console,
    pub(crate) dir: TempDir,
}

/// The same port that the console has.
pub(crate) fn port(to: &To<'_>) -> Arc<dyn ControlPlane> {
    let credential = to.token.map(|token| Credential::Token(Secret::new(token.to_owned())));
    Clients.connect(to.kind, to.address, credential).unwrap()
}

/// A folder as the program makes its own.
fn private() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    dir
}

fn pace() -> Pace {
    Pace {
        retry: RetryPolicy { retries: 0, ..RetryPolicy::http() },
        reconnect_first: Duration::from_millis(10),
        reconnect_longest: Duration::from_millis(50),
        gather: Duration::from_millis(5),
        readiness_first: Duration::from_hours(1),
        poll_first: Duration::from_millis(50),
        heeds_limits: false,
        ..Pace::default()
    }
}

impl Desk {
    /// With this connection, watched as soon as it can be.
    pub(crate) async fn before(to: &To<'_>, clock: Arc<dyn Clock>) -> Self {
        Self::on(Machine::default(), to, clock).await
    }

    /// The same on such a machine.
    pub(crate) async fn on(machine: Machine, to: &To<'_>, clock: Arc<dyn Clock>) -> Self {
        let dir = private();
        let cache = machine.cache.unwrap_or_else(|| dir.path().join("cache.db"));
        let console = Console::assemble(ConsoleParts {
            cache: Cache::open(&cache).await,
            credentials: machine.keychain,
            session_credentials: MemoryStore::new(),
            connectors: Arc::new(Clients),
            clock,
            built_in: to.address.starts_with("unix:").then(|| BuiltInConnection {
                address: to.address.to_owned(),
                how: BuiltInPlane::Attached,
                starter: None,
            }),
            actor: "ada".to_owned(),
            data_dir: machine.data_dir.unwrap_or_else(|| dir.path().to_path_buf()),
            home_dir: None,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            preferences: None,
            updates_configured: machine.updates_configured,
            browser_return: None,
            drills: None,
            sync: SyncMode::Live,
            pace: pace(),
        })
        .await;
        if to.address.starts_with("unix:") {
            return Self { console, dir };
        }
        let add = AddConnection {
            name: "probed".to_owned(),
            base_url: to.address.to_owned(),
            kind: Some(to.kind),
            environment: Environment::Local,
            read_only: Some(to.read_only),
            token: to.token.map(ToOwned::to_owned),
            session_only: false,
        };
        console.add_connection(add).await.unwrap();
        Self { console, dir }
    }

    /// Once the connection is watched and so many runs are known to have ended.
    pub(crate) async fn carried_out(&self, runs: usize) {
        self.settled().await;
        eventually("the runs to end", async || {
            let known = self.console.runs(RunQuery::default()).await.unwrap().items;
            (known.iter().filter(|run| run.summary.status.is_terminal()).count() == runs).then_some(())
        })
        .await;
    }

    /// Once the connection is watched and a run is known.
    pub(crate) async fn settled(&self) {
        eventually("the connection to be watched", async || {
            let view = self.console.connections(()).await.unwrap().remove(0);
            let state = view.status.state;
            let runs = self.console.runs(RunQuery::default()).await.unwrap().items.len();
            (matches!(state, ConnectionState::Live | ConnectionState::Polled) && runs > 0).then_some(())
        })
        .await;
        eventually("the timelines to be read", async || {
            let only = RunChecks { checks: vec!["plane.event_gaps".to_owned()], connection: None };
            let found = self.console.run_checks(only).await.unwrap().checks;
            let gaps = found.iter().find(|check| check.id == "plane.event_gaps")?;
            (gaps.status == CheckStatus::Pass).then_some(())
        })
        .await;
    }

    /// What these probes found, and nothing of the others.
    pub(crate) async fn only(&self, ids: &[&str]) -> Vec<Check> {
        let checks = ids.iter().map(|id| (*id).to_owned()).collect();
        let mut found = self.console.run_checks(RunChecks { checks, connection: None }).await.unwrap().checks;
        found.retain(|check| ids.contains(&check.id.as_str()));
        found
    }

    /// What every probe found that is not asked by name only, and these.
    pub(crate) async fn probed(&self, by_name: &[&str]) -> Vec<Check> {
        self.console.run_checks(RunChecks::default()).await.unwrap();
        let mut found = self.console.readiness(ReadinessQuery::default()).await.unwrap();
        if !by_name.is_empty() {
            let checks = by_name.iter().map(|id| (*id).to_owned()).collect();
            found = self.console.run_checks(RunChecks { checks, connection: None }).await.unwrap();
        }
        found.checks
    }
}
