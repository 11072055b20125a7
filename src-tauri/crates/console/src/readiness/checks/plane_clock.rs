//! How far the clock of the plane is from ours.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use domain::CheckStatus;
use tokio::time::Instant;

/// Seconds on a timeline are true up to here.
const GOOD_MS: i64 = 2_000;
/// Above this, ages on the screen are wrong.
const BEARABLE_MS: i64 = 30_000;

static FACTS: Facts = Facts {
    id: "plane.clock",
    title: "Clocks agree",
    proves: "Times of events can be compared with the time on this screen.",
    subject: Subject::Plane,
    remedy: "Synchronise the clocks of both machines (NTP).",
    owner: "plane operator",
};

/// How far the clock of the plane is from ours.
pub(crate) struct PlaneClock;

#[async_trait::async_trait]
impl Check for PlaneClock {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "time of the plane when it answered";
        let started = Instant::now();
        let identity = match context.port().await {
            Ok(port) => port.identity(context.call.context()).await,
            Err(error) => Err(error),
        };
        let identity = match identity {
            Ok(identity) => identity,
            Err(error) => return Outcome::unknown(REQUEST, &error),
        };
        let Some(theirs) = identity.server_time else {
            return Outcome::new(CheckStatus::Unknown, REQUEST, "no time", "This plane does not tell its time.");
        };
        let half = i64::try_from(started.elapsed().as_millis() / 2).unwrap_or(0);
        let skew = theirs.as_millis() + half - context.core.now().as_millis();
        let status = match skew.abs() {
            0..=GOOD_MS => CheckStatus::Pass,
            ..=BEARABLE_MS => CheckStatus::Warn,
            _ => CheckStatus::Fail,
        };
        Outcome::new(status, REQUEST, theirs.to_string(), format!("Its clock is {skew} ms ahead of ours."))
    }
}
