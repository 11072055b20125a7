//! Whether a stranger who asks too often is refused and told when to come back.

use super::left::Left;
use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::{CheckStatus, ControlPlaneKind};

/// Most requests that are sent to use a limit up.
const MOST: u64 = 200;

const REQUEST: &str = "more requests of a stranger than the limit of strangers allows";

static FACTS: Facts = Facts {
    id: "limits.refusal",
    title: "Too many requests are refused",
    proves: "Whoever asks without end is refused with 429 and told when to come back.",
    subject: Subject::Limits,
    remedy: "Let the plane answer 429 with `Retry-After` once a limit is used up.",
    owner: "plane operator",
};

/// Whether a stranger who asks too often is refused and told when to come back.
pub(crate) struct Refusal;

#[async_trait::async_trait]
impl Check for Refusal {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.is_kind(ControlPlaneKind::Breakwater) && place.way.is_loopback()
    }

    fn manner(&self) -> Manner {
        Manner::Writes
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let list = context.surface().await?.at(Purpose::List)?.path.clone();
    let stranger = Ask::get(list, Shown::Nobody);
    let first = context.ask(&stranger).await?;
    let limit = Left::told(&first).map_or(0, |left| left.limit);
    if !(1..=MOST).contains(&limit) {
        return Err(Silence::Nothing("The limit of strangers is not told, or too wide to be used up for a probe."));
    }
    let mut asked = 1;
    let mut heard = first;
    while heard.status != 429 && asked <= limit {
        heard = context.ask(&stranger).await?;
        asked += 1;
    }
    if heard.status != 429 {
        let answer = format!("{asked} requests, none refused for their number");
        return Ok(Outcome::new(CheckStatus::Fail, REQUEST, answer, "The limit that it tells is not kept."));
    }
    let wait = heard.header("retry-after").and_then(|value| value.parse::<u64>().ok());
    let answer =
        format!("429 at request {asked}, Retry-After {}", wait.map_or_else(|| "missing".to_owned(), |s| s.to_string()));
    Ok(match wait {
        Some(1..=3_600) => Outcome::new(CheckStatus::Pass, REQUEST, answer, "It refuses, and says for how long."),
        _ => Outcome::new(CheckStatus::Fail, REQUEST, answer, "It refuses, and does not sensibly say for how long."),
    })
}
