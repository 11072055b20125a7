//! Whether a plane on this machine answers to a name that is not its own.

use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::CheckStatus;

const REQUEST: &str = "liveness with the `Host` of another machine";

static FACTS: Facts = Facts {
    id: "access.foreign_host",
    title: "It answers only to its own name",
    proves: "A page in a browser cannot reach a plane on this machine under a name of its own (DNS rebinding).",
    subject: Subject::Access,
    remedy: "Let the plane refuse requests whose `Host` is neither a loopback address nor a configured name.",
    owner: "plane operator",
};

/// Whether a plane on this machine answers to a name that is not its own.
pub(crate) struct ForeignHost;

#[async_trait::async_trait]
impl Check for ForeignHost {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.way.is_loopback()
    }

    fn manner(&self) -> Manner {
        Manner::Knocks
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let live = context.surface().await?.at(Purpose::Live)?.path.clone();
    let heard = context.ask(&Ask::get(live, Shown::Nobody).header("host", "readiness.invalid")).await?;
    let answer = heard.status.to_string();
    Ok(match heard.status {
        400..=499 => Outcome::new(CheckStatus::Pass, REQUEST, answer, "It refuses the name."),
        500.. => Outcome::new(CheckStatus::Unknown, REQUEST, answer, "It answers nothing now that could be judged."),
        _ => Outcome::new(CheckStatus::Fail, REQUEST, answer, "It answers to a name that is not its own."),
    })
}
