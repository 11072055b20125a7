//! How long the oldest queued run has been waiting.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use domain::CheckStatus;

/// Up to here a queue is just a queue.
const GOOD_MS: u64 = 60_000;
/// Above this the plane does not keep up.
const BEARABLE_MS: u64 = 10 * 60_000;

static FACTS: Facts = Facts {
    id: "plane.queue_age",
    title: "No run waits long",
    proves: "The plane keeps up with its work.",
    subject: Subject::Plane,
    remedy: "Cancel what is not needed, or give the plane more slots.",
    owner: "plane operator",
};

/// How long the oldest queued run has been waiting.
pub(crate) struct PlaneQueueAge;

#[async_trait::async_trait]
impl Check for PlaneQueueAge {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "depth and age of the queue";
        let facts = match context.port().await {
            Ok(port) => port.facts(context.call.context()).await,
            Err(error) => Err(error),
        };
        let facts = match facts {
            Ok(facts) => facts,
            Err(error) => return Outcome::unknown(REQUEST, &error),
        };
        match (facts.queue_depth, facts.oldest_queued_ms) {
            (Some(0), _) => Outcome::new(CheckStatus::Pass, REQUEST, "0 waiting", "Nothing waits."),
            (depth, Some(age)) => {
                let status = match age {
                    age if age <= GOOD_MS => CheckStatus::Pass,
                    age if age <= BEARABLE_MS => CheckStatus::Warn,
                    _ => CheckStatus::Fail,
                };
                let finding = format!("The oldest waits for {} s; up to a minute is good.", age / 1_000);
                let depth = depth.map_or_else(|| "some".to_owned(), |depth| depth.to_string());
                Outcome::new(status, REQUEST, format!("{depth} waiting, the oldest for {age} ms"), finding)
            }
            _ => Outcome::new(
                CheckStatus::Unknown,
                REQUEST,
                "no numbers",
                "This plane does not tell how long its queue is.",
            ),
        }
    }
}
