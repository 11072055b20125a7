//! A whole drill as faces ask for it: a real engine, a real server, real breakers, and a script of a few seconds.

use super::{Rehearsal, scene};
use crate::{connector::Clients, data_dir::DataDir};
use cache::Cache;
use console::{
    Console, ConsoleParts, DrillSeen, DrillStage, NotStarted, OpenedDrill, Pace, SyncMode,
    view::{Drill, DrillEnd, DrillGoalKind, DrillGoalState, DrillStatus, DrillVerdict},
};
use credentials::MemoryStore;
use domain::{
    Breaker, BreakerCause, BreakerHappening, BreakerState, Connection, ConnectionId, ControlPlaneKind, CredentialState,
    DrillFault, DrillPhase, DrillProvider, DrillScenario, Environment, SystemClock, Timestamp, WireError,
};
use drill::Scenario;
use parking_lot::Mutex;
use serde_json::{Value, json};
use sqlx::{Row as _, SqlitePool};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use testkit::eventually;

/// When the provider is well again. Everything that must happen before waits for what it needs and not for a time.
const RECOVERS_MS: u64 = 6_000;

fn short() -> Scenario {
    let phase = |after_ms, fault| DrillPhase { after_ms, provider: DrillProvider::Anthropic, fault };
    Scenario {
        known: DrillScenario {
            id: "short".to_owned(),
            title: "A short one".to_owned(),
            story: "One provider is overloaded for a few seconds.".to_owned(),
            lasts_ms: 120_000,
        },
        phases: vec![phase(300, Some(DrillFault::Overloaded)), phase(RECOVERS_MS, None)],
        every: Duration::from_millis(60),
    }
}

/// The real stage; when the work is over, the database of the plane is read by somebody else than the stage.
#[derive(Debug)]
struct Witnessed {
    stage: Rehearsal,
    database: Option<PathBuf>,
    /// Runs, attempts at a provider, and those that a breaker refused.
    counted: Arc<Mutex<Option<[i64; 3]>>>,
}

impl Witnessed {
    async fn count(database: &Path) -> Result<[i64; 3], sqlx::Error> {
        let pool = SqlitePool::connect(&format!("sqlite:{}?mode=ro", database.display())).await?;
        // What a breaker holds does not move before its time, and there is no more of anything else.
        let open =
            "SELECT count(*) FROM steps WHERE (status = 'queued' AND queued_at IS NOT NULL) OR status = 'running'
                        OR waiting_for = 'retry'";
        while sqlx::query(open).fetch_one(&pool).await?.get::<i64, _>(0) > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let count =
            "SELECT (SELECT count(*) FROM runs), count(*), coalesce(sum(attempts.failure LIKE '%breaker_open%'), 0)
                     FROM attempts JOIN steps ON steps.id = attempts.step_id WHERE steps.tool = 'ai'";
        let row = sqlx::query(count).fetch_one(&pool).await?;
        pool.close().await;
        Ok([row.get(0), row.get(1), row.get(2)])
    }
}

#[async_trait::async_trait]
impl DrillStage for Witnessed {
    fn scenarios(&self) -> Vec<DrillScenario> {
        self.stage.scenarios()
    }

    async fn tidy(&self) -> bool {
        self.stage.tidy().await
    }

    async fn open(&self, scenario: &str) -> Result<OpenedDrill, NotStarted> {
        self.stage.open(scenario).await
    }

    async fn rest(&self) {
        self.stage.rest().await;
        if let Some(database) = &self.database {
            let counted = Self::count(database).await.expect("the database can be read");
            *self.counted.lock() = Some(counted);
        }
    }

    async fn seen(&self) -> Option<DrillSeen> {
        self.stage.seen().await
    }

    async fn close(&self) {
        self.stage.close().await;
    }
}

struct Bench {
    folder: TempDir,
    dir: DataDir,
    console: Console,
    counted: Arc<Mutex<Option<[i64; 3]>>>,
}

impl Bench {
    async fn new() -> Self {
        Self::within(tempfile::tempdir().expect("a folder"), false).await
    }

    async fn within(folder: TempDir, witnessed: bool) -> Self {
        let dir = DataDir::open(Some(folder.path())).expect("it can be used");
        let counted = Arc::default();
        let stage = Witnessed {
            stage: Rehearsal::new(&dir, vec![short()]),
            database: witnessed.then(|| dir.drill().path().join("engine.db")),
            counted: Arc::clone(&counted),
        };
        let console = Console::assemble(ConsoleParts {
            cache: Cache::open(&dir.cache()).await,
            credentials: Arc::new(MemoryStore::new()),
            session_credentials: MemoryStore::new(),
            connectors: Arc::new(Clients),
            clock: Arc::new(SystemClock),
            built_in: None,
            actor: "amira".to_owned(),
            data_dir: dir.path().to_owned(),
            home_dir: None,
            version: "0.0.0".to_owned(),
            preferences: None,
            updates_configured: false,
            browser_return: None,
            drills: Some(Arc::new(stage)),
            sync: SyncMode::Live,
            pace: Pace::default(),
        })
        .await;
        Self { folder, dir, console, counted }
    }

    async fn ask(&self, command: &str, request: Value) -> Result<Value, WireError> {
        rpc::dispatch(&self.console, command, request).await
    }

    async fn status(&self) -> DrillStatus {
        let status = self.ask("drill.status", Value::Null).await.expect("it can always be asked");
        serde_json::from_value(status).expect("it is a status")
    }

    /// The drill, once it is as `wanted` has it.
    async fn until(&self, what: &str, wanted: impl Fn(&Drill) -> bool) -> Drill {
        eventually(what, || async { self.status().await.playing.filter(&wanted) }).await
    }

    async fn breaker(&self) -> Breaker {
        let listed = self.ask("breakers.list", Value::Null).await.expect("they can be listed");
        let listed: Vec<Breaker> = serde_json::from_value(listed).expect("they are breakers");
        let of_drill = |breaker: &Breaker| breaker.id == "ai:anthropic" && breaker.connection == Some("drill".into());
        listed.into_iter().find(of_drill).expect("the plane of the drill shows its own")
    }

    async fn act(&self, act: Value) {
        let request = json!({"source": "control_plane", "connection": "drill", "breaker": "ai:anthropic", "reason": "rehearsal", "act": act});
        self.ask("breakers.act", request).await.expect("the plane does it");
    }

    async fn connections(&self) -> Vec<String> {
        let listed = self.ask("connections.list", Value::Null).await.expect("they can be listed");
        let names = listed.as_array().into_iter().flatten().filter_map(|one| one["name"].as_str().map(str::to_owned));
        names.collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_rehearsed_from_its_first_symptom_to_its_end() {
    let bench = Bench::within(tempfile::tempdir().expect("a folder"), true).await;
    let begun = bench.ask("drill.start", json!({"scenario": "short"})).await.expect("it begins");
    assert_eq!(begun["hidden"], 2, "what will happen is not told");
    assert_eq!(bench.connections().await, ["drill"], "it is a plane like any other");
    let again = bench.ask("drill.start", json!({"scenario": "short"})).await.expect_err("one at a time");
    assert_eq!(again.code, "conflict", "and it says so");

    let sick = bench.until("the breaker opens", |drill| drill.opened_at.is_some()).await;
    assert!(
        sick.first_symptom_at.is_some_and(|at| Some(at) <= sick.opened_at),
        "the first symptom came before: {sick:?}"
    );
    assert_eq!(sick.opened_at_failure, Some(5), "it opened at the fifth failure in a row");
    let shown = bench.breaker().await;
    assert_eq!((shown.state, shown.cause), (BreakerState::Open, Some(BreakerCause::Overloaded)), "screens see why");
    let goal = |drill: &Drill, kind| drill.goals.iter().find(|goal| goal.goal == kind).copied().expect("it is asked");
    let first = goal(&sick, DrillGoalKind::FirstRightAct);
    assert_eq!((first.state, first.yours), (DrillGoalState::Running, None), "the operator's clock runs");

    bench.act(json!({"act": "isolate", "minutes": 5})).await;
    let held = bench.until("the act is seen", |drill| drill.first_right_after_ms.is_some()).await;
    assert_eq!(held.acts.first().map(|act| act.verdict), Some(DrillVerdict::Right), "to isolate was right");
    assert_eq!(goal(&held, DrillGoalKind::FirstRightAct).state, DrillGoalState::Met, "in time");
    bench.until("work is held instead of failed", |drill| drill.runs.held > 0).await;

    bench.until("the provider is well", |drill| drill.hidden == 0).await;
    bench.act(json!({"act": "release"})).await;
    bench.act(json!({"act": "probe"})).await;
    let closed = |drill: &Drill| drill.breakers.iter().any(|event| event.what == BreakerHappening::Closed);
    bench.until("the probes close the breaker", closed).await;
    let well = |drill: &Drill| goal(drill, DrillGoalKind::WorkRunsAgain).yours.is_some();
    bench.until("work runs again", well).await;

    let result = bench.ask("drill.stop", Value::Null).await.expect("it ends");
    let result: Drill = serde_json::from_value(result).expect("it is a drill");
    assert_eq!(result.ended_by, Some(DrillEnd::Operator), "by us");
    let verdicts: Vec<_> = result.acts.iter().map(|act| (act.action.as_str(), act.verdict, act.calls)).collect();
    let right = |action| (action, DrillVerdict::Right, 0);
    assert_eq!(verdicts, ["isolate_breaker", "release_breaker", "probe_breaker"].map(right), "every act was right");
    assert!(result.goals.iter().all(|goal| goal.state == DrillGoalState::Met), "all is met: {:?}", result.goals);

    let [runs, attempts, refused] = bench.counted.lock().expect("somebody has counted");
    let proof = &result.proof;
    assert_eq!(i64::from(result.runs.total), runs, "the runs are those of the database");
    assert_eq!((i64::from(proof.attempts), i64::from(proof.refused)), (attempts, refused), "so are the attempts");
    assert_eq!(i64::try_from(proof.requests.len()).ok(), Some(attempts - refused), "the providers saw what was sent");
    assert!(proof.requests_agree() && refused > 0, "and a breaker kept some from them");
    let failed = proof.requests.iter().filter(|request| request.fault == Some(DrillFault::Overloaded)).count();
    assert_eq!(failed, 5, "after the fifth no call went into the outage");
    assert!(
        proof.figures > 20 && proof.figures == proof.figures_equal,
        "screens showed what the database had: {proof:?}"
    );

    let kept = bench.ask("drill.results", Value::Null).await.expect("it is kept");
    assert_eq!(kept[0]["id"], json!(result.id), "and can be read later");
    assert_eq!(bench.connections().await, Vec::<String>::new(), "the connection is gone");
    assert!(!bench.dir.drill().path().exists() && !bench.dir.drill().socket().exists(), "nothing is left behind");
    for address in &proof.addresses {
        assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody listens at {address} any more");
    }
    assert_eq!(bench.status().await.playing, None, "and nothing goes");
    bench.console.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_plane_of_a_drill_can_do_nothing_but_what_stays_here() {
    let bench = Bench::new().await;
    bench.ask("drill.start", json!({"scenario": "short"})).await.expect("it begins");
    for (tool, inputs) in [
        ("http", json!({"url": "https://example.org"})),
        ("shell", json!({"command": "curl https://example.org"})),
        ("gate:x", json!({"command": "true"})),
    ] {
        let plan = json!({"goal": "leave", "steps": [{"name": "out", "tool": tool, "inputs": inputs}]});
        let request = json!({"connection": "drill", "plan": plan});
        let judged = bench.ask("runs.preview", request).await.expect("it is judged");
        let fault = &judged["faults"][0];
        assert_eq!((&fault["rule"], &judged["valid"]), (&json!("unknown_tool"), &json!(false)), "{tool} is not there");
        assert_eq!(fault["remedy"], "Name one of ai, wait, echo.", "these three are");
    }
    for other in ["10.0.0.1:80", "[2001:db8::1]:80"] {
        let addresses = ["127.0.0.1:80", other].map(|address| address.parse().expect("an address"));
        assert!(scene::endpoints(addresses).is_err(), "a provider at {other} is refused");
    }
    bench.ask("drill.stop", Value::Null).await.expect("it ends");
    bench.console.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_that_closes_ends_its_drill_and_leaves_nothing() {
    let bench = Bench::new().await;
    bench.ask("drill.start", json!({"scenario": "short"})).await.expect("it begins");
    bench.until("work is under way", |drill| drill.runs.total > 2).await;
    bench.console.shutdown().await;
    assert!(!bench.dir.drill().path().exists(), "the directory is gone");
    let after = Bench::within(bench.folder, false).await;
    let kept = after.ask("drill.results", Value::Null).await.expect("it was kept");
    assert_eq!(kept[0]["ended_by"], "closed", "and says what ended it");
    assert_eq!(after.connections().await, Vec::<String>::new(), "the connection is gone too");
    after.console.shutdown().await;
}

#[tokio::test]
async fn what_a_drill_left_that_died_is_taken_away_at_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = DataDir::open(Some(folder.path())).expect("it can be used");
    dir.drill().make().expect("a folder");
    std::fs::write(dir.drill().path().join("engine.db"), "left").expect("a file");
    std::fs::write(dir.drill_lock(), "").expect("a file");
    let connection = Connection {
        id: ConnectionId::new("drill"),
        name: "drill".to_owned(),
        kind: ControlPlaneKind::Breakwater,
        base_url: format!("unix:{}", dir.drill().socket().display()),
        environment: Environment::Drill,
        read_only: false,
        built_in: false,
        credential: CredentialState::NotNeeded,
        created_at: Timestamp::from_millis(0),
        recognised_by: None,
        poll_every_ms: None,
    };
    let cache = Cache::open(&dir.cache()).await;
    cache.writer().add_connection(&connection).await.expect("it is kept");
    cache.close().await;
    let bench = Bench::within(folder, false).await;
    assert_eq!(bench.connections().await, Vec::<String>::new(), "its connection is gone");
    assert!(!bench.dir.drill().path().exists(), "and so is its directory");
    bench.console.shutdown().await;
}
