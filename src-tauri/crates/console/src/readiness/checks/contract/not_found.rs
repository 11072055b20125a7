//! Whether what is not there is answered with 404.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::CheckStatus;

const REQUEST: &str = "an unknown path and an unknown thing";

static FACTS: Facts = Facts {
    id: "contract.not_found",
    title: "What is not there is not found",
    proves: "A client can tell a mistyped path or id from a plane that is broken.",
    subject: Subject::Contract,
    remedy: "Let the plane answer 404 for unknown paths and ids, and 500 for its own defects alone.",
    owner: "plane operator",
};

/// Whether what is not there is answered with 404.
pub(crate) struct NotFound;

#[async_trait::async_trait]
impl Check for NotFound {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let refusals = context.refusals().await?;
    let said: Vec<_> =
        [Some(&refusals.path), refusals.thing.as_ref()].into_iter().flatten().map(|heard| heard.status).collect();
    let answer = said.iter().map(u16::to_string).collect::<Vec<_>>().join(" and ");
    Ok(if said.iter().all(|status| *status == 404) {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Neither is found.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "What is not there is answered with something else than 404.")
    })
}
