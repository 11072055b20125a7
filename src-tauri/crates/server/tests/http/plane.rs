//! A real plane for tests: an engine on a temporary folder, served on a free loopback port with a token.

use domain::{Clock, MadeApiKey, NewApiKey, Permission, Secret, SystemClock, Timestamp};
use engine::{
    Act, Engine, EngineConfig, TeamBounds,
    accounts::Caller,
    tools::{AiEndpoints, EnvironmentSource, Prices, Registry, SecretSource, Toolbox, breakers::BreakerSet},
};
use serde_json::{Value, json};
use server::{ServeError, Server, ServerConfig};
use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

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
        (name == "PATH").then(|| "/usr/bin:/bin".to_owned())
    }
}

pub(crate) struct Plane {
    pub(crate) dir: TempDir,
    pub(crate) engine: Engine,
    client: reqwest::Client,
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    pub(crate) shutdown: CancellationToken,
    pub(crate) serving: JoinHandle<Result<(), ServeError>>,
}

/// The system's clock, moved ahead by the test.
#[derive(Debug, Default)]
pub(crate) struct TurnableClock(AtomicI64);

impl TurnableClock {
    pub(crate) fn turn(&self, ahead: Duration) {
        self.0.fetch_add(i64::try_from(ahead.as_millis()).expect("a sensible time"), Ordering::SeqCst);
    }
}

impl Clock for TurnableClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(SystemClock.now().as_millis() + self.0.load(Ordering::SeqCst))
    }
}

/// Opens an engine and starts it.
async fn engine(config: EngineConfig, clock: Arc<dyn Clock>) -> Engine {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let registry = Registry::new(Toolbox {
        secrets: Arc::new(Nothing),
        environment: Arc::new(Nothing),
        ai: AiEndpoints::default(),
        prices: Prices::default(),
        ai_retry: reliability::retry::RetryPolicy::ai(),
        random: reliability::Random::seeded(1),
        breakers: Arc::new(BreakerSet::new(Arc::clone(&clock))),
    });
    let engine = Engine::open(config, registry, clock).await.expect("the engine opens");
    engine.start();
    engine
}

/// What the operator of the plane does.
pub(crate) fn operator() -> Act {
    let caller = Caller::Operator { name: "operator".to_owned() };
    Act { caller, correlation_id: "operator".into(), idempotency_key: None }
}

/// A key of the operator that works for every team.
pub(crate) async fn key(engine: &Engine, name: &str) -> MadeApiKey {
    let permissions = Permission::ALL.to_vec();
    let new = NewApiKey { name: name.to_owned(), team: None, permissions, expires_at: None };
    engine.create_api_key(&new, None, &operator()).await.expect("a key")
}

impl Plane {
    pub(crate) async fn start() -> Self {
        Self::start_with(|config| config).await
    }

    pub(crate) async fn start_with_both(
        engine: impl FnOnce(&mut EngineConfig),
        server: impl FnOnce(ServerConfig) -> ServerConfig,
    ) -> Self {
        Self::opened(Arc::new(SystemClock), engine, server).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(ServerConfig) -> ServerConfig) -> Self {
        Self::start_at(Arc::new(SystemClock), TeamBounds::default(), change).await
    }

    /// One with a clock of its own and other bounds of teams.
    pub(crate) async fn start_at(
        clock: Arc<dyn Clock>,
        teams: TeamBounds,
        change: impl FnOnce(ServerConfig) -> ServerConfig,
    ) -> Self {
        Self::opened(clock, |config| config.teams = teams, change).await
    }

    /// One whose engine is configured otherwise.
    pub(crate) async fn start_with_engine(change: impl FnOnce(&mut EngineConfig)) -> Self {
        Self::opened(Arc::new(SystemClock), change, |config| config).await
    }

    async fn opened(
        clock: Arc<dyn Clock>,
        configure: impl FnOnce(&mut EngineConfig),
        change: impl FnOnce(ServerConfig) -> ServerConfig,
    ) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mut config = EngineConfig::new(dir.path());
        configure(&mut config);
        let engine = engine(config, Arc::clone(&clock)).await;
        let token = key(&engine, "test").await.secret;
        let server = Server::new(engine.clone(), change(ServerConfig::new(clock)));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shutdown = CancellationToken::new();
        let serving = tokio::spawn({
            let (server, shutdown) = (server.clone(), shutdown.clone());
            async move { server.serve_tcp(listener, shutdown).await }
        });
        let token = token.expose().to_owned();
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { dir, engine, client, server, address, token, shutdown, serving }
    }

    /// Serves the plane on a socket in its folder, too.
    #[cfg(unix)]
    pub(crate) async fn listen_locally(&self) -> PathBuf {
        let path = self.dir.path().join("plane.sock");
        let socket = server::LocalSocket::bind(&path).await.expect("a socket");
        let (server, shutdown) = (self.server.clone(), self.shutdown.clone());
        tokio::spawn(async move { server.serve_local(socket, shutdown).await });
        path
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends a request without a token.
    pub(crate) fn bare(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().expect("a method"), self.url(path))
    }

    /// Sends a request with a token.
    pub(crate) fn ask(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.bare(method, path).bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Said {
        Said::of(self.ask("GET", path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Said {
        Said::of(self.ask("POST", path).json(body)).await
    }

    /// Waits until a run is over.
    pub(crate) async fn engine_ended(&self, run: &str) {
        let mut feed = self.engine.run_feed(&run.into(), 0, 0).await.expect("the run is there");
        while futures::StreamExt::next(&mut feed).await.is_some() {}
    }

    /// Starts a run and gives its id.
    pub(crate) async fn run(&self, plan: &Value) -> String {
        let said = self.post("/api/v1/runs", plan).await;
        assert_eq!(said.status, 201, "the plan is accepted: {}", said.json);
        said.json["data"]["id"].as_str().expect("an id").to_owned()
    }

    /// Waits until a run is in this state.
    pub(crate) async fn until(&self, run: &str, status: &str) -> Value {
        let watching = async {
            loop {
                let said = self.get(&format!("/api/v1/runs/{run}")).await;
                if said.json["data"]["status"] == status {
                    return said.json["data"].clone();
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, watching).await.expect("the run gets there in time")
    }
}

/// An answer, whole.
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Said {
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let json = serde_json::from_str(&text).unwrap_or_default();
        Self { status, headers, text, json }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Fails unless this is a refusal in the one envelope, with this status and code.
    pub(crate) fn assert_refused(&self, status: u16, code: &str, what: &str) {
        assert_eq!(self.status, status, "{what}: {}", self.text);
        assert_eq!(self.json["success"], false, "{what}: refused in the envelope: {}", self.text);
        assert_eq!(self.json["error"]["code"], code, "{what}: {}", self.text);
        assert!(self.json["error"]["message"].as_str().is_some_and(|text| !text.is_empty()), "{what}: in words");
        assert!(self.json.get("data").is_none(), "{what}: no data beside an error");
        self.assert_dressed(what);
    }

    /// Fails unless everything is there that every answer carries.
    pub(crate) fn assert_dressed(&self, what: &str) {
        let id = self.header("x-correlation-id");
        assert!(!id.is_empty(), "{what}: a correlation id");
        assert_eq!(self.json["meta"]["requestId"], id, "{what}: the same id in the envelope");
        let timestamp = self.json["meta"]["timestamp"].as_str().unwrap_or_default();
        assert!(timestamp.parse::<domain::Timestamp>().is_ok(), "{what}: a time, not {timestamp:?}");
        assert_eq!(self.header("content-type"), "application/json", "{what}: JSON");
        assert_eq!(self.header("x-content-type-options"), "nosniff", "{what}: nothing is guessed at");
        assert_eq!(self.header("cache-control"), "no-store", "{what}: nothing is kept");
        assert_eq!(self.header("referrer-policy"), "no-referrer", "{what}: nothing is told on");
        assert!(self.headers.get("access-control-allow-origin").is_none(), "{what}: no other origin is let in");
    }
}

/// One step that prints and ends well.
pub(crate) fn good() -> Value {
    json!({"goal": "show an echo", "steps": [{"name": "hello", "tool": "echo", "inputs": {"message": "hello"}}]})
}

/// One step that waits for a person.
pub(crate) fn gated() -> Value {
    json!({"goal": "ask somebody", "steps": [{"name": "ask", "tool": "manual:ask", "inputs": {"question": "Go on?"}}]})
}

/// One step that fails, and ends well when it is tried again.
pub(crate) fn failing() -> Value {
    json!({"goal": "fail once", "steps": [{"name": "drill", "tool": "fail", "inputs": {"times": 1}}]})
}

/// One step that goes on for an hour.
pub(crate) fn endless() -> Value {
    json!({"goal": "take long", "steps": [{"name": "long", "tool": "fail", "inputs": {"hang": "1h"}, "timeout_ms": 7_200_000}]})
}
