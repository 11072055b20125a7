//! The built-in control plane in this process: the engine, its server on the socket, and its orderly end.
//!
//! One process at most owns the engine of a data directory: it holds the engine's lock and serves the socket. Everybody
//! else is a client of that socket, and so is the owner itself.

use crate::{data_dir::DataDir, idle, signals, socket, start_error::StartError, step_secrets::StepSecrets, user};
use cli::{Format, PlaneArguments};
use domain::SystemClock;
use engine::{
    Engine, EngineConfig, OpenError,
    tools::{AiEndpoints, Prices, ProcessEnvironment, Registry, Toolbox, breakers::BreakerSet},
};
use reliability::{Random, retry::RetryPolicy};
use server::{Reach, Server, ServerConfig};
use std::{
    env,
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
const GRACE: Duration = Duration::from_secs(20);
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
    reach: Reach,
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
    pub(crate) async fn open(dir: &DataDir, slots: Option<NonZeroUsize>, reach: Reach) -> Result<Self, StartError> {
        let engine = open_engine(dir, slots).await?;
        let mut bounds = ServerConfig::new(Arc::new(SystemClock));
        bounds.reach = reach;
        bounds.user = user::name();
        let server = Server::new(engine.clone(), bounds);
        let mut plane = Self { engine, server, serving: JoinSet::new(), stop: CancellationToken::new(), reach };
        if let Err(error) = plane.serve_socket(dir).await {
            plane.stop().await;
            return Err(error);
        }
        plane.engine.start();
        Ok(plane)
    }

    /// Takes the engine if nobody has it, or else finds the process that serves it.
    pub(crate) async fn open_or_find(dir: &DataDir) -> Result<Owner, StartError> {
        let until = Instant::now() + HANDOVER;
        loop {
            match Self::look(dir).await? {
                Some(owner) => return Ok(owner),
                None if Instant::now() < until => sleep(BEAT).await,
                None => return Err(StartError::Mute { socket: dir.socket() }),
            }
        }
    }

    /// One look: the engine is served by another process, or taken by this one. `None` while another process holds it
    /// without serving it, which is so while it starts and while it ends.
    pub(crate) async fn look(dir: &DataDir) -> Result<Option<Owner>, StartError> {
        if socket::is_served(&dir.socket()).await {
            return Ok(Some(Owner::Other));
        }
        match Self::open(dir, None, Reach::Loopback).await {
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

    /// Also serves it by TCP, where a token is needed. Answers the address that was taken.
    pub(crate) async fn serve_tcp(&mut self, address: SocketAddr) -> Result<SocketAddr, StartError> {
        let failed = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let taken = listener.local_addr().map_err(failed)?;
        // The server refuses it as well, but only after the address has been announced.
        if self.reach == Reach::Loopback && !taken.ip().is_loopback() {
            return Err(server::ServeError::NotLoopback { address: taken }.into());
        }
        let (server, stop) = (self.server.clone(), self.stop.clone());
        self.serving.spawn(async move { server.serve_tcp(listener, stop).await });
        Ok(taken)
    }

    /// Ends in order: no more work is taken, steps finish or are parked, streams end.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        let engine = self.engine.clone();
        let ending = async {
            let (report, ()) =
                tokio::join!(engine.shutdown(GRACE), async { while self.serving.join_next().await.is_some() {} });
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
    let reach = if given.allow_network { Reach::Network } else { Reach::Loopback };
    let mut plane = Plane::open(dir, Some(given.slots), reach).await?;
    let ended = if let Err(error) = announce(&mut plane, dir, given.listen, format).await {
        Err(error)
    } else {
        let (engine, server) = (plane.engine.clone(), plane.server.clone());
        tokio::select! {
            () = asked.cancelled() => Ok(()),
            () = idle::wait(&engine, &server, given.idle_exit) => Ok(()),
            error = plane.failure() => Err(error),
        }
    };
    plane.stop().await;
    ended
}

/// Says where it can be reached, address first; in the JSON formats as one document on one line.
async fn announce(
    plane: &mut Plane,
    dir: &DataDir,
    listen: Option<SocketAddr>,
    format: Format,
) -> Result<(), StartError> {
    let address = match listen {
        Some(address) => Some(format!("http://{}", plane.serve_tcp(address).await?)),
        None => None,
    };
    let socket = dir.socket();
    let lines: Vec<String> = match format {
        Format::Table => {
            let address = address.map(|address| format!("listening on {address}"));
            address.into_iter().chain([format!("socket {}", socket.display())]).collect()
        }
        Format::Json | Format::Ndjson => vec![serde_json::json!({"address": address, "socket": socket}).to_string()],
    };
    let mut out = io::stdout();
    let written = writeln!(out, "{}", lines.join("\n")).and_then(|()| out.flush());
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
async fn open_engine(dir: &DataDir, slots: Option<NonZeroUsize>) -> Result<Engine, StartError> {
    let mut config = EngineConfig::new(dir.path());
    config.slots = slots.unwrap_or(config.slots);
    open_with(config).await
}

/// The same for a process that manages it and carries out nothing: runs that are open stay as they are.
pub(crate) async fn open_idle_engine(dir: &DataDir) -> Result<Engine, StartError> {
    let mut config = EngineConfig::new(dir.path());
    config.takes_up = false;
    open_with(config).await
}

async fn open_with(config: EngineConfig) -> Result<Engine, StartError> {
    Ok(Engine::open(config, registry(), Arc::new(SystemClock)).await?)
}

fn registry() -> Registry {
    let usual = AiEndpoints::default();
    let at = |variable, usual| env::var(variable).ok().filter(|address: &String| !address.is_empty()).unwrap_or(usual);
    Registry::new(Toolbox {
        secrets: Arc::new(StepSecrets::new()),
        environment: Arc::new(ProcessEnvironment),
        ai: AiEndpoints {
            anthropic: at("ANTHROPIC_BASE_URL", usual.anthropic),
            openai: at("OPENAI_BASE_URL", usual.openai),
        },
        prices: Prices::built_in(),
        ai_retry: RetryPolicy::ai(),
        random: Random::from_os(),
        breakers: Arc::new(BreakerSet::new(Arc::new(SystemClock))),
    })
}
