//! Clients that create, approve, retry and cancel as fast as they can, and write down what was acknowledged.

use crate::{ledger::Ledger, plane::Plane};
use client_breakwater::BreakwaterClient;
use control_plane::{CallContext, ControlPlane, NewRun, RunFilter, StepRetry};
use domain::{CorrelationId, GateState, RunId, RunStatus, Verdict};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::task::JoinHandle;

/// Clients at work.
#[derive(Debug)]
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    /// Lets every client notice that the plane is gone.
    pub(crate) async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.await.expect("a client does not panic");
        }
    }
}

pub(crate) fn context(random: &mut StdRng) -> CallContext {
    CallContext::new(CorrelationId::new(format!("crash-{:016x}", random.random::<u64>())))
}

/// Puts four clients to work.
pub(crate) fn start(plane: &Plane, ledger: &Ledger, seed: u64) -> Load {
    let stop = Arc::new(AtomicBool::new(false));
    let clients = (0..4)
        .map(|client| {
            let (plane, ledger, stop) = (Arc::clone(&plane.client), ledger.clone(), Arc::clone(&stop));
            let mut random = StdRng::seed_from_u64(seed.wrapping_add(client));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    act(&plane, &ledger, &mut random).await;
                }
            })
        })
        .collect();
    Load { stop, clients }
}

async fn act(plane: &BreakwaterClient, ledger: &Ledger, random: &mut StdRng) {
    let open = ledger.open_runs();
    match random.random_range(0..10) {
        0..=3 if open.len() < 60 => create(plane, ledger, random).await,
        4..=5 => approve_something(plane, ledger, random).await,
        6 => {
            if let Some(run) = open.choose(random) {
                cancel(plane, ledger, run, random).await;
            }
        }
        7 => retry_something(plane, ledger, random).await,
        _ => {
            if let Some(run) = open.choose(random) {
                look(plane, ledger, run, random).await;
            }
        }
    }
}

async fn create(plane: &BreakwaterClient, ledger: &Ledger, random: &mut StdRng) {
    let new = NewRun {
        plan: plan(random, &ledger.effects()),
        template: None,
        team: None,
        idempotency_key: format!("crash-key-{:016x}", random.random::<u64>()),
    };
    ledger.asked_to_create(&new);
    if let Ok(run) = plane.create_run(&context(random), &new).await {
        ledger.created(&new.idempotency_key, &run.summary.id);
    }
}

async fn look(plane: &BreakwaterClient, ledger: &Ledger, run: &RunId, random: &mut StdRng) {
    if let Ok(run) = plane.run(&context(random), run).await {
        ledger.seen(&run.summary);
    }
}

async fn cancel(plane: &BreakwaterClient, ledger: &Ledger, run: &RunId, random: &mut StdRng) {
    if plane.cancel_run(&context(random), run, "drill").await.is_ok() {
        ledger.cancel_acknowledged(run);
    }
}

async fn approve_something(plane: &BreakwaterClient, ledger: &Ledger, random: &mut StdRng) {
    let filter = RunFilter { statuses: vec![RunStatus::Waiting, RunStatus::Running], ..RunFilter::default() };
    let Ok(page) = plane.list_runs(&context(random), &filter).await else { return };
    let Some(run) = page.items.iter().find(|run| run.open_gates > 0) else { return };
    let Ok(run) = plane.run(&context(random), &run.id).await else { return };
    let open = run.steps.iter().find(|step| step.gate.as_ref().is_some_and(|gate| gate.state == GateState::Open));
    let Some(step) = open else { return };
    let verdict = if random.random_bool(0.8) { Verdict::Approve } else { Verdict::Reject };
    let decided = plane.decide_gate(&context(random), &run.summary.id, &step.name, verdict, Some("drill")).await;
    if decided.is_ok() {
        ledger.decided(&run.summary.id, &step.name, verdict);
    }
}

async fn retry_something(plane: &BreakwaterClient, ledger: &Ledger, random: &mut StdRng) {
    let filter = RunFilter { statuses: vec![RunStatus::Failed], ..RunFilter::default() };
    let Ok(page) = plane.list_runs(&context(random), &filter).await else { return };
    let Some(run) = page.items.choose(random) else { return };
    let Ok(run) = plane.run(&context(random), &run.id).await else { return };
    let Some(step) = run.steps.iter().find(|step| step.status.is_retryable()) else { return };
    // From here on the run may be re-opened even if the answer never comes.
    ledger.asked_to_retry(&run.summary.id);
    let retry = StepRetry { reason: "drill".to_owned(), inputs: None };
    let _ = plane.retry_step(&context(random), &run.summary.id, &step.name, &retry).await;
}

/// A plan with chains, branches, effects, retries, gates, waits and failures, mixed by chance.
fn plan(random: &mut StdRng, effects: &Path) -> Value {
    let count = random.random_range(1..7);
    let mut steps: Vec<Value> = Vec::new();
    for number in 0..count {
        let (tool, inputs) = tool(random, effects);
        let depends_on: Vec<String> =
            (0..number).filter(|_| random.random_bool(0.4)).map(|earlier| format!("s{earlier}")).collect();
        steps.push(json!({
            "name": format!("s{number}"),
            "tool": tool,
            "inputs": inputs,
            "depends_on": depends_on,
            "on_restart": if random.random_bool(0.5) { "rerun" } else { "fail" },
            "severity": if random.random_bool(0.2) { "warning" } else { "critical" },
            "retry": {"max_attempts": random.random_range(1..4), "delay": "20ms", "max_delay": "100ms"},
        }));
    }
    json!({"goal": "crash drill", "steps": steps})
}

fn tool(random: &mut StdRng, effects: &Path) -> (&'static str, Value) {
    // The attempt leaves a line with its own marker, then may work on for a while.
    let script = format!(
        "printf '%s\\n' \"$BREAKWATER_ATTEMPT\" >> '{}'; sleep 0.0{}",
        effects.display(),
        random.random_range(1..9)
    );
    match random.random_range(0..12) {
        0..=2 => ("echo", json!({"message": "ahoy"})),
        3..=6 => ("shell", json!({"script": script})),
        7 => ("fail", json!({"message": "drill", "times": random.random_range(1..4)})),
        8 => ("manual:drill", json!({"question": "Go on?"})),
        9 => ("wait", json!({"duration": "60ms"})),
        10 => ("gate:drill", json!({"argv": ["true"]})),
        _ => ("shell", json!({"argv": ["false"]})),
    }
}
