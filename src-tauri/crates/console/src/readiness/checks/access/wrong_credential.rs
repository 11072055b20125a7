//! Whether a made-up credential reads anything.

use super::entered;
use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};

const REQUEST: &str = "each route that needs a credential and reads, with one that was never given";

static FACTS: Facts = Facts {
    id: "access.wrong_credential",
    title: "A made-up credential reads nothing",
    proves: "What the plane keeps is told to nobody whom it does not know.",
    subject: Subject::Access,
    remedy: "Let the plane compare the credential with those that it gave, on each route that is named here.",
    owner: "plane operator",
};

/// Whether a made-up credential reads anything.
pub(crate) struct WrongCredential;

#[async_trait::async_trait]
impl Check for WrongCredential {
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
    let walk = context.impostors().await?;
    Ok(entered::judge(REQUEST, walk, &context.refusals().await?.path))
}
