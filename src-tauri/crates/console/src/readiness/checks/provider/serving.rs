//! Whether an AI provider serves the plane.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::{BreakerState, CheckStatus};

const REQUEST: &str = "breakers round AI providers";

static FACTS: Facts = Facts {
    id: "provider.serving",
    title: "An AI provider serves",
    proves: "Steps that ask a model get an answer from one provider at least.",
    subject: Subject::Providers,
    remedy: "Look at the status page of the provider, or name another one in the plan.",
    owner: "on-call",
};

/// Whether an AI provider serves the plane.
pub(crate) struct Serving;

#[async_trait::async_trait]
impl Check for Serving {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let breakers = context.port().await?.breakers(context.call.context()).await?;
    let providers: Vec<_> = breakers.iter().filter(|breaker| breaker.id.starts_with("ai:")).collect();
    let serving = providers.iter().filter(|breaker| breaker.state == BreakerState::Closed).count();
    let answer = format!("{serving} of {} serve", providers.len());
    Ok(match (serving, providers.len()) {
        (_, 0) => {
            Outcome::new(CheckStatus::Pass, REQUEST, answer, "No step has asked a model, so nothing depends on one.")
        }
        (0, _) => Outcome::new(CheckStatus::Fail, REQUEST, answer, "None of them lets calls through."),
        _ => Outcome::new(CheckStatus::Pass, REQUEST, answer, "Calls get through."),
    })
}
