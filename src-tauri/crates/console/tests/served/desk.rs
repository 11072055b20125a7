//! A console with a connection to a plane on which nobody has signed in yet.

use crate::{in_browser::Ear, plane::Plane};
use cache::Cache;
use client_breakwater::{BreakwaterClient, Limits};
use console::{
    ConnectError, Connector, Console, ConsoleParts, Pace, Probe, SyncMode,
    view::{AddConnection, ConnectionView, CreateRun, RunView, SignIn, SignInBy, SignOut},
};
use control_plane::{ControlPlane, Credential};
use credentials::{CredentialStore, Error as StoreError, KeychainStatus, MemoryStore};
use domain::{ConnectionState, ControlPlaneKind, Environment, Secret, WireError};
use reliability::retry::{Jitter, RetryPolicy};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use testkit::{TurnedClock, eventually};

/// What the connection is called.
pub(crate) const NAME: &str = "harbour";
pub(crate) const PASSWORD: &str = "canary-password-7f3a91";
pub(crate) const EMAIL: &str = "ada@example.test";

#[derive(Debug)]
struct Clients;

#[async_trait::async_trait]
impl Connector for Clients {
    fn connect(
        &self,
        _: ControlPlaneKind,
        address: &str,
        credential: Option<Credential>,
    ) -> Result<Arc<dyn ControlPlane>, ConnectError> {
        Ok(Arc::new(BreakwaterClient::tcp(address, credential, Limits::default()).unwrap()))
    }

    async fn probe(&self, _: &str, _: Option<Credential>) -> Probe {
        Probe { kind: Some(ControlPlaneKind::Breakwater), because: None, hops: Vec::new() }
    }
}

/// A keychain that several consoles share, and that may stop taking or giving anything.
#[derive(Debug, Default)]
pub(crate) struct Keychain {
    pub(crate) secrets: MemoryStore,
    pub(crate) takes_nothing: AtomicBool,
    pub(crate) never_answers: AtomicBool,
}

impl Keychain {
    async fn answer(&self) {
        if self.never_answers.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait::async_trait]
impl CredentialStore for Keychain {
    async fn get(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        self.answer().await;
        self.secrets.get(name).await
    }

    async fn set(&self, name: &str, secret: &Secret) -> Result<(), StoreError> {
        self.answer().await;
        if self.takes_nothing.load(Ordering::SeqCst) {
            return Err(StoreError::Denied { reason: "It is locked.".into(), remedy: "Unlock it.".into() });
        }
        self.secrets.set(name, secret).await
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.answer().await;
        self.secrets.delete(name).await
    }

    async fn status(&self) -> KeychainStatus {
        self.secrets.status().await
    }
}

pub(crate) struct Desk {
    pub(crate) console: Console,
    pub(crate) keychain: Arc<Keychain>,
    pub(crate) dir: Arc<TempDir>,
    /// Where a browser comes back to.
    pub(crate) ear: Arc<Ear>,
    clock: Arc<TurnedClock>,
}

fn pace() -> Pace {
    Pace {
        retry: RetryPolicy { retries: 1, base: Duration::from_millis(5), jitter: Jitter::Off, ..RetryPolicy::http() },
        reconnect_first: Duration::from_millis(10),
        reconnect_longest: Duration::from_millis(50),
        breaker_open: Duration::from_millis(100),
        gather: Duration::from_millis(5),
        readiness_first: Duration::from_hours(1),
        ..Pace::default()
    }
}

impl Desk {
    /// With a connection to the plane.
    pub(crate) async fn before(plane: &Plane, sync: SyncMode) -> Self {
        let dir = Arc::new(tempfile::tempdir().unwrap());
        let desk = Self::over(dir, Arc::default(), Arc::clone(&plane.clock), sync).await;
        desk.add(plane, Environment::Local).await;
        desk
    }

    async fn over(dir: Arc<TempDir>, keychain: Arc<Keychain>, clock: Arc<TurnedClock>, sync: SyncMode) -> Self {
        let ear = Arc::<Ear>::default();
        let console = Console::assemble(ConsoleParts {
            cache: Cache::open(&dir.path().join("cache.db")).await,
            credentials: Arc::<Keychain>::clone(&keychain),
            session_credentials: MemoryStore::new(),
            connectors: Arc::new(Clients),
            clock: Arc::<TurnedClock>::clone(&clock),
            built_in: None,
            actor: "ada".to_owned(),
            data_dir: dir.path().to_path_buf(),
            home_dir: None,
            version: "0.0.0".to_owned(),
            preferences: None,
            updates_configured: false,
            browser_return: Some(Arc::<Ear>::clone(&ear)),
            drills: None,
            sync,
            pace: pace(),
        })
        .await;
        Self { console, keychain, dir, ear, clock }
    }

    /// Another process of the same user.
    pub(crate) async fn another(&self, sync: SyncMode) -> Self {
        Self::over(Arc::clone(&self.dir), Arc::clone(&self.keychain), Arc::clone(&self.clock), sync).await
    }

    pub(crate) async fn add(&self, plane: &Plane, environment: Environment) -> ConnectionView {
        let new = AddConnection {
            name: NAME.to_owned(),
            base_url: plane.proxy.url(),
            kind: Some(ControlPlaneKind::Breakwater),
            environment,
            read_only: None,
            token: None,
            session_only: false,
        };
        self.console.add_connection(new).await.unwrap()
    }

    pub(crate) async fn accept(&self, token: String) -> Result<ConnectionView, WireError> {
        let by = SignInBy::Invitation { token, name: Some("Ada".to_owned()), password: PASSWORD.to_owned() };
        self.console.sign_in(SignIn { connection: NAME.into(), by, session_only: false }).await
    }

    pub(crate) async fn sign_in(&self, password: &str, session_only: bool) -> Result<ConnectionView, WireError> {
        let by = SignInBy::Password { email: EMAIL.to_owned(), password: password.to_owned() };
        self.console.sign_in(SignIn { connection: NAME.into(), by, session_only }).await
    }

    pub(crate) async fn sign_out(&self, everywhere: bool) -> Result<ConnectionView, WireError> {
        self.console.sign_out(SignOut { connection: NAME.into(), everywhere }).await
    }

    pub(crate) async fn view(&self) -> ConnectionView {
        self.console.connections(()).await.unwrap().remove(0)
    }

    pub(crate) async fn until(&self, state: ConnectionState) -> ConnectionView {
        eventually(&format!("the connection to be {state:?}"), async || {
            let view = self.view().await;
            (view.status.state == state).then_some(view)
        })
        .await
    }

    pub(crate) async fn start_run(&self, goal: &str) -> Result<RunView, WireError> {
        let plan =
            json!({ "goal": goal, "steps": [{ "name": "hello", "tool": "echo", "inputs": { "message": "hi" } }] });
        let new = json!({ "connection": NAME, "plan": plan });
        self.console.create_run(serde_json::from_value::<CreateRun>(new).unwrap()).await
    }

    /// The one secret of the session, as the keychain has it.
    pub(crate) async fn kept(&self) -> Option<Value> {
        let id = self.view().await.connection.id;
        let kept = self.keychain.get(&format!("connection:{id}:session")).await.unwrap();
        kept.map(|secret| serde_json::from_str(secret.expose()).unwrap())
    }

    /// The refresh token that is kept.
    pub(crate) async fn refresh_token(&self) -> Secret {
        Secret::new(self.kept().await.unwrap()["refresh"].as_str().unwrap())
    }

    /// What was recorded of acts, oldest first, each with its outcome.
    pub(crate) async fn record(&self) -> Vec<(String, String)> {
        let mut acts = self.console.acts(()).await.unwrap();
        acts.reverse();
        acts.into_iter().map(|act| (act.action, act.outcome)).collect()
    }
}

/// A plane, a console with a connection to it, and Ada signed in.
pub(crate) async fn signed_in(sync: SyncMode) -> (Plane, Desk) {
    let plane = Plane::start().await;
    let desk = Desk::before(&plane, sync).await;
    desk.accept(plane.invite(EMAIL).await).await.unwrap();
    (plane, desk)
}
