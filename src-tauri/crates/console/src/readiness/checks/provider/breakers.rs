//! Whether the plane gets through to what it depends on.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    checks::plain,
    seen::Silence,
};
use domain::{Breaker, BreakerState, CheckStatus};
use std::time::Duration;

/// What was called within this time is in use.
const LATELY: Duration = Duration::from_hours(24);

const REQUEST: &str = "every breaker of the plane";

static FACTS: Facts = Facts {
    id: "provider.breakers",
    title: "The breakers of the plane are closed",
    proves: "No run waits or fails because something that it calls is cut off.",
    subject: Subject::Providers,
    remedy: "Open the breaker, look at the runs that it hurts, then wait for its probe or reset it.",
    owner: "on-call",
};

/// Whether the plane gets through to what it depends on.
pub(crate) struct Breakers;

#[async_trait::async_trait]
impl Check for Breakers {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let breakers = context.port().await?.breakers(context.call.context()).await?;
    let now = context.core.now();
    let is_open = |breaker: &&Breaker| matches!(breaker.state, BreakerState::Open | BreakerState::Isolated);
    let open: Vec<_> = breakers.iter().filter(is_open).collect();
    // One that nobody has called for a day hurts nobody now.
    let is_used = |breaker: &&&Breaker| breaker.last_call_at.is_some_and(|at| now.since(at) < LATELY);
    let hurting: Vec<_> = open.iter().filter(is_used).map(|breaker| plain(&breaker.id)).collect();
    let answer = format!("{} breakers, {} open", breakers.len(), open.len());
    Ok(if !hurting.is_empty() {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, format!("Open, with traffic: {}.", hurting.join(", ")))
    } else if open.is_empty() {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Each of them lets calls through.")
    } else {
        Outcome::new(
            CheckStatus::Warn,
            REQUEST,
            answer,
            "Some are open, and nothing was called through them for a day.",
        )
    })
}
