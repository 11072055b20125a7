//! Every fault that a network or a dying server makes, before every kind of plane: what was known stays readable, calls
//! grow no more, the breaker opens, and when the fault is over the connection comes back by itself with nothing lost.
//! An act meanwhile ends soon, says why, is on record, and happens at most once, whatever became of its answer.

use crate::bench::{Bench, named, quick};
use console::{
    SyncMode,
    view::{AddConnection, CreateRun, RunQuery},
};
use domain::{
    Action, Availability, ConnectionId, ConnectionState, ControlPlaneKind, Environment, RunId, RunStatus, SystemClock,
};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use testkit::{
    Asked, FakeControlPlane, Fault, FaultProxy, Loopback, Said, Service, eventually,
    stand_in::{Dialect, FuzzyLlama, Nofx, StorePlatform},
};

/// Counts the requests that reach a plane and are to change something.
struct Counted<S> {
    plane: Arc<S>,
    acts: Arc<AtomicUsize>,
}

impl<S: Service> Service for Counted<S> {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        let is_an_act = !asked.path.contains("/auth/") && !asked.path.starts_with("/socket.io/");
        if asked.method != "GET" && is_an_act {
            self.acts.fetch_add(1, Ordering::SeqCst);
        }
        Arc::clone(&self.plane).answer(asked)
    }
}

/// A plane behind a proxy, watched by a console.
struct Scene {
    bench: Bench,
    proxy: FaultProxy,
    connection: ConnectionId,
    known: RunId,
    plan: Value,
    /// Acts that reached the plane.
    acts: Arc<AtomicUsize>,
    _server: Loopback,
}

impl Scene {
    async fn of<S: Service>(kind: ControlPlaneKind, plane: Arc<S>, token: Option<&str>, plan: Value) -> Self {
        let acts = Arc::new(AtomicUsize::new(0));
        let server = Loopback::serve(Arc::new(Counted { plane, acts: Arc::clone(&acts) })).await;
        let proxy = FaultProxy::before(server.address()).await;
        let bench = Bench::over(FakeControlPlane::new(Arc::new(SystemClock)), SyncMode::Live, quick()).await;
        let add = AddConnection {
            name: "the plane".into(),
            base_url: proxy.url(),
            kind: Some(kind),
            environment: Environment::Local,
            read_only: None,
            token: token.map(Into::into),
            session_only: false,
        };
        let connection = bench.console.add_connection(add).await.unwrap().connection.id;
        let create = create(&connection, &plan, "a-key-1");
        let known = bench.console.create_run(create).await.unwrap().run.summary.id;
        let scene = Self { bench, proxy, connection, known, plan, acts, _server: server };
        scene.until(&[ConnectionState::Polled]).await;
        eventually("the run to be known", async || {
            scene.bench.console.run(named(&scene.known)).await.ok().filter(|view| view.run.summary.last_seq > 0)
        })
        .await;
        scene
    }

    async fn until(&self, states: &[ConnectionState]) -> ConnectionState {
        eventually(&format!("the connection to be one of {states:?}"), async || {
            let views = self.bench.console.connections(()).await.unwrap();
            let state = views.iter().find(|view| view.connection.id == self.connection)?.status.state;
            states.contains(&state).then_some(state)
        })
        .await
    }

    /// Status, events and runs that a person can read, which waits for no network.
    async fn readable(&self) -> (RunStatus, u64, usize) {
        let reading = async {
            let view = self.bench.console.run(named(&self.known)).await.unwrap();
            let query = RunQuery { connection: Some(self.connection.clone()), ..RunQuery::default() };
            let list = self.bench.console.runs(query).await.unwrap();
            (view.run.summary.status, view.run.summary.last_seq, list.items.len())
        };
        tokio::time::timeout(Duration::from_millis(400), reading).await.unwrap()
    }

    /// How often breakers of the connection have opened.
    async fn times_opened(&self) -> u64 {
        let breakers = self.bench.console.breakers(()).await.unwrap();
        let own = breakers.iter().filter(|view| view.breaker.connection.as_ref() == Some(&self.connection));
        own.map(|view| view.breaker.times_opened).sum()
    }

    /// Requests in so much time.
    async fn requests_in(&self, time: Duration) -> usize {
        let before = self.proxy.requests();
        tokio::time::sleep(time).await;
        self.proxy.requests() - before
    }

    /// Tells the whole story of one fault. Healthy, the plane got so many requests in [`LASTS`].
    async fn endure(&self, fault: Fault, healthy: usize) {
        let (before, opened) = (self.readable().await, self.times_opened().await);
        self.proxy.set(fault);
        let lost = [ConnectionState::Offline, ConnectionState::Late, ConnectionState::Incompatible];
        self.until(&lost).await;
        if fault != Fault::Storm(429) {
            let opens = async || (self.times_opened().await > opened).then_some(());
            eventually(&format!("the breaker to open for {fault:?}"), opens).await;
        }
        let sent = self.requests_in(LASTS).await;
        assert!(
            sent * 10 <= healthy * 11,
            "{fault:?}: {sent} requests to a plane that could not answer, {healthy} to one that did"
        );
        let meanwhile = self.readable().await;
        assert!(meanwhile.1 >= before.1 && meanwhile.2 >= before.2, "{fault:?}: what was known stays: {meanwhile:?}");
        if fault == Fault::Storm(429) {
            assert_eq!(self.times_opened().await, opened, "a plane that asks for fewer calls is alive");
            assert!(sent <= 3, "it asked to be left alone for a second each time, and was asked {sent} times");
        }
        let act = self.act_during(fault).await;
        self.proxy.set(Fault::None);
        self.until(&[ConnectionState::Polled]).await;
        let repeated = self.repeat(fault, act).await;
        let after = self.readable().await;
        assert!(after.2 >= before.2 + usize::from(repeated), "{fault:?}: what was made meanwhile is there: {after:?}");
        assert!(after.1 >= before.1 && after.2 >= before.2, "{fault:?}: nothing is lost by coming back: {after:?}");
    }
}

/// An act under a fault: the key of what was to be made, and how many acts had reached the plane before.
struct Tried {
    key: String,
    reached: usize,
}

impl Scene {
    /// Tries to make something while nothing can be made. The breaker of acts may refuse it, which counts as well.
    async fn act_during(&self, fault: Fault) -> Tried {
        let (key, reached) = (format!("during-{fault:?}").replace(['(', ')'], "-"), self.acts.load(Ordering::SeqCst));
        let acting = self.bench.console.create_run(create(&self.connection, &self.plan, &key));
        let error = tokio::time::timeout(PATIENCE, acting).await.unwrap().unwrap_err();
        let known = ["offline", "incompatible", "throttled", "breaker_open"];
        assert!(known.contains(&error.code.as_str()), "{fault:?}: it says why: {error:?}");
        let acts = self.bench.console.acts(()).await.unwrap();
        let record = acts.iter().find(|act| act.correlation_id == error.correlation_id);
        let record = record.map(|act| (act.action.as_str(), act.outcome.as_str()));
        assert_eq!(record, Some(("create_run", error.code.as_str())), "{fault:?}: it is on record as what it was");
        Tried { key, reached }
    }

    /// Makes it again once the plane answers, where that is safe; says whether it did.
    async fn repeat(&self, fault: Fault, tried: Tried) -> bool {
        let views = self.bench.console.connections(()).await.unwrap();
        let view = views.iter().find(|view| view.connection.id == self.connection).unwrap();
        let is_safe = view.status.capabilities.of(Action::RepeatCreate) == Availability::Yes;
        let reached = self.acts.load(Ordering::SeqCst) - tried.reached;
        if !is_safe {
            assert!(reached <= 1, "{fault:?}: what may not be repeated was sent once, and not {reached} times");
            return false;
        }
        let again = async || {
            let create = create(&self.connection, &self.plan, &tried.key);
            eventually("the breaker of acts to let it through", async || {
                self.bench.console.create_run(create.clone()).await.ok()
            })
            .await
        };
        let (first, second) = (again().await.run.summary.id, again().await.run.summary.id);
        assert_eq!(first, second, "{fault:?}: the same key is the same run, whatever became of the first answer");
        true
    }
}

fn create(connection: &ConnectionId, plan: &Value, key: &str) -> CreateRun {
    CreateRun {
        connection: Some(connection.clone()),
        plan: plan.clone(),
        template: None,
        team: None,
        idempotency_key: Some(key.to_owned()),
    }
}

/// No act takes longer: three attempts and the pauses between them.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a fault lasts once it has been noticed; several times as long as the breaker stays open.
const LASTS: Duration = Duration::from_millis(1200);

async fn matrix(scene: Scene) {
    let healthy = scene.requests_in(LASTS).await;
    for fault in Fault::ALL {
        scene.endure(fault, healthy).await;
    }
    scene.bench.console.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_platform_behind_every_fault() {
    let plan = json!({"name": "endless shop", "engine": "medusa"});
    matrix(Scene::of(ControlPlaneKind::StorePlatform, Arc::new(StorePlatform::default()), None, plan).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nofx_server_behind_every_fault() {
    let plan = json!({"goal": "say", "steps": [{"name": "say", "tool": "test:echo", "inputs": {"text": "hi"}}]});
    matrix(Scene::of(ControlPlaneKind::Nofx, Arc::new(Nofx::new(Dialect::Express)), None, plan).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nofx_functions_behind_every_fault() {
    let plan = json!({"goal": "say", "steps": [{"name": "say", "tool": "test:echo", "inputs": {"text": "hi"}}]});
    matrix(Scene::of(ControlPlaneKind::Nofx, Arc::new(Nofx::new(Dialect::Serverless)), Some("any"), plan).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fuzzyllama_behind_every_fault() {
    let plan = json!({"description": "a project that waits for its first gate"});
    let token = Some("ops@example.com:Passw0rd1");
    matrix(Scene::of(ControlPlaneKind::Fuzzyllama, FuzzyLlama::new(), token, plan).await).await;
}
