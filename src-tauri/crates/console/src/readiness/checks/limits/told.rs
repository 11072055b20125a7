//! Whether answers tell how much may still be asked.

use super::left::Left;
use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};
use domain::CheckStatus;

/// Longest time that a limit may sensibly look back, in seconds.
const LONGEST: u64 = 86_400;

const REQUEST: &str = "rate limit headers of an answer";

static FACTS: Facts = Facts {
    id: "limits.told",
    title: "Answers tell how much is left",
    proves: "A client can slow down before it is refused.",
    subject: Subject::Limits,
    remedy: "Let the plane send `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` with every answer.",
    owner: "plane operator",
};

/// Whether answers tell how much may still be asked.
pub(crate) struct Told;

#[async_trait::async_trait]
impl Check for Told {
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
    let Some(left) = Left::told(context.answer().await?) else {
        return Ok(Outcome::new(CheckStatus::Fail, REQUEST, "none", "It does not tell how much may still be asked."));
    };
    let answer = format!("{} of {} left, anew in {} s", left.remaining, left.limit, left.reset);
    Ok(if left.remaining > left.limit || left.limit == 0 || left.reset > LONGEST {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "These numbers cannot be true.")
    } else {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "It tells how much may still be asked.")
    })
}
