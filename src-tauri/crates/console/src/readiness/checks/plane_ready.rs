//! Whether the plane can do its work.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use domain::CheckStatus;

static FACTS: Facts = Facts {
    id: "plane.ready",
    title: "The control plane can work",
    proves: "Its database and its queue are usable.",
    subject: Subject::Plane,
    remedy: "Read the answer: it names the part that is not ready.",
    owner: "plane operator",
};

/// Whether the plane can do its work.
pub(crate) struct PlaneReady;

#[async_trait::async_trait]
impl Check for PlaneReady {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "readiness of the plane";
        let facts = match context.port().await {
            Ok(port) => port.facts(context.call.context()).await,
            Err(error) => Err(error),
        };
        match facts.map(|facts| facts.ready) {
            Ok(Ok(answer)) => Outcome::new(CheckStatus::Pass, REQUEST, answer, "It can take work."),
            Ok(Err(error)) => {
                Outcome::new(CheckStatus::Fail, REQUEST, error.to_string(), "It says that it cannot take work.")
            }
            Err(error) => Outcome::new(CheckStatus::Fail, REQUEST, error.to_string(), "It cannot be asked."),
        }
    }
}
