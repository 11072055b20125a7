//! The conformance story, told to a stand-in of each dialect over real HTTP, and what is particular to NOFX.

#![expect(clippy::expect_used, reason = "a set-up that breaks is a failed test")]

mod account_shapes;
mod accounts;
mod acts;
mod bills;
mod keys;
mod queue;
mod shapes;
mod surface;
mod teams;

use client_nofx::{Dialect, Limits, NofxClient};
use control_plane::{
    CallContext, ControlPlane, NewRun,
    conformance::{Harness, Planned, story},
};
use domain::{Action, Availability, CorrelationId, Run, RunStatus, Secret};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use testkit::{
    Loopback, eventually,
    stand_in::{Dialect as Stood, Nofx},
};

/// A stand-in that is served, and a client of it.
struct Scene {
    stand_in: Arc<Nofx>,
    server: Loopback,
    plane: NofxClient,
}

fn stand_in(dialect: Dialect) -> Nofx {
    Nofx::new(match dialect {
        Dialect::Express => Stood::Express,
        Dialect::Serverless => Stood::Serverless,
    })
}

async fn scene(stand_in: Nofx, credential: Option<&str>) -> Scene {
    let stand_in = Arc::new(stand_in);
    let server = Loopback::serve(Arc::clone(&stand_in)).await;
    let plane = NofxClient::new(&server.url(), credential.map(Secret::new), Limits::default()).expect("a client");
    Scene { stand_in, server, plane }
}

fn context() -> CallContext {
    CallContext::new(CorrelationId::new("nofx-1"))
}

fn plan(name: &str, tool: &str) -> Value {
    json!({ "goal": name, "steps": [{ "name": name, "tool": tool, "inputs": { "text": "hi" } }] })
}

fn new(plan: Value, key: &str) -> NewRun {
    NewRun { plan, template: None, team: None, idempotency_key: key.to_owned() }
}

#[async_trait::async_trait]
impl Harness for Scene {
    fn good(&self) -> Planned {
        Planned { plan: plan("say", "test:echo"), step: "say".to_owned() }
    }

    fn faulty(&self) -> Value {
        json!({ "goal": "nothing", "steps": [] })
    }

    fn failing(&self) -> Option<Planned> {
        Some(Planned { plan: plan("write", "codegen"), step: "write".to_owned() })
    }

    async fn mend(&self) {
        self.stand_in.mend();
    }

    fn gated(&self) -> Planned {
        Planned { plan: plan("ask", "manual:deploy"), step: "ask".to_owned() }
    }

    fn endless(&self) -> Planned {
        unreachable!("no run of NOFX can be cancelled")
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(10)
    }
}

/// A run that has reached this state.
async fn ended(plane: &NofxClient, plan: Value, key: &str, status: RunStatus) -> Run {
    let id = plane.create_run(&context(), &new(plan, key)).await.expect("a run is started").summary.id;
    eventually("the run ends", || async {
        plane.run(&context(), &id).await.ok().filter(|run| run.summary.status == status)
    })
    .await
}

#[tokio::test]
async fn the_express_server_as_published_keeps_to_the_port() {
    let scene = scene(Nofx::as_published(), None).await;
    story(&scene.plane, &scene).await;
}

#[tokio::test]
async fn the_express_server_with_all_of_its_parts_keeps_to_the_port() {
    let scene = scene(stand_in(Dialect::Express), Some("good")).await;
    story(&scene.plane, &scene).await;
    for action in [Action::DecideGate, Action::DeadLetters, Action::Templates] {
        assert_eq!(scene.plane.capabilities().of(action), Availability::Yes, "{action:?} was part of the story");
    }
}

#[tokio::test]
async fn the_serverless_functions_keep_to_the_port() {
    let scene = scene(stand_in(Dialect::Serverless), Some("any")).await;
    story(&scene.plane, &scene).await;
    for action in [Action::Events, Action::Steps, Action::RetryStep] {
        assert_eq!(scene.plane.capabilities().of(action), Availability::Yes, "{action:?} was part of the story");
    }
}
