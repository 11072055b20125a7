//! What the tests share: a stand-in behind a port, and clients of it.

use client_fuzzyllama::{FuzzyLlamaClient, Limits};
use control_plane::{CallContext, ControlPlane, NewRun};
use domain::{CorrelationId, Run, RunId, Secret, Verdict};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use testkit::stand_in::FuzzyLlama;
use testkit::{Asked, Loopback, Said, Service};

/// A stand-in that can be called.
pub(crate) struct Bench {
    pub(crate) plane: Arc<FuzzyLlama>,
    pub(crate) server: Loopback,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let plane = FuzzyLlama::new();
        let server = Loopback::serve(Arc::clone(&plane)).await;
        Self { plane, server }
    }

    /// A client of the first user.
    pub(crate) fn client(&self) -> FuzzyLlamaClient {
        self.client_with(Some("ops@example.com:Passw0rd1"))
    }

    pub(crate) fn client_with(&self, credential: Option<&str>) -> FuzzyLlamaClient {
        client(&self.server.url(), credential)
    }
}

/// The stand-in behind something that answers in its place where a path begins like this.
pub(crate) struct Bent {
    pub(crate) plane: Arc<FuzzyLlama>,
    pub(crate) at: &'static str,
    pub(crate) said: Said,
}

impl Service for Bent {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        if asked.path.starts_with(self.at) {
            return Box::pin(async move { self.said.clone() });
        }
        Arc::clone(&self.plane).answer(asked)
    }
}

/// A client of the first user that reaches the stand-in past what bends its answers.
pub(crate) async fn bent(plane: &Arc<FuzzyLlama>, at: &'static str, said: Said) -> (Loopback, FuzzyLlamaClient) {
    let server = Loopback::serve(Arc::new(Bent { plane: Arc::clone(plane), at, said })).await;
    let client = client(&server.url(), Some("ops@example.com:Passw0rd1"));
    (server, client)
}

/// A client of any server.
pub(crate) fn client(url: &str, credential: Option<&str>) -> FuzzyLlamaClient {
    FuzzyLlamaClient::new(url, credential.map(Secret::new), limits()).expect("a client")
}

/// Short, so that a server that says nothing costs no time.
pub(crate) fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(2),
        read: Duration::from_millis(1500),
        call: Duration::from_secs(3),
        silence: Duration::from_millis(300),
        body: 256 * 1024,
    }
}

pub(crate) fn context() -> CallContext {
    CallContext::new(CorrelationId::new("bench-1"))
}

/// A new run whose agents do as the description says.
pub(crate) async fn start(client: &FuzzyLlamaClient, description: &str) -> RunId {
    let new = new_run(json!({ "description": description }));
    client.create_run(&context(), &new).await.expect("a run is created").summary.id
}

pub(crate) fn new_run(plan: Value) -> NewRun {
    NewRun { plan, template: None, team: None, idempotency_key: "key-1".to_owned() }
}

/// Approves the gates before this one, all of which a person decides, and waits until this one is asked for.
pub(crate) async fn walk_to(client: &FuzzyLlamaClient, id: &RunId, number: usize) -> Run {
    for gate in 1..number {
        until(client, id, |run| run.steps[gate - 1].waiting_for.is_some()).await;
        let step = format!("G{gate}");
        client.decide_gate(&context(), id, &step, Verdict::Approve, None).await.expect("approved");
    }
    until(client, id, |run| run.steps[number - 1].waiting_for.is_some()).await
}

/// Reads a run until it is as wanted. Each reading lets the agents take a step.
pub(crate) async fn until(client: &FuzzyLlamaClient, id: &RunId, reached: impl Fn(&Run) -> bool) -> Run {
    for _ in 0..40 {
        let run = client.run(&context(), id).await.expect("the run is read");
        if reached(&run) {
            return run;
        }
    }
    panic!("the run {id} never got there")
}
