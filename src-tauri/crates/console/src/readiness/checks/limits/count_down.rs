//! Whether the limit counts.

use super::left::Left;
use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};
use control_plane::{Ask, Shown};
use domain::CheckStatus;

const REQUEST: &str = "rate limit headers of two answers, one after the other";

static FACTS: Facts = Facts {
    id: "limits.count_down",
    title: "The limit counts",
    proves: "What is left becomes less with each request, so that the limit is one.",
    subject: Subject::Limits,
    remedy: "Look whether the limiter of the plane sees each request, and under the right caller.",
    owner: "plane operator",
};

/// Whether the limit counts.
pub(crate) struct CountDown;

#[async_trait::async_trait]
impl Check for CountDown {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.way.is_tcp()
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let path = context.surface().await?.cheapest()?.path.clone();
    let mut said = Vec::new();
    // What was asked long ago may be forgiven in between, once.
    for _ in 0..2 {
        let first = Left::told(&context.ask(&Ask::get(path.clone(), Shown::Ours)).await?);
        let second = Left::told(&context.ask(&Ask::get(path.clone(), Shown::Ours)).await?);
        let (Some(first), Some(second)) = (first, second) else {
            return Err(Silence::Nothing("It does not tell how much is left, so it cannot be seen whether it counts."));
        };
        said.push(format!("{} then {}", first.remaining, second.remaining));
        if second.remaining < first.remaining {
            return Ok(Outcome::new(CheckStatus::Pass, REQUEST, said.join(", "), "Each request counts."));
        }
    }
    Ok(Outcome::new(CheckStatus::Fail, REQUEST, said.join(", "), "A request costs nothing."))
}
