//! Whether a request that is sent twice is carried out once.

use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};
use control_plane::NewRun;
use domain::{CheckStatus, ControlPlaneKind};
use serde_json::json;
use std::collections::BTreeSet;

const REQUEST: &str = "the same new run twice with one key; it waits for a minute and is cancelled at the end";

static FACTS: Facts = Facts {
    id: "contract.idempotency",
    title: "A repeated request acts once",
    proves: "A client that lost an answer can ask again without starting a second run.",
    subject: Subject::Contract,
    remedy: "Let the plane keep the idempotency key with the run, in one transaction.",
    owner: "plane operator",
};

/// Whether a request that is sent twice is carried out once.
pub(crate) struct Idempotency;

#[async_trait::async_trait]
impl Check for Idempotency {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.is_kind(ControlPlaneKind::Breakwater)
    }

    fn manner(&self) -> Manner {
        Manner::Writes
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let port = context.port().await?;
    let id = uuid::Uuid::now_v7().simple().to_string();
    let new = NewRun {
        plan: json!({
            "goal": format!("Readiness probe {id}"),
            "steps": [{ "name": "wait", "tool": "wait", "inputs": { "duration": "1m" } }],
        }),
        template: None,
        team: None,
        idempotency_key: format!("readiness-{id}"),
    };
    let first = port.create_run(context.call.context(), &new).await?;
    let second = port.create_run(context.call.context(), &new).await;
    let mut made = BTreeSet::from([first.summary.id]);
    if let Ok(second) = &second {
        made.insert(second.summary.id.clone());
    }
    let mut left = 0_usize;
    for run in &made {
        left += usize::from(port.cancel_run(context.call.context(), run, "the readiness probe is over").await.is_err());
    }
    second?;
    let answer = format!("{} runs made, {left} not cancelled", made.len());
    Ok(match (made.len(), left) {
        (1, 0) => Outcome::new(CheckStatus::Pass, REQUEST, answer, "It was carried out once."),
        (1, _) => Outcome::new(
            CheckStatus::Warn,
            REQUEST,
            answer,
            "It was carried out once, and the run could not be cancelled.",
        ),
        _ => Outcome::new(CheckStatus::Fail, REQUEST, answer, "It was carried out twice."),
    })
}
