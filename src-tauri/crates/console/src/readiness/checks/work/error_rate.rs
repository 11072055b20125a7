//! How many requests the plane failed to answer.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::CheckStatus;

const REQUEST: &str = "requests by status among the measurements";

static FACTS: Facts = Facts {
    id: "work.error_rate",
    title: "Few requests fail",
    proves: "The plane fails at less than one request of a hundred by a defect of its own.",
    subject: Subject::Work,
    remedy: "Look into the log of the plane for answers of 500 and above.",
    owner: "plane operator",
};

/// How many requests the plane failed to answer.
pub(crate) struct ErrorRate;

#[async_trait::async_trait]
impl Check for ErrorRate {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let measured = context.measured().await?;
    let counts = measured.by_label("breakwater_http_requests_total", "status");
    let all: u64 = counts.values().sum();
    let failed: u64 = counts.iter().filter(|(status, _)| status.starts_with('5')).map(|(_, count)| count).sum();
    if all == 0 {
        return Err(Silence::Nothing("This plane does not count its requests by status."));
    }
    let answer = format!("{failed} of {all} since it was started");
    let status = match failed.saturating_mul(100) {
        hundredfold if hundredfold < all => CheckStatus::Pass,
        hundredfold if hundredfold < all.saturating_mul(5) => CheckStatus::Warn,
        _ => CheckStatus::Fail,
    };
    Ok(Outcome::new(status, REQUEST, answer, "Less than one of a hundred is good."))
}
