//! The built-in control plane in this process: the engine, its server on the socket, and its orderly end.
//!
//! One process at most owns the engine of a data directory: it holds the engine's lock and serves the socket. Everybody
//! else is a client of that socket, and so is the owner itself.

use crate::{
    data_dir::DataDir,
    idle,
    settings::{Asked, Listen, Oidc, Settings, Stripe},
    signals, socket,
    start_error::StartError,
    step_secrets::StepSecrets,
    user,
};
use cli::{Format, PlaneArguments};
use domain::{Fault, SystemClock};
use engine::{
    Engine, EngineConfig, OpenError,
    identity_provider::{IdentityProvider, ProviderSettings, SettingsError},
    tools::{AiEndpoints, Prices, ProcessEnvironment, Registry, Toolbox, breakers::BreakerSet},
};
use reliability::{Random, retry::RetryPolicy};
use server::{Server, ServerConfig, TlsIdentity};
use std::{
    io::{self, Write as _},
    net::SocketAddr,
    num::NonZeroUsize,
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::TcpListener,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// How long steps may take to end by themselves once the end is asked for.
pub(crate) const GRACE: Duration = Duration::from_secs(20);
/// How long the whole end may take.
const END: Duration = Duration::from_secs(29);
/// How long a process that holds the lock may take until it answers, or until it has let go, which is its whole end and a
/// little more.
pub(crate) const HANDOVER: Duration = Duration::from_secs(35);
/// Between two looks at something that is about to happen.
const BEAT: Duration = Duration::from_millis(20);

/// The engine and what serves it.
#[derive(Debug)]
pub(crate) struct Plane {
    engine: Engine,
    server: Server,
    serving: JoinSet<Result<(), server::ServeError>>,
    stop: CancellationToken,
}

/// Whose process the control plane is in.
#[derive(Debug)]
pub(crate) enum Owner {
    /// This one.
    Us(Plane),
    /// Another one of this user.
    Other,
}

impl Plane {
    /// Opens the engine, takes up what it left, and serves it on the socket.
    async fn open(dir: &DataDir, slots: Option<NonZeroUsize>, settings: &Settings) -> Result<Self, StartError> {
        let engine = open_engine(dir, slots, settings).await?;
        Self::serve(dir, engine, bounds(settings)).await
    }

    /// Serves an engine on the socket of its data directory, and lets it begin.
    pub(crate) async fn serve(dir: &DataDir, engine: Engine, bounds: ServerConfig) -> Result<Self, StartError> {
        let server = Server::new(engine.clone(), bounds);
        let mut plane = Self { engine, server, serving: JoinSet::new(), stop: CancellationToken::new() };
        if let Err(error) = plane.serve_socket(dir).await {
            plane.stop(GRACE).await;
            return Err(error);
        }
        plane.engine.start();
        Ok(plane)
    }

    /// Takes the engine if nobody has it, or else finds the process that serves it.
    pub(crate) async fn open_or_find(dir: &DataDir) -> Result<Owner, StartError> {
        if socket::is_served(&dir.socket()).await {
            return Ok(Owner::Other);
        }
        let settings = Settings::read(dir, None).await.map_err(StartError::Settings)?;
        let until = Instant::now() + HANDOVER;
        loop {
            match Self::look(dir, &settings).await? {
                Some(owner) => return Ok(owner),
                None if Instant::now() < until => sleep(BEAT).await,
                None => return Err(StartError::Mute { socket: dir.socket() }),
            }
        }
    }

    /// One look: the engine is served by another process, or taken by this one. `None` while another process holds it
    /// without serving it, which is so while it starts and while it ends.
    async fn look(dir: &DataDir, settings: &Settings) -> Result<Option<Owner>, StartError> {
        if socket::is_served(&dir.socket()).await {
            return Ok(Some(Owner::Other));
        }
        match Self::open(dir, None, settings).await {
            Ok(plane) => Ok(Some(Owner::Us(plane))),
            Err(StartError::Engine(OpenError::InUse { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn serve_socket(&mut self, dir: &DataDir) -> Result<(), StartError> {
        let path = dir.socket();
        socket::secure(&path)?;
        let (server, stop, at) = (self.server.clone(), self.stop.clone(), path.clone());
        self.serving.spawn(async move { server.serve_unix(&at, stop).await });
        while !socket::is_served(&path).await {
            if let Some(Ok(Err(error))) = self.serving.try_join_next() {
                return Err(error.into());
            }
            sleep(BEAT).await;
        }
        Ok(())
    }

    /// Also serves it by TCP, where a token is needed: encrypted with an identity, plain without. Answers the address that
    /// was taken.
    pub(crate) async fn serve_tcp(
        &mut self,
        address: SocketAddr,
        identity: Option<TlsIdentity>,
    ) -> Result<SocketAddr, StartError> {
        let failed = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let taken = listener.local_addr().map_err(failed)?;
        let (server, stop) = (self.server.clone(), self.stop.clone());
        self.serving.spawn(async move {
            match identity {
                Some(identity) => server.serve_tls(listener, identity, stop).await,
                None => server.serve_tcp(listener, stop).await,
            }
        });
        Ok(taken)
    }

    /// Ends in order: no more work is taken, steps finish within `grace` or are parked, streams end.
    pub(crate) async fn stop(mut self, grace: Duration) {
        self.stop.cancel();
        let engine = self.engine.clone();
        let ending = async {
            let (report, ()) =
                tokio::join!(engine.shutdown(grace), async { while self.serving.join_next().await.is_some() {} });
            report
        };
        if let Ok(report) = timeout(END, ending).await {
            tracing::info!(?report, "the control plane ended in order");
        } else {
            tracing::warn!("the control plane was cut: its end took too long");
        }
    }

    /// Ends with the first server that fails; without a failure it never does.
    async fn failure(&mut self) -> StartError {
        loop {
            match self.serving.join_next().await {
                Some(Ok(Err(error))) => return error.into(),
                Some(_) => {}
                None => std::future::pending().await,
            }
        }
    }
}

/// `breakwater plane`: the control plane alone, until it is asked to stop.
pub(crate) async fn run(dir: &DataDir, given: &PlaneArguments, format: Format) -> Result<(), StartError> {
    if given.detached {
        leave_session();
    }
    let asked = signals::watch();
    let settings = judged(dir, given).await?;
    let mut plane = Plane::open(dir, Some(given.slots), &settings).await?;
    let ended = if let Err(error) = announce(&mut plane, dir, &settings.listen, format).await {
        Err(error)
    } else {
        let (engine, server) = (plane.engine.clone(), plane.server.clone());
        tokio::select! {
            () = asked.cancelled() => Ok(()),
            () = idle::wait(&engine, &server, given.idle_exit) => Ok(()),
            error = plane.failure() => Err(error),
        }
    };
    plane.stop(GRACE).await;
    ended
}

/// `breakwater plane --check`: judges everything that it would start with, and starts nothing.
pub(crate) async fn check(dir: &DataDir, given: &PlaneArguments, format: Format) -> Result<(), StartError> {
    let settings = judged(dir, given).await?;
    let end = settings.listen.identity.as_ref().map(TlsIdentity::not_after);
    say(&match format {
        Format::Table => {
            let end = end.map(|end| format!("\nthe certificate is valid until {end}"));
            format!("the settings are in order{}", end.unwrap_or_default())
        }
        Format::Json | Format::Ndjson => serde_json::json!({"faults": [], "certificate_ends": end}).to_string(),
    })
}

/// The settings beside what the command line says. A control plane that a verb started in the background for itself does
/// not listen by TCP.
async fn judged(dir: &DataDir, given: &PlaneArguments) -> Result<Settings, StartError> {
    let asked = (!given.detached).then_some(Asked { listen: given.listen, allow_network: given.allow_network });
    Settings::read(dir, asked).await.map_err(StartError::Settings)
}

/// The server's configuration as the settings have it.
pub(crate) fn bounds(settings: &Settings) -> ServerConfig {
    ServerConfig {
        reach: settings.listen.reach,
        user: user::name(),
        hosts: settings.listen.hosts.clone(),
        trusted_proxies: settings.listen.trusted_proxies,
        max_streams: settings.limits.max_streams,
        max_connections: settings.limits.max_connections,
        body_limit: settings.limits.body_limit,
        ..ServerConfig::new(Arc::new(SystemClock))
    }
}

/// Says where it can be reached, address first; in the JSON formats as one document on one line.
async fn announce(plane: &mut Plane, dir: &DataDir, listen: &Listen, format: Format) -> Result<(), StartError> {
    let identity = listen.identity.clone();
    let scheme = if identity.is_some() { "https" } else { "http" };
    let address = match listen.address {
        Some(address) => Some(format!("{scheme}://{}", plane.serve_tcp(address, identity).await?)),
        None => None,
    };
    let socket = dir.socket();
    say(&match format {
        Format::Table => {
            let address = address.map(|address| format!("listening on {address}\n"));
            format!("{}socket {}", address.unwrap_or_default(), socket.display())
        }
        Format::Json | Format::Ndjson => serde_json::json!({"address": address, "socket": socket}).to_string(),
    })
}

pub(crate) fn say(text: &str) -> Result<(), StartError> {
    let mut out = io::stdout();
    let written = writeln!(out, "{text}").and_then(|()| out.flush());
    match written {
        // Whoever started us may have closed the pipe; the plane works without it.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(StartError::Output(error)),
        _ => Ok(()),
    }
}

/// Leaves the terminal that started us, so that closing it or pressing Ctrl-C in it is not meant for us.
fn leave_session() {
    #[cfg(unix)]
    if let Err(error) = rustix::process::setsid() {
        tracing::warn!(%error, "the session of the terminal could not be left");
    }
}

/// The engine of this data directory; fails if another process has it.
async fn open_engine(dir: &DataDir, slots: Option<NonZeroUsize>, settings: &Settings) -> Result<Engine, StartError> {
    let mut config = EngineConfig::new(dir.path());
    config.slots = slots.unwrap_or(config.slots);
    config.teams = settings.teams.bounds();
    config.billing = settings.stripe.as_ref().map(Stripe::engine);
    config.identity_provider = settings.oidc.as_ref().map(identity_provider).transpose()?;
    open_with(config, settings.ai.clone()).await
}

/// The provider that people may sign in through. Its settings have been judged, so what fails is this machine.
fn identity_provider(oidc: &Oidc) -> Result<Arc<IdentityProvider>, StartError> {
    let settings = ProviderSettings {
        issuer: oidc.issuer.clone(),
        client_id: oidc.client_id.clone(),
        client_secret: Some(oidc.client_secret.clone()),
        label: Some(oidc.label.clone()),
    };
    IdentityProvider::new(settings, Arc::new(SystemClock)).map(Arc::new).map_err(|error| match error {
        SettingsError::Invalid { faults } => StartError::Settings(faults),
        SettingsError::NoClient => StartError::Settings(vec![Fault {
            path: "sign_in.oidc".to_owned(),
            rule: "http_client".to_owned(),
            message: error.to_string(),
            remedy: "Install the certificate authorities of the operating system.".to_owned(),
        }]),
    })
}

/// The same for a process that manages it and carries out nothing: runs that are open stay as they are.
pub(crate) async fn open_idle_engine(dir: &DataDir) -> Result<Engine, StartError> {
    let mut config = EngineConfig::new(dir.path());
    config.takes_up = false;
    open_with(config, AiEndpoints::default()).await
}

async fn open_with(config: EngineConfig, ai: AiEndpoints) -> Result<Engine, StartError> {
    Ok(Engine::open(config, registry(ai), Arc::new(SystemClock)).await?)
}

fn registry(ai: AiEndpoints) -> Registry {
    Registry::new(Toolbox {
        secrets: Arc::new(StepSecrets::new()),
        environment: Arc::new(ProcessEnvironment),
        ai,
        prices: Prices::built_in(),
        ai_retry: RetryPolicy::ai(),
        random: Random::from_os(),
        breakers: Arc::new(BreakerSet::new(Arc::new(SystemClock))),
    })
}
