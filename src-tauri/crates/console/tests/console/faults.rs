//! Every fault that a network or a dying server makes, before every kind of plane: what was known stays readable, calls
//! grow no more, the breaker opens, and when the fault is over the connection comes back by itself with nothing lost.

use crate::bench::{Bench, named, quick};
use console::{
    SyncMode,
    view::{AddConnection, CreateRun, RunQuery},
};
use domain::{ConnectionId, ConnectionState, ControlPlaneKind, Environment, RunId, RunStatus, SystemClock};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use testkit::{
    FakeControlPlane, Fault, FaultProxy, Loopback, Service, eventually,
    stand_in::{Dialect, FuzzyLlama, Nofx, StorePlatform},
};

/// A plane behind a proxy, watched by a console.
struct Scene {
    bench: Bench,
    proxy: FaultProxy,
    connection: ConnectionId,
    known: RunId,
    _server: Loopback,
}

impl Scene {
    async fn of<S: Service>(kind: ControlPlaneKind, plane: Arc<S>, token: Option<&str>, plan: Value) -> Self {
        let server = Loopback::serve(plane).await;
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
        let create = CreateRun {
            connection: Some(connection.clone()),
            plan,
            template: None,
            idempotency_key: Some("a-key-1".into()),
        };
        let known = bench.console.create_run(create).await.unwrap().run.summary.id;
        let scene = Self { bench, proxy, connection, known, _server: server };
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
        self.proxy.set(Fault::None);
        self.until(&[ConnectionState::Polled]).await;
        let after = self.readable().await;
        assert!(after.1 >= before.1 && after.2 >= before.2, "{fault:?}: nothing is lost by coming back: {after:?}");
    }
}

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
