//! A real plane: an engine on a temporary folder, served on loopback, with a proxy in front that can fail.

use domain::{Role, Secret, TeamAct};
use engine::{
    Act, Engine, EngineConfig,
    accounts::Caller,
    identity_provider::{IdentityProvider, ProviderSettings},
    tools::{AiEndpoints, EnvironmentSource, Prices, Registry, SecretSource, Toolbox, breakers::BreakerSet},
};
use server::{Server, ServerConfig};
use std::{path::PathBuf, sync::Arc};
use tempfile::TempDir;
use testkit::{FaultProxy, TurnedClock};
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
    fn get(&self, _name: &str) -> Option<String> {
        None
    }
}

pub(crate) struct Plane {
    pub(crate) clock: Arc<TurnedClock>,
    pub(crate) engine: Engine,
    pub(crate) proxy: FaultProxy,
    pub(crate) team: String,
    dir: TempDir,
    _stop: DropGuard,
}

/// What the operator of the plane does.
fn operator() -> Act {
    let caller = Caller::Operator { name: "operator".to_owned() };
    Act { caller, correlation_id: "operator".into(), idempotency_key: None }
}

impl Plane {
    pub(crate) async fn start() -> Self {
        Self::start_with(Arc::default(), None).await
    }

    /// One that may have an identity provider.
    pub(crate) async fn start_with(clock: Arc<TurnedClock>, provider: Option<ProviderSettings>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let registry = Registry::new(Toolbox {
            secrets: Arc::new(Nothing),
            environment: Arc::new(Nothing),
            ai: AiEndpoints::default(),
            prices: Prices::default(),
            ai_retry: reliability::retry::RetryPolicy::ai(),
            random: reliability::Random::seeded(1),
            breakers: Arc::new(BreakerSet::new(Arc::<TurnedClock>::clone(&clock))),
        });
        let mut config = EngineConfig::new(dir.path());
        let provider = provider.map(|settings| IdentityProvider::new(settings, Arc::<TurnedClock>::clone(&clock)));
        config.identity_provider = provider.map(|provider| Arc::new(provider.unwrap()));
        let engine = Engine::open(config, registry, Arc::<TurnedClock>::clone(&clock)).await.unwrap();
        engine.start();
        let server = Server::new(engine.clone(), ServerConfig::new(Arc::<TurnedClock>::clone(&clock)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = FaultProxy::before(listener.local_addr().unwrap()).await;
        let stop = CancellationToken::new();
        tokio::spawn({
            let stop = stop.clone();
            async move { server.serve_tcp(listener, stop).await }
        });
        let founded = TeamAct::Create { name: "Harbour".to_owned(), billing_email: None };
        engine.act_on_team(&founded, None, &operator()).await.unwrap();
        let team = engine.teams(&operator().caller).await.unwrap().remove(0).id;
        Self { clock, engine, proxy, team, dir, _stop: stop.drop_guard() }
    }

    /// What somebody accepts with who is invited as a member.
    pub(crate) async fn invite(&self, email: &str) -> String {
        let act = TeamAct::Invite { team: self.team.clone(), email: email.to_owned(), role: Role::Member };
        let invitation = self.engine.act_on_team(&act, None, &operator()).await.unwrap();
        invitation.unwrap().expose().to_owned()
    }

    /// Where the plane keeps what it keeps.
    pub(crate) fn folder(&self) -> PathBuf {
        self.dir.path().to_owned()
    }
}
