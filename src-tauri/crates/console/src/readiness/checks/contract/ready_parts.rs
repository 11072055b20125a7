//! Whether readiness says what it is made of.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use control_plane::{Ask, Heard, Purpose, Shown};
use domain::CheckStatus;
use serde_json::Value;

const REQUEST: &str = "readiness as a stranger";

static FACTS: Facts = Facts {
    id: "contract.ready_parts",
    title: "Readiness names its parts",
    proves: "Whoever is woken up reads in one answer which part of the plane cannot work.",
    subject: Subject::Contract,
    remedy: "Let readiness name each part that it looked at, its database first, and whether it is usable.",
    owner: "plane operator",
};

/// Whether readiness says what it is made of.
pub(crate) struct ReadyParts;

#[async_trait::async_trait]
impl Check for ReadyParts {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let surface = context.surface().await?;
    let (live, ready) = (surface.at(Purpose::Live)?, surface.at(Purpose::Ready)?);
    let ready = context.ask(&Ask::get(ready.path.clone(), Shown::Nobody)).await?;
    let live = context.ask(&Ask::get(live.path.clone(), Shown::Nobody)).await?;
    let text = String::from_utf8_lossy(&ready.body).to_lowercase();
    let names_database = ["database", "postgres", "sqlite", "storage"].iter().any(|word| text.contains(word));
    let answer = format!("{}, {} bytes", ready.status, ready.body.len());
    Ok(if ready.body == live.body || (ready.json().is_some() && said(&ready) == said(&live)) {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "It says the same as liveness.")
    } else if ready.json().is_some() && names_database {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "It names its database among what it looked at.")
    } else {
        Outcome::new(CheckStatus::Warn, REQUEST, answer, "It does not name what it looked at.")
    })
}

/// What an answer says, without what differs from one answer to the next.
fn said(heard: &Heard) -> Option<Value> {
    let mut json = heard.json()?;
    without_moments(&mut json);
    Some(json)
}

fn without_moments(value: &mut Value) {
    let Value::Object(entries) = value else { return };
    entries.retain(|name, _| !["timestamp", "time", "uptime", "requestId"].contains(&name.as_str()));
    entries.values_mut().for_each(without_moments);
}
