//! A plane to be hammered at: the real server over a real engine in a temporary folder, on a free loopback port, with limits
//! that stand in nobody's way. Prints its URL, the access token of a person who owns the home team and a key, one a line;
//! ends with its standard input.

#![expect(clippy::print_stdout, reason = "whoever starts it reads where it is")]

use domain::{Clock, NewApiKey, Permission, Role, Secret, SystemClock, TeamAct, Timestamp};
use engine::{
    Act, Engine, EngineConfig, Introduction,
    accounts::{Caller, HOME},
    tools::{AiEndpoints, EnvironmentSource, Prices, Registry, SecretSource, Toolbox, breakers::BreakerSet},
};
use reliability::rate_limit::RatePolicy;
use server::{Server, ServerConfig, TierPolicies};
use std::{error::Error, io::Read as _, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Steps get no secrets and no environment.
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

/// The time stands still, so that no token ends however long it takes.
#[derive(Debug)]
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir()?;
    let clock: Arc<dyn Clock> = Arc::new(Standing(SystemClock.now()));
    let registry = Registry::new(Toolbox {
        secrets: Arc::new(Nothing),
        environment: Arc::new(Nothing),
        ai: AiEndpoints::default(),
        prices: Prices::default(),
        ai_retry: reliability::retry::RetryPolicy::ai(),
        random: reliability::Random::seeded(1),
        breakers: Arc::new(BreakerSet::new(Arc::clone(&clock))),
    });
    let engine = Engine::open(EngineConfig::new(folder.path()), registry, Arc::clone(&clock)).await?;
    // Not started: plans are made up, and what they would do is done to nobody.
    let owner = owner(&engine).await?;
    let new = NewApiKey { name: "key".to_owned(), team: None, permissions: Permission::ALL.to_vec(), expires_at: None };
    let key = engine.create_api_key(&new, None, &operator()).await?.secret;
    let mut config = ServerConfig::new(clock);
    let wide = RatePolicy { limit: 1_000_000_000, ..RatePolicy::flood() };
    config.limits =
        TierPolicies { open: wide, general: wide, sign_in: wide, expensive: wide, admin: wide, webhooks: wide };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}\n{}\n{}", listener.local_addr()?, owner.expose(), key.expose());
    let shutdown = CancellationToken::new();
    let ended = shutdown.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        ended.cancel();
    });
    Server::new(engine.clone(), config).serve_tcp(listener, shutdown).await?;
    engine.shutdown(Duration::from_secs(5)).await;
    Ok(())
}

fn operator() -> Act {
    let caller = Caller::Operator { name: "operator".to_owned() };
    Act { caller, correlation_id: "operator".into(), idempotency_key: None }
}

/// The access token of a person who owns the home team.
async fn owner(engine: &Engine) -> Result<Secret, Box<dyn Error>> {
    let invite = TeamAct::Invite { team: HOME.to_owned(), email: "ana@example.org".to_owned(), role: Role::Admin };
    let token = engine.act_on_team(&invite, None, &operator()).await?.ok_or("an invitation has a token")?;
    let introduction =
        Introduction { name: Some("Ana".to_owned()), password: Secret::new("four words for nobody".to_owned()) };
    let signed_in = engine.accept_invitation(&token, &introduction, &"operator".into()).await?;
    let people = engine.team_people(&HOME.into(), &operator().caller).await?;
    let member = people.members.first().ok_or("a member was made")?.id.clone();
    engine.act_on_team(&TeamAct::TransferOwnership { team: HOME.to_owned(), member }, None, &operator()).await?;
    Ok(signed_in.tokens.access)
}
