//! Whether the plane answers at all.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use domain::CheckStatus;

static FACTS: Facts = Facts {
    id: "plane.live",
    title: "The control plane is alive",
    proves: "The process answers.",
    subject: Subject::Plane,
    remedy: "Start it, or test the connection to see which hop fails.",
    owner: "plane operator",
};

/// Whether the plane answers at all.
pub(crate) struct PlaneLive;

#[async_trait::async_trait]
impl Check for PlaneLive {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "liveness of the plane";
        let facts = match context.port().await {
            Ok(port) => port.facts(context.call.context()).await,
            Err(error) => Err(error),
        };
        match facts.map(|facts| facts.live) {
            Ok(Ok(answer)) => Outcome::new(CheckStatus::Pass, REQUEST, answer, "It answers."),
            Ok(Err(error)) => {
                Outcome::new(CheckStatus::Fail, REQUEST, error.to_string(), "It does not say that it is alive.")
            }
            Err(error) => Outcome::new(CheckStatus::Fail, REQUEST, error.to_string(), "It cannot be asked."),
        }
    }
}
