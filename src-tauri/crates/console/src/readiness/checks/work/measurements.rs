//! Whether the plane can be watched by others.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::CheckStatus;

const REQUEST: &str = "measurements as Prometheus text";

static FACTS: Facts = Facts {
    id: "work.measurements",
    title: "Measurements can be read",
    proves: "Whoever watches the plane with Prometheus sees what this console sees.",
    subject: Subject::Work,
    remedy: "Let the key have `read` on the plane itself, and let a proxy in front pass `/metrics`.",
    owner: "plane operator",
};

/// Whether the plane can be watched by others.
pub(crate) struct Measurements;

#[async_trait::async_trait]
impl Check for Measurements {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let measured = context.measured().await?;
    let answer = format!("{} families", measured.families());
    Ok(if measured.families() > 0 {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "They can be read.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "This is no Prometheus text.")
    })
}
