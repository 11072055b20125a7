//! Whether answers say what they are.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use control_plane::Heard;
use domain::CheckStatus;

const REQUEST: &str = "`Content-Type` of an answer and of refusals";

static FACTS: Facts = Facts {
    id: "contract.types",
    title: "Answers say what they are",
    proves: "No client has to guess at an answer, and no browser takes one for a page.",
    subject: Subject::Contract,
    remedy: "Let the plane send `Content-Type: application/json` with JSON, refusals included.",
    owner: "plane operator",
};

/// Whether answers say what they are.
pub(crate) struct Types;

#[async_trait::async_trait]
impl Check for Types {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let refusals = context.refusals().await?;
    let all = refusals.each().chain([("an answer", context.answer().await?)]);
    let is_json = |heard: &Heard| heard.header("content-type").is_some_and(|value| value.contains("json"));
    let wrong: Vec<_> =
        all.filter(|(_, heard)| !is_json(heard) && !heard.body.is_empty()).map(|(what, _)| what).collect();
    let answer = format!("{} of another type", wrong.len());
    Ok(if wrong.is_empty() {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Each says that it is JSON.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, format!("Not said to be JSON: {}.", wrong.join(", ")))
    })
}
