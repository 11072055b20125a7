//! Whether strangers are limited, and apart from those who are known.

use super::left::Left;
use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::CheckStatus;

const REQUEST: &str = "rate limit headers of a refusal, before and after that of another one";

static FACTS: Facts = Facts {
    id: "limits.strangers",
    title: "Strangers are limited",
    proves: "Whoever guesses credentials is stopped, and uses nothing up that others need.",
    subject: Subject::Limits,
    remedy: "Let the plane count requests that it refuses by address, in a limit of their own.",
    owner: "plane operator",
};

/// Whether strangers are limited, and apart from those who are known.
pub(crate) struct Strangers;

#[async_trait::async_trait]
impl Check for Strangers {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.way.is_tcp()
    }

    fn manner(&self) -> Manner {
        Manner::Knocks
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let list = context.surface().await?.at(Purpose::List)?.path.clone();
    let stranger = Ask::get(list, Shown::Nobody);
    let (first, second) = (context.ask(&stranger).await?, context.ask(&stranger).await?);
    let (Some(first), Some(second)) = (Left::told(&first), Left::told(&second)) else {
        return Ok(Outcome::new(CheckStatus::Fail, REQUEST, "none", "A stranger is not told of any limit."));
    };
    let answer = format!("{} of {}, then {}", first.remaining, first.limit, second.remaining);
    Ok(if second.remaining < first.remaining || second.remaining == 0 {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Each refused request counts.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "A stranger may ask without end.")
    })
}
