//! The blast radius of a breaker, from a cache of 100,000 runs with 1,000,000 attempts and with nobody to ask.

use crate::report::{Report, percentile};
use cache::Cache;
use console::{
    ConnectError, Connector, Console, ConsoleParts, Pace, Probe, SyncMode,
    view::{BlastQuery, BlastRadius},
};
use control_plane::{ControlPlane, Credential};
use credentials::MemoryStore;
use domain::{
    Attempt, Breaker, BreakerSource, BreakerState, BreakerVerdict, Connection, ConnectionId, ControlPlaneKind,
    CredentialState, Environment, Run, RunStatus, RunSummary, Step, StepStatus, SystemClock, Timestamp,
};
use std::{path::Path, sync::Arc, time::Instant};
use tokio::runtime::Runtime;

const RUNS: u32 = 100_000;
const STEPS: u32 = 2;
const ATTEMPTS: u32 = 5;
/// Runs that the outage hit.
const HIT: u32 = 2_000;
const ASKED: usize = 200;
const LIMIT_MS: f64 = 150.0;
const BREAKER: &str = "ai:anthropic";
/// 2026-08-22T03:07:12Z.
const OPENED: i64 = 1_787_368_032_000;

/// Nobody can be reached.
#[derive(Debug)]
struct Nobody;

#[async_trait::async_trait]
impl Connector for Nobody {
    fn connect(
        &self,
        _: ControlPlaneKind,
        _: &str,
        _: Option<Credential>,
    ) -> Result<Arc<dyn ControlPlane>, ConnectError> {
        Err(ConnectError::KindNotSupported)
    }

    async fn probe(&self, _: &str, _: Option<Credential>) -> Probe {
        Probe { kind: None, because: None, hops: Vec::new() }
    }
}

pub(crate) fn measure(runtime: &Runtime, report: &mut Report) {
    let dir = tempfile::tempdir().expect("a temporary directory can be made");
    let path = dir.path().join("cache.db");
    runtime.block_on(fill(&path));
    let mut rows = |figure: &str, since: Option<Timestamp>| {
        let (radius, mut times) = runtime.block_on(ask(&path, since));
        times.sort_by(f64::total_cmp);
        let (p50, p95) = (percentile(&times, 50), percentile(&times, 95));
        let scene = format!("blast radius, {RUNS} runs, {} attempts, offline", RUNS * STEPS * ATTEMPTS);
        let found = format!("{} runs, {} attempts", radius.counts.runs, radius.counts.attempts);
        report.add(&scene, &format!("{figure}: found"), found, "the truth: 2000 failed");
        assert_eq!(radius.counts.failed, u64::from(HIT), "exactly the runs that were made to fail");
        report.add(&scene, &format!("{figure}: p50"), format!("{p50:.1} ms"), String::new());
        let against = format!("{:.2}x of the limit {LIMIT_MS} ms", p95 / LIMIT_MS);
        report.add(&scene, &format!("{figure}: p95 of {ASKED}"), format!("{p95:.1} ms"), against);
    };
    rows("the outage", None);
    rows("all 90 days", Some(Timestamp::from_millis(0)));
}

async fn ask(path: &Path, since: Option<Timestamp>) -> (BlastRadius, Vec<f64>) {
    let console = Console::assemble(ConsoleParts {
        cache: Cache::open(path).await,
        credentials: Arc::new(MemoryStore::new()),
        session_credentials: MemoryStore::new(),
        connectors: Arc::new(Nobody),
        clock: Arc::new(SystemClock),
        built_in: None,
        actor: "bench".to_owned(),
        data_dir: path.parent().expect("a file lies in a folder").to_owned(),
        home_dir: None,
        version: "0".to_owned(),
        preferences: None,
        updates_configured: false,
        browser_return: None,
        drills: None,
        sync: SyncMode::CacheOnly,
        pace: Pace { keep_runs: u32::MAX, ..Pace::default() },
    })
    .await;
    let wanted = BlastQuery { connection: Some(connection()), breaker: BREAKER.to_owned(), since };
    let radius = console.blast_radius(wanted.clone()).await.expect("the breaker is known");
    let mut times = Vec::new();
    for _ in 0..ASKED {
        let started = Instant::now();
        console.blast_radius(wanted.clone()).await.expect("the breaker is known");
        times.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    (radius, times)
}

fn connection() -> ConnectionId {
    ConnectionId::new("flow-eu")
}

async fn fill(path: &Path) {
    let cache = Cache::open(path).await;
    let writer = cache.writer();
    let plane = Connection {
        id: connection(),
        name: "flow-eu".to_owned(),
        kind: ControlPlaneKind::Breakwater,
        base_url: "http://127.0.0.1:1".to_owned(),
        environment: Environment::Local,
        read_only: true,
        built_in: false,
        credential: CredentialState::NotNeeded,
        created_at: Timestamp::from_millis(0),
        recognised_by: None,
        poll_every_ms: None,
    };
    writer.add_connection(&plane).await.expect("the connection can be kept");
    let read_at = Timestamp::from_millis(OPENED + 600_000);
    for first in (0..RUNS).step_by(1_000) {
        let mut batch = writer.batch().await.expect("a batch can be begun");
        for number in first..(first + 1_000).min(RUNS) {
            batch.upsert_run(&connection(), &run(number), read_at).await.expect("a run can be kept");
        }
        batch.commit().await.expect("a batch can be ended");
    }
    let source = BreakerSource::ControlPlane;
    writer.put_breakers(Some(&connection()), source, &[breaker()], read_at).await.expect("the breaker can be kept");
    cache.close().await;
}

/// The last runs are those that the outage hit; the others lie in the 90 days before.
fn run(number: u32) -> Run {
    let is_hit = number >= RUNS - HIT;
    let place = i64::from(RUNS - number);
    let at = if is_hit { OPENED + 300 * (i64::from(HIT) - place) } else { OPENED - place * 77_760 };
    let status = if is_hit { RunStatus::Failed } else { RunStatus::Succeeded };
    let summary = RunSummary {
        template: Some(format!("workflow-{}", number % 12)),
        ..RunSummary::new(
            format!("run_{number:08x}").into(),
            "Build the storefront".to_owned(),
            status,
            Timestamp::from_millis(at),
        )
    };
    let steps = (0..STEPS).map(|step| steps(step, at, is_hit && step + 1 == STEPS)).collect();
    Run { summary, metadata: serde_json::Map::new(), steps }
}

fn steps(step: u32, at: i64, is_hit: bool) -> Step {
    let attempts = (1..=ATTEMPTS).map(|number| attempt(number, at, is_hit)).collect();
    let status = if is_hit { StepStatus::Failed } else { StepStatus::Succeeded };
    let name = format!("step-{step}");
    Step {
        status,
        attempts,
        breaker: Some(BREAKER.to_owned()),
        ..Step::new(format!("stp_{step}").into(), name, "ai".to_owned())
    }
}

fn attempt(number: u32, at: i64, is_hit: bool) -> Attempt {
    let started_at = Timestamp::from_millis(at + i64::from(number));
    let verdict = match number {
        _ if !is_hit => BreakerVerdict::Success,
        1 => BreakerVerdict::Failure,
        _ => BreakerVerdict::Refused,
    };
    Attempt {
        number,
        status: if is_hit { StepStatus::Failed } else { StepStatus::Succeeded },
        started_at,
        ended_at: Some(started_at),
        failure: None,
        breaker: Some(BREAKER.to_owned()),
        breaker_state: Some(if is_hit { BreakerState::Open } else { BreakerState::Closed }),
        breaker_verdict: Some(verdict),
        exit_code: None,
        usage: None,
    }
}

fn breaker() -> Breaker {
    Breaker {
        id: BREAKER.to_owned(),
        protects: "The Anthropic API".to_owned(),
        source: BreakerSource::ControlPlane,
        connection: Some(connection()),
        state: BreakerState::Open,
        since: Timestamp::from_millis(OPENED),
        cause: None,
        consecutive_failures: 5,
        failure_threshold: 5,
        success_threshold: 2,
        next_probe_at: None,
        calls: 0,
        failures: 0,
        rejections: 0,
        times_opened: 1,
        last_call_at: None,
        isolation: None,
    }
}
