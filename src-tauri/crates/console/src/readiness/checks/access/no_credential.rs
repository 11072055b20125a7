//! Whether every route that should need a credential refuses a stranger.

use super::entered;
use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};

const REQUEST: &str = "each route that needs a credential, without one";

static FACTS: Facts = Facts {
    id: "access.no_credential",
    title: "Nobody gets in without a credential",
    proves: "Every known route refuses a request that shows nothing.",
    subject: Subject::Access,
    remedy: "Let the plane check who asks before it looks at anything else, on each route that is named here.",
    owner: "plane operator",
};

/// Whether every route that should need a credential refuses a stranger.
pub(crate) struct NoCredential;

#[async_trait::async_trait]
impl Check for NoCredential {
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
    let walk = context.strangers().await?;
    Ok(entered::judge(REQUEST, walk, &context.refusals().await?.path))
}
