//! A control plane in a temporary directory, with a clock that can be turned and a tool that obeys the test.

use domain::{
    Clock, CorrelationId, EventKind, FeedItem, Run, RunId, RunStatus, Secret, Step, StepStatus, SystemClock, Timestamp,
};
use engine::{
    Act, Engine, EngineConfig, Error, NewRun, OpenError,
    tools::{
        AiEndpoints, EnvironmentSource, Prices, ProcessEnvironment, Registry, SecretSource, Tool, ToolCall,
        ToolFailure, ToolOutcome, Toolbox, breakers::BreakerSet,
    },
};
use futures::stream::{BoxStream, StreamExt};
use reliability::{Random, retry::RetryPolicy};
use serde_json::{Map, Value, json};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::{sync::Semaphore, time::Instant};

/// Longest time that anything here may take, also on a busy machine.
const DEADLINE: Duration = Duration::from_mins(1);

/// The system's clock, moved ahead by the test.
#[derive(Debug, Default)]
pub(crate) struct TurnableClock(AtomicI64);

impl TurnableClock {
    pub(crate) fn turn(&self, ahead: Duration) {
        let ahead = i64::try_from(ahead.as_millis()).expect("a sensible time");
        self.0.fetch_add(ahead, Ordering::SeqCst);
    }
}

impl Clock for TurnableClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(SystemClock.now().as_millis() + self.0.load(Ordering::SeqCst))
    }
}

#[derive(Debug)]
struct NoSecrets;

#[async_trait::async_trait]
impl SecretSource for NoSecrets {
    async fn get(&self, _name: &str) -> Option<Secret> {
        None
    }
}

/// A tool that obeys the test: `{"do": "hold"}` waits for [`Drill::release`], `"deaf"` never ends, `"panic"` panics,
/// `"yield"` works for a few turns of the runtime, `"throttled"` fails and asks for an hour of peace, `"deep"` answers with
/// more levels than can be read back, `"large"` with 200 KB.
#[derive(Debug)]
pub(crate) struct Drill {
    pub(crate) executing: AtomicUsize,
    pub(crate) most: AtomicUsize,
    pub(crate) started: AtomicUsize,
    gate: Semaphore,
}

impl Default for Drill {
    fn default() -> Self {
        let zero = AtomicUsize::default;
        Self { executing: zero(), most: zero(), started: zero(), gate: Semaphore::new(0) }
    }
}

impl Drill {
    /// Lets so many held attempts end well.
    pub(crate) fn release(&self, attempts: usize) {
        self.gate.add_permits(attempts);
    }
}

struct Executing<'a>(&'a Drill);

impl Drop for Executing<'_> {
    fn drop(&mut self) {
        self.0.executing.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait::async_trait]
impl Tool for Drill {
    fn name(&self) -> &'static str {
        "drill"
    }

    fn summary(&self) -> &'static str {
        "Obeys the test."
    }

    fn default_timeout(&self) -> Duration {
        Duration::from_mins(10)
    }

    fn validate(&self, _inputs: &Map<String, Value>) -> Vec<domain::Fault> {
        Vec::new()
    }

    async fn run(&self, call: ToolCall) -> Result<ToolOutcome, ToolFailure> {
        self.started.fetch_add(1, Ordering::SeqCst);
        let now = self.executing.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let _executing = Executing(self);
        let failure = |code: &str, retry_after| ToolFailure {
            failure: domain::Failure {
                code: code.into(),
                message: "On purpose.".into(),
                remedy: None,
                retryable: true,
            },
            retry_after,
            exit_code: None,
            usage: None,
            breaker: None,
        };
        let answer = |output| ToolOutcome { output, ..ToolOutcome::default() };
        match call.inputs.get("do").and_then(Value::as_str) {
            Some("hold") => tokio::select! {
                permit = self.gate.acquire() => permit.expect("the gate is never closed").forget(),
                () = call.cancel.cancelled() => return Err(failure("cancelled", None)),
            },
            Some("deaf") => std::future::pending().await,
            Some("panic") => panic!("on purpose"),
            Some("deep") => return Ok(answer((0..120).fold(json!("bottom"), |inner, _| json!([inner])))),
            Some("large") => return Ok(answer(json!("x".repeat(200_000)))),
            Some("throttled") => return Err(failure("throttled", Some(Duration::from_hours(1)))),
            _ => {
                for _ in 0..20 {
                    tokio::task::yield_now().await;
                }
            }
        }
        Ok(ToolOutcome {
            output: json!({ "attempt": call.attempt, "upstream": call.upstream }),
            ..ToolOutcome::default()
        })
    }
}

/// A plane that a test can stop, kill and open again.
pub(crate) struct Plane {
    pub(crate) dir: TempDir,
    pub(crate) clock: Arc<TurnableClock>,
    pub(crate) drill: Arc<Drill>,
    pub(crate) engine: Engine,
    slots: usize,
}

pub(crate) fn act() -> Act {
    Act {
        caller: engine::accounts::Caller::Operator { name: "tester".into() },
        correlation_id: CorrelationId::new("test-1"),
        idempotency_key: None,
    }
}

pub(crate) fn bare_registry(clock: &Arc<TurnableClock>) -> Registry {
    let environment: Arc<dyn EnvironmentSource> = Arc::new(ProcessEnvironment);
    let toolbox = Toolbox {
        secrets: Arc::new(NoSecrets),
        environment,
        ai: AiEndpoints::default(),
        prices: Prices::built_in(),
        ai_retry: RetryPolicy::ai(),
        random: Random::seeded(1),
        breakers: Arc::new(BreakerSet::new(Arc::<TurnableClock>::clone(clock))),
    };
    Registry::new(toolbox)
}

/// Opens the directory without the drill among the tools.
pub(crate) async fn reopen_without_drill(dir: &TempDir, clock: &Arc<TurnableClock>) -> Engine {
    open_patiently(dir, 1, &bare_registry(clock), clock).await
}

/// Opens the directory again as soon as the life before has let go of it.
pub(crate) async fn reopen(dir: &TempDir, slots: usize, drill: &Arc<Drill>, clock: &Arc<TurnableClock>) -> Engine {
    open_patiently(dir, slots, &bare_registry(clock).with(Arc::<Drill>::clone(drill)), clock).await
}

async fn open_patiently(dir: &TempDir, slots: usize, registry: &Registry, clock: &Arc<TurnableClock>) -> Engine {
    let until = Instant::now() + DEADLINE;
    loop {
        let mut config = EngineConfig::new(dir.path());
        config.slots = NonZeroUsize::new(slots).expect("at least one slot");
        config.stop_grace = Duration::from_millis(300);
        match Engine::open(config, registry.clone(), Arc::<TurnableClock>::clone(clock)).await {
            Ok(engine) => return engine,
            Err(OpenError::InUse { .. }) if Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(error) => panic!("the plane opens: {error}"),
        }
    }
}

impl Plane {
    /// A running plane with 4 slots.
    pub(crate) async fn new() -> Self {
        Self::with_slots(4).await
    }

    pub(crate) async fn with_slots(slots: usize) -> Self {
        let plane = Self::resting(slots).await;
        plane.engine.start();
        plane
    }

    /// A plane that does not execute anything yet.
    pub(crate) async fn resting(slots: usize) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let (clock, drill) = (Arc::new(TurnableClock::default()), Arc::new(Drill::default()));
        let engine = reopen(&dir, slots, &drill, &clock).await;
        Self { dir, clock, drill, engine, slots }
    }

    /// Ends everything at once, as a crash would, and opens the directory again with a new drill.
    pub(crate) async fn crash(self) -> Self {
        let Self { dir, clock, engine, slots, .. } = self;
        drop(engine);
        let drill = Arc::new(Drill::default());
        let engine = reopen(&dir, slots, &drill, &clock).await;
        Self { dir, clock, drill, engine, slots }
    }

    /// Ends in order, and opens the directory again with a new drill.
    pub(crate) async fn restart(self, grace: Duration) -> (Self, engine::ShutdownReport) {
        let report = self.engine.shutdown(grace).await;
        (self.crash().await, report)
    }

    pub(crate) async fn create(&self, plan: Value) -> Run {
        self.try_create(plan).await.expect("the plan is accepted")
    }

    pub(crate) async fn try_create(&self, plan: Value) -> Result<Run, Error> {
        let new = NewRun { plan, template: None, team: engine::accounts::HOME.into(), idempotency_key: None };
        self.engine.create_run(new, &act()).await.map(|created| created.run)
    }

    /// A run of a template.
    pub(crate) async fn create_from(&self, template: &str, values: Value) -> Run {
        let values = values.as_object().cloned().unwrap_or_default();
        let plan = self.engine.fill_template(template, &values).await.expect("the values are good");
        self.create(plan).await
    }

    pub(crate) async fn run(&self, id: &RunId) -> Run {
        self.engine.run(id).await.expect("the run is there")
    }

    /// Waits until the run looks as wanted.
    pub(crate) async fn until(&self, id: &RunId, what: &str, wanted: impl Fn(&Run) -> bool) -> Run {
        let until = Instant::now() + DEADLINE;
        loop {
            let run = self.run(id).await;
            if wanted(&run) {
                return run;
            }
            assert!(Instant::now() < until, "waited in vain until {what}: {run:#?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until the run is over.
    pub(crate) async fn ended(&self, id: &RunId) -> Run {
        self.until(id, "the run is over", |run| run.summary.status.is_terminal()).await
    }

    pub(crate) async fn until_status(&self, id: &RunId, status: RunStatus) -> Run {
        self.until(id, status.as_str(), |run| run.summary.status == status).await
    }

    pub(crate) async fn until_step(&self, id: &RunId, name: &str, status: StepStatus) -> Run {
        let what = format!("{name} is {status}");
        self.until(id, &what, |run| step(run, name).status == status).await
    }

    /// Waits until so many attempts of the drill have started.
    pub(crate) async fn until_started(&self, attempts: usize) {
        let until = Instant::now() + DEADLINE;
        while self.drill.started.load(Ordering::SeqCst) < attempts {
            assert!(Instant::now() < until, "waited in vain for {attempts} attempts to start");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Kinds of all events of the run, oldest first.
    pub(crate) async fn kinds(&self, id: &RunId) -> Vec<EventKind> {
        let page = self.engine.events(id, 0, 1_000).await.expect("events can be read");
        page.items.iter().map(|event| event.kind).collect()
    }

    /// Stops the plane and asserts that everything in the database fits together.
    pub(crate) async fn finish(self) {
        self.engine.shutdown(Duration::from_secs(10)).await;
        let faults =
            engine::invariants::check_file(&self.dir.path().join("engine.db")).await.expect("it can be checked");
        assert_eq!(faults, Vec::<String>::new(), "every invariant holds at the end");
    }
}

pub(crate) fn step<'r>(run: &'r Run, name: &str) -> &'r Step {
    run.steps.iter().find(|step| step.name == name).expect("the step is there")
}

/// A plan of these steps.
pub(crate) fn plan(steps: Value) -> Value {
    let mut plan = json!({ "goal": "try the engine" });
    plan["steps"] = steps;
    plan
}

/// A plan of one drill step that does this.
pub(crate) fn drill(what: &str) -> Value {
    plan(json!([{ "name": "work", "tool": "drill", "inputs": { "do": what } }]))
}

/// The next item of a feed that is not over.
pub(crate) async fn next(feed: &mut BoxStream<'static, FeedItem>) -> FeedItem {
    let item = tokio::time::timeout(DEADLINE, feed.next()).await;
    item.expect("the feed is not silent").expect("the feed goes on")
}

/// A second connection to the database, to get in the way of the plane's.
pub(crate) async fn intruder(plane: &Plane) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(plane.dir.path().join("engine.db"));
    SqliteConnection::connect_with(&options).await.expect("the file can be opened")
}
