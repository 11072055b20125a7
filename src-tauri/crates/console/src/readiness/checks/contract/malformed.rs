//! Whether a body that is not JSON is refused as the client's mistake.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::CheckStatus;

const REQUEST: &str = "a body that breaks off";

static FACTS: Facts = Facts {
    id: "contract.malformed",
    title: "A broken body is a mistake of the client",
    proves: "A client learns that it sent something broken, and nobody is woken up for it.",
    subject: Subject::Contract,
    remedy: "Let the plane answer 400 to a body that cannot be read, not 500.",
    owner: "plane operator",
};

/// Whether a body that is not JSON is refused as the client's mistake.
pub(crate) struct Malformed;

#[async_trait::async_trait]
impl Check for Malformed {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let Some(heard) = &context.refusals().await?.body else {
        return Err(Silence::Nothing("This kind of plane takes no JSON that could be broken without harm."));
    };
    let answer = heard.status.to_string();
    Ok(match heard.status {
        400 | 422 => Outcome::new(CheckStatus::Pass, REQUEST, answer, "It is refused as malformed."),
        401 | 403 => Outcome::new(CheckStatus::Unknown, REQUEST, answer, "We may not send anything there."),
        _ => Outcome::new(CheckStatus::Fail, REQUEST, answer, "It is not refused as a mistake of the client."),
    })
}
