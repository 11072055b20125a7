//! Whether there are steps that nothing will try again by itself.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use domain::CheckStatus;

static FACTS: Facts = Facts {
    id: "plane.dead_letters",
    title: "No dead letters",
    proves: "No work has silently been given up.",
    subject: Subject::Plane,
    remedy: "Open each dead letter, retry its step or cancel its run.",
    owner: "on-call",
};

/// Whether there are steps that nothing will try again by itself.
pub(crate) struct PlaneDeadLetters;

#[async_trait::async_trait]
impl Check for PlaneDeadLetters {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "number of dead letters";
        let facts = match context.port().await {
            Ok(port) => port.facts(context.call.context()).await,
            Err(error) => Err(error),
        };
        match facts.map(|facts| facts.dead_letters) {
            Ok(Some(0)) => Outcome::new(CheckStatus::Pass, REQUEST, "0", "Nothing was given up."),
            Ok(Some(count)) => {
                Outcome::new(CheckStatus::Warn, REQUEST, count.to_string(), "Steps wait for somebody to decide.")
            }
            Ok(None) => {
                Outcome::new(CheckStatus::Unknown, REQUEST, "no number", "This plane does not tell its dead letters.")
            }
            Err(error) => Outcome::unknown(REQUEST, &error),
        }
    }
}
