//! Whether a correlation id comes back.

use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::CheckStatus;

const REQUEST: &str = "an answer and a refusal with a correlation id, and one with an id of 5,000 characters";

static FACTS: Facts = Facts {
    id: "contract.correlation",
    title: "The correlation id comes back",
    proves: "What one request of an operator causes can be found in every log by one id.",
    subject: Subject::Contract,
    remedy: "Let the plane send the correlation id that it was given with every answer, refusals too, and none that could forge a log.",
    owner: "plane operator",
};

/// Whether a correlation id comes back.
pub(crate) struct Correlation;

#[async_trait::async_trait]
impl Check for Correlation {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn manner(&self) -> Manner {
        Manner::Knocks
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let surface = context.surface().await?;
    let (who, header) = (surface.cheapest()?.path.clone(), surface.manners.correlation);
    let list = surface.at(Purpose::List)?.path.clone();
    let mut missing = Vec::new();
    for (what, path, shown) in
        [("an answer", who.clone(), Shown::Ours), ("a refusal", format!("{list}-never"), Shown::Nobody)]
    {
        let given = format!("readiness-{}", uuid::Uuid::now_v7().simple());
        let heard = context.ask(&Ask::get(path, shown).header(header, given.clone())).await?;
        if heard.header(header) != Some(&given) {
            missing.push(what);
        }
    }
    let long = context.ask(&Ask::get(who, Shown::Ours).header(header, "x".repeat(5_000))).await?;
    let is_echoed = long.header(header).is_some_and(|value| value.len() > 255);
    let answer = format!("{} of 2 came back; to the long one {}", 2 - missing.len(), long.status);
    Ok(if !missing.is_empty() {
        Outcome::new(
            CheckStatus::Fail,
            REQUEST,
            answer,
            format!("It does not come back with {}.", missing.join(" and ")),
        )
    } else if is_echoed || long.status >= 500 {
        Outcome::new(
            CheckStatus::Warn,
            REQUEST,
            answer,
            "An id of 5,000 characters is taken as it is, or breaks the plane.",
        )
    } else {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "It comes back, and one that could be abused does not.")
    })
}
