//! The work of a drill: runs that ask one of the providers, submitted steadily, as anybody submits them.

use crate::{socket, start_error::StartError};
use client_breakwater::{BreakwaterClient, Limits};
use control_plane::{CallContext, ControlPlane as _, NewRun};
use domain::CorrelationId;
use serde_json::{Value, json};
use std::{path::Path, time::Duration};
use tokio::time::MissedTickBehavior;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

/// What is asked of each provider: its name in a plan, its model, and what the run is for.
const WORK: [(&str, &str, &str); 2] = [
    ("anthropic", "claude-sonnet-4-5", "Write the text of a product page"),
    ("openai", "gpt-4o", "Translate the text of a product page"),
];

/// Submits runs until it is ended.
#[derive(Debug)]
pub(super) struct Workload {
    tasks: TaskTracker,
    over: CancellationToken,
}

impl Workload {
    /// Begins to submit a run for each provider, and goes on so every so often.
    pub(super) fn begin(socket: &Path, every: Duration) -> Result<Self, StartError> {
        let client = socket::client(socket, Limits::default())?;
        let (tasks, over) = (TaskTracker::new(), CancellationToken::new());
        let told = over.clone();
        tasks.spawn(async move { told.run_until_cancelled(submit(&client, every)).await });
        Ok(Self { tasks, over })
    }

    /// Ends it, and waits until nothing is under way.
    pub(super) async fn end(&self) {
        self.over.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Workload {
    fn drop(&mut self) {
        self.over.cancel();
    }
}

async fn submit(client: &BreakwaterClient, every: Duration) {
    let mut beat = tokio::time::interval(every);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        for (provider, model, goal) in WORK {
            let context = CallContext::new(CorrelationId::new(Uuid::new_v4().simple().to_string()));
            let key = Uuid::new_v4().to_string();
            let new = NewRun { plan: plan(provider, model, goal), template: None, team: None, idempotency_key: key };
            if let Err(error) = client.create_run(&context, &new).await {
                tracing::warn!(%error, "a run of a drill was not taken");
            }
        }
    }
}

/// Each attempt is a single request, so that both can be counted against each other.
fn plan(provider: &str, model: &str, goal: &str) -> Value {
    json!({
        "goal": goal,
        "steps": [
            {
                "name": "ask",
                "tool": "ai",
                "inputs": {"provider": provider, "model": model, "max_tokens": 200, "prompt": "Describe the product."},
                "retry": {"max_attempts": 3, "delay": "5s", "max_delay": "15s"},
                "timeout": "90s",
            },
            {"name": "publish", "tool": "echo", "inputs": {"message": "published"}, "depends_on": ["ask"]},
        ],
    })
}
