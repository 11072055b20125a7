//! How long the plane takes to answer: the median of five round trips.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use domain::CheckStatus;
use std::time::Duration;
use tokio::time::Instant;

/// Round trips that are measured.
const ROUNDS: usize = 5;
/// The product's target for the 95th percentile of an answer.
const GOOD: Duration = Duration::from_millis(200);
/// Above this a person waits.
const BEARABLE: Duration = Duration::from_secs(1);

static FACTS: Facts = Facts {
    id: "plane.latency",
    title: "Answers are quick",
    proves: "A person who acts does not wait for the plane.",
    subject: Subject::Plane,
    remedy: "Look at the load of the plane and at the way to it.",
    owner: "plane operator",
};

/// How long the plane takes to answer: the median of five round trips.
pub(crate) struct PlaneLatency;

#[async_trait::async_trait]
impl Check for PlaneLatency {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "identity, five times in a row";
        let port = match context.port().await {
            Ok(port) => port,
            Err(error) => return Outcome::unknown(REQUEST, &error),
        };
        let mut times = [Duration::ZERO; ROUNDS];
        for time in &mut times {
            let started = Instant::now();
            if let Err(error) = port.identity(context.call.context()).await {
                return Outcome::unknown(REQUEST, &error);
            }
            *time = started.elapsed();
        }
        times.sort_unstable();
        let (median, slowest) = (times[ROUNDS / 2], times[ROUNDS - 1]);
        let status = match median {
            median if median <= GOOD => CheckStatus::Pass,
            median if median <= BEARABLE => CheckStatus::Warn,
            _ => CheckStatus::Fail,
        };
        let answer = format!("median {} ms, slowest {} ms", median.as_millis(), slowest.as_millis());
        let finding = format!("It takes {} ms; up to {} ms is good.", median.as_millis(), GOOD.as_millis());
        Outcome::new(status, REQUEST, answer, finding)
    }
}
