//! The console before servers that answer as the originals answered: what was recorded is listed, read and kept, surprises
//! and all, also behind a network that fails.

use crate::bench::Bench;
use console::view::{AddConnection, RunQuery, RunRef, RunView};
use domain::{ConnectionId, ConnectionState, ControlPlaneKind, Environment, EventSource, RunStatus};
use testkit::{Fault, FaultProxy, Loopback, Replay, eventually};

/// A kind of server as it was recorded, and one of its runs.
struct Recorded {
    what: &'static str,
    kind: ControlPlaneKind,
    folder: &'static str,
    /// How the names of its recordings begin.
    prefix: &'static str,
    /// What comes after the host in its address.
    base: &'static str,
    token: Option<&'static str>,
    run: &'static str,
    status: RunStatus,
    steps: usize,
}

const SERVERS: [Recorded; 5] = [
    Recorded {
        what: "the store platform",
        kind: ControlPlaneKind::StorePlatform,
        folder: "store-platform",
        prefix: "",
        base: "",
        token: None,
        run: "083faed2-9f5f-478e-8b58-a3476900f052",
        status: RunStatus::Queued,
        steps: 3,
    },
    Recorded {
        what: "NOFX with a file store",
        kind: ControlPlaneKind::Nofx,
        folder: "nofx",
        prefix: "fs-",
        base: "",
        token: None,
        run: "b0995c30-e0a9-4576-918d-380c62e9d1ff",
        status: RunStatus::Succeeded,
        steps: 1,
    },
    Recorded {
        what: "NOFX with a database",
        kind: ControlPlaneKind::Nofx,
        folder: "nofx",
        prefix: "db-",
        base: "",
        token: None,
        run: "870df6d3-ed65-49dc-9eb3-d2f23c371dba",
        status: RunStatus::Succeeded,
        steps: 1,
    },
    Recorded {
        what: "NOFX as functions",
        kind: ControlPlaneKind::Nofx,
        folder: "nofx",
        prefix: "fn-",
        base: "/api",
        token: Some("any"),
        run: "0bf8169a-d2bb-4c36-a627-a5508161f23a",
        status: RunStatus::Succeeded,
        steps: 2,
    },
    Recorded {
        what: "FuzzyLlama",
        kind: ControlPlaneKind::Fuzzyllama,
        folder: "fuzzyllama",
        prefix: "",
        base: "",
        // Says of itself that it is an access token, which is all that is looked at here.
        token: Some("e30.eyJ0eXBlIjoiYWNjZXNzIn0.x"),
        run: "cmwou7qpt0002ow7dazaukh3v",
        status: RunStatus::Waiting,
        steps: 9,
    },
];

/// The run as the console tells of it, once it has listed what there is.
async fn told(bench: &Bench, connection: &ConnectionId, server: &Recorded) -> RunView {
    eventually(&format!("{} to be watched", server.what), async || {
        let views = bench.console.connections(()).await.unwrap();
        let state = views.iter().find(|view| view.connection.id == *connection)?.status.state;
        (state == ConnectionState::Polled).then_some(())
    })
    .await;
    eventually(&format!("runs of {} to be listed", server.what), async || {
        let query = RunQuery { connection: Some(connection.clone()), ..RunQuery::default() };
        let list = bench.console.runs(query).await.unwrap();
        (!list.items.is_empty()).then_some(())
    })
    .await;
    let wanted = RunRef { connection: Some(connection.clone()), run: server.run.into() };
    bench.console.run(wanted).await.unwrap()
}

async fn add(bench: &Bench, server: &Recorded, address: &str) -> ConnectionId {
    let add = AddConnection {
        name: server.what.into(),
        base_url: format!("{address}{}", server.base),
        kind: Some(server.kind),
        environment: Environment::Local,
        read_only: None,
        token: server.token.map(Into::into),
        session_only: false,
    };
    bench.console.add_connection(add).await.unwrap().connection.id
}

#[tokio::test]
async fn every_recorded_server_is_watched_and_its_run_is_told() {
    let bench = Bench::live().await;
    for server in &SERVERS {
        let replay = Replay::of(server.folder, |name| name.starts_with(server.prefix));
        let served = Loopback::serve(replay).await;
        let connection = add(&bench, server, &served.url()).await;
        let run = told(&bench, &connection, server).await.run;
        assert_eq!((run.summary.status, run.steps.len()), (server.status, server.steps), "{}", server.what);
        let events = bench.console.run_events(crate::bench::sequence(&server.run.into())).await.unwrap().items;
        assert!(!events.is_empty(), "{}: something happened", server.what);
        let is_marked = |source: &EventSource| !matches!(source, EventSource::Told);
        assert!(events.iter().all(|event| is_marked(&event.source)), "{}: by its own name or as seen", server.what);
    }
    bench.console.shutdown().await;
}

#[tokio::test]
async fn a_recorded_server_behind_a_fault_is_readable_as_it_was() {
    let bench = Bench::live().await;
    let original = &SERVERS[4];
    let served = Loopback::serve(Replay::of(original.folder, |_| true)).await;
    let proxy = FaultProxy::before(served.address()).await;
    let connection = add(&bench, original, &proxy.url()).await;
    let before = told(&bench, &connection, original).await;
    for fault in [Fault::Truncated, Fault::Page, Fault::Storm(503)] {
        proxy.set(fault);
        eventually(&format!("{fault:?} to be noticed"), async || {
            let views = bench.console.connections(()).await.unwrap();
            let state = views.iter().find(|view| view.connection.id == connection)?.status.state;
            (state != ConnectionState::Polled).then_some(())
        })
        .await;
        let wanted = RunRef { connection: Some(connection.clone()), run: original.run.into() };
        let meanwhile = bench.console.run(wanted).await.unwrap();
        assert_eq!(meanwhile.run, before.run, "{fault:?}: what was told stays as it was told");
        proxy.set(Fault::None);
        told(&bench, &connection, original).await;
    }
    bench.console.shutdown().await;
}
