//! The plane of one drill with its providers and its work, opened and taken down.

use super::{lock::Held, readings::Readings, workload::Workload};
use crate::{data_dir::DataDir, plane::Plane, start_error::StartError, user};
use console::DrillSeen;
use domain::{DrillProvider, Secret, SystemClock};
use drill::{Scenario, Stage};
use engine::{
    Engine, EngineConfig,
    tools::{AiEndpoints, EnvironmentSource, Prices, Registry, SecretSource, Toolbox, breakers::BreakerSet},
};
use reliability::{Random, retry::RetryPolicy};
use server::ServerConfig;
use std::{fs, io, net::SocketAddr, sync::Arc, time::Duration};

/// All that the plane of a drill may do.
const TOOLS: [&str; 3] = ["ai", "echo", "wait"];
/// How long its steps may take to end by themselves. Nobody needs what they would still answer.
const GRACE: Duration = Duration::from_millis(200);

/// Everything that a drill needs, while it goes.
#[derive(Debug)]
pub(super) struct Scene {
    dir: DataDir,
    providers: Stage,
    engine: Engine,
    plane: Plane,
    work: Workload,
    readings: Readings,
    /// Let go last.
    _held: Held,
}

impl Scene {
    /// Opens it in a directory that is not there yet. What was begun is taken down again if it cannot be finished.
    pub(super) async fn open(dir: &DataDir, scenario: &Scenario, held: Held) -> Result<Self, StartError> {
        let failed = |source| StartError::DataDir { path: dir.path().to_owned(), source };
        dir.make().map_err(failed)?;
        let opened = Self::begin(dir, scenario, held).await;
        if opened.is_err() {
            remove(dir);
        }
        opened
    }

    async fn begin(dir: &DataDir, scenario: &Scenario, held: Held) -> Result<Self, StartError> {
        let key = throwaway();
        let providers = Stage::open(scenario.phases.clone(), key.expose()).await.map_err(StartError::Drill)?;
        let at = DrillProvider::ALL.map(|provider| providers.addresses().of(provider));
        let endpoints = endpoints(at)?;
        let engine =
            Engine::open(EngineConfig::new(dir.path()), registry(endpoints, key), Arc::new(SystemClock)).await?;
        let bounds = ServerConfig { user: user::name(), ..ServerConfig::new(Arc::new(SystemClock)) };
        let plane = Plane::serve(dir, engine.clone(), bounds).await?;
        let work = match Workload::begin(&dir.socket(), scenario.every) {
            Ok(work) => work,
            Err(error) => {
                plane.stop(GRACE).await;
                return Err(error);
            }
        };
        Ok(Self { dir: dir.clone(), providers, engine, plane, work, readings: Readings::default(), _held: held })
    }

    /// Where the providers listen.
    pub(super) fn providers(&self) -> Vec<String> {
        DrillProvider::ALL.map(|provider| self.providers.addresses().of(provider).to_string()).to_vec()
    }

    /// Submits no more work.
    pub(super) async fn rest(&self) {
        self.work.end().await;
    }

    /// What the providers and the plane know now; `None` if the plane cannot be read.
    pub(super) async fn seen(&mut self) -> Option<DrillSeen> {
        let read = self.readings.read(&self.engine).await;
        let (runs, breakers) =
            read.inspect_err(|error| tracing::warn!(%error, "the plane of a drill cannot be read")).ok()?;
        // After the plane: whatever it says that it has sent must be among them.
        let requests = self.providers.requests();
        Some(DrillSeen { elapsed_ms: self.providers.elapsed_ms(), requests, runs, breakers })
    }

    /// Takes everything down and leaves nothing behind.
    pub(super) async fn close(self) {
        self.work.end().await;
        self.plane.stop(GRACE).await;
        self.providers.close().await;
        drop(self.engine);
        remove(&self.dir);
    }
}

/// Removes the directory and the socket of a drill that is over.
pub(super) fn remove(dir: &DataDir) {
    let gone = |result: io::Result<()>| match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::error!(%error, path = %dir.path().display(), "what a drill left cannot be removed");
        }
        _ => {}
    };
    gone(fs::remove_file(dir.socket()));
    gone(fs::remove_dir_all(dir.path()));
}

/// Where the providers are, or a refusal if that could be anywhere but here.
pub(super) fn endpoints([anthropic, openai]: [SocketAddr; 2]) -> Result<AiEndpoints, StartError> {
    let base = |address: SocketAddr| {
        let is_here = address.ip().is_loopback();
        is_here.then(|| format!("http://{address}")).ok_or(StartError::DrillNotLoopback { address })
    };
    Ok(AiEndpoints { anthropic: base(anthropic)?, openai: base(openai)? })
}

fn registry(ai: AiEndpoints, key: Secret) -> Registry {
    let registry = Registry::new(Toolbox {
        secrets: Arc::new(OneKey(key)),
        environment: Arc::new(NoEnvironment),
        ai,
        prices: Prices::built_in(),
        ai_retry: RetryPolicy::ai(),
        random: Random::from_os(),
        breakers: Arc::new(BreakerSet::new(Arc::new(SystemClock))),
    });
    registry.only(&TOOLS)
}

/// A key that opens nothing: the providers of this drill alone know it.
fn throwaway() -> Secret {
    Secret::new(format!("drill-{}", uuid::Uuid::new_v4().simple()))
}

/// In place of the keychain: whatever is asked for is the throwaway key.
#[derive(Debug)]
struct OneKey(Secret);

#[async_trait::async_trait]
impl SecretSource for OneKey {
    async fn get(&self, _name: &str) -> Option<Secret> {
        Some(self.0.clone())
    }
}

/// In place of the environment, which may hold keys that are real.
#[derive(Debug)]
struct NoEnvironment;

impl EnvironmentSource for NoEnvironment {
    fn get(&self, _name: &str) -> Option<String> {
        None
    }
}
