//! A real plane: an engine on a temporary folder, served on loopback, with some runs behind it.

use domain::{Clock, NewApiKey, Permission, RunStatus, Secret, Timestamp};
use engine::{
    Act, Engine, EngineConfig,
    accounts::{Caller, Scope},
    tools::{AiEndpoints, EnvironmentSource, Prices, Registry, SecretSource, Toolbox, breakers::BreakerSet},
};
use reliability::retry::RetryPolicy;
use serde_json::{Value, json};
use server::{Server, ServerConfig, TierPolicies};
use sqlx::Connection as _;
use std::{
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use testkit::eventually;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

#[derive(Debug)]
struct Nothing;

#[async_trait::async_trait]
impl SecretSource for Nothing {
    async fn get(&self, _name: &str) -> Option<Secret> {
        None
    }
}

impl EnvironmentSource for Nothing {
    fn get(&self, name: &str) -> Option<String> {
        match name {
            "PATH" => Some("/usr/bin:/bin".to_owned()),
            "KEY" => Some("a key".to_owned()),
            _ => None,
        }
    }
}

/// Steps that are carried out at once.
pub(crate) const SLOTS: NonZeroUsize = NonZeroUsize::new(8).unwrap();

pub(crate) struct Plane {
    pub(crate) engine: Engine,
    pub(crate) address: SocketAddr,
    /// A key that may do everything.
    pub(crate) token: String,
    dir: TempDir,
    server: Server,
    stop: CancellationToken,
    _end: DropGuard,
}

/// What the operator of the plane does.
pub(crate) fn operator() -> Act {
    let caller = Caller::Operator { name: "operator".to_owned() };
    Act { caller, correlation_id: "operator".into(), idempotency_key: None }
}

/// Limits that many rounds of probes do not use up.
pub(crate) fn wide() -> TierPolicies {
    let mut limits = TierPolicies::default();
    for policy in [&mut limits.open, &mut limits.general, &mut limits.expensive, &mut limits.admin] {
        policy.limit = 1_000_000;
    }
    limits
}

impl Plane {
    pub(crate) async fn start(clock: Arc<dyn Clock>, limits: TierPolicies) -> Self {
        Self::start_with(clock, limits, SLOTS, AiEndpoints::default()).await
    }

    /// One that carries out so many steps at once and asks these providers.
    pub(crate) async fn start_with(
        clock: Arc<dyn Clock>,
        limits: TierPolicies,
        slots: NonZeroUsize,
        ai: AiEndpoints,
    ) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let registry = Registry::new(Toolbox {
            secrets: Arc::new(Nothing),
            environment: Arc::new(Nothing),
            ai,
            prices: Prices::default(),
            ai_retry: RetryPolicy { retries: 0, ..RetryPolicy::ai() },
            random: reliability::Random::seeded(1),
            breakers: Arc::new(BreakerSet::new(Arc::clone(&clock))),
        });
        let config = EngineConfig { slots, ..EngineConfig::new(dir.path()) };
        let engine = Engine::open(config, registry, Arc::clone(&clock)).await.unwrap();
        engine.start();
        let token = key(&engine, None).await;
        engine::back_up(dir.path(), None, &*clock).await.unwrap();
        let config = ServerConfig { limits, heartbeat: Duration::from_millis(200), ..ServerConfig::new(clock) };
        let server = Server::new(engine.clone(), config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn({
            let (server, stop) = (server.clone(), stop.clone());
            async move { server.serve_tcp(listener, stop).await }
        });
        let plane = Self { engine, address, token, dir, server, stop: stop.clone(), _end: stop.drop_guard() };
        for message in ["one", "two", "three"] {
            plane.run(&echo(message)).await;
        }
        plane
    }

    /// Another key that may do everything, until then.
    pub(crate) async fn key(&self, expires_at: Option<Timestamp>) -> String {
        key(&self.engine, expires_at).await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves it on a socket in its folder, too.
    #[cfg(unix)]
    pub(crate) async fn listen_locally(&self) -> PathBuf {
        let path = self.dir.path().join("plane.sock");
        let socket = server::LocalSocket::bind(&path).await.unwrap();
        let (server, stop) = (self.server.clone(), self.stop.clone());
        tokio::spawn(async move { server.serve_local(socket, stop).await });
        path
    }

    /// Does something to its database that it knows nothing of.
    pub(crate) async fn tamper(&self, statement: &'static str) {
        alter(&self.dir.path().join("engine.db"), statement).await;
    }

    /// Steps that are ready and have no slot.
    pub(crate) async fn waiting(&self) -> u64 {
        self.engine.queue(&Scope::Everywhere).await.unwrap().depth
    }

    /// Runs that have not ended.
    pub(crate) async fn open_runs(&self) -> usize {
        let statuses = RunStatus::ALL.iter().copied().filter(|status| !status.is_terminal()).collect();
        let query = engine::RunQuery { statuses, ..engine::RunQuery::of(Scope::Everywhere) };
        self.engine.list_runs(&query).await.unwrap().items.len()
    }

    /// Starts a run and waits for its end.
    pub(crate) async fn run(&self, plan: &Value) -> String {
        let run = self.begin(plan).await;
        eventually("the run to end", async || {
            let found = self.engine.run(&run.as_str().into()).await.unwrap();
            let ended = matches!(found.summary.status, RunStatus::Succeeded | RunStatus::Failed);
            ended.then_some(())
        })
        .await;
        run
    }

    /// Starts a run.
    pub(crate) async fn begin(&self, plan: &Value) -> String {
        let client = client_breakwater::BreakwaterClient::tcp(
            &self.url(),
            Some(Secret::new(self.token.clone()).into()),
            client_breakwater::Limits::default(),
        );
        let new = control_plane::NewRun {
            plan: plan.clone(),
            template: None,
            team: None,
            idempotency_key: uuid::Uuid::now_v7().to_string(),
        };
        let context = control_plane::CallContext::new("test");
        let run = control_plane::ControlPlane::create_run(&client.unwrap(), &context, &new).await.unwrap();
        run.summary.id.to_string()
    }
}

async fn key(engine: &Engine, expires_at: Option<Timestamp>) -> String {
    let permissions = Permission::ALL.to_vec();
    let new = NewApiKey { name: uuid::Uuid::now_v7().to_string(), team: None, permissions, expires_at };
    engine.create_api_key(&new, None, &operator()).await.unwrap().secret.expose().to_owned()
}

/// Does something to a database that its owner knows nothing of.
pub(crate) async fn alter(database: &Path, statement: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn echo(message: &str) -> Value {
    json!({"goal": "say something", "steps": [{"name": "say", "tool": "echo", "inputs": {"message": format!("{message}\nand more")}}]})
}
