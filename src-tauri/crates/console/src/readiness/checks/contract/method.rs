//! Whether a method that a path does not take is refused.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::CheckStatus;

const REQUEST: &str = "PUT to the list of runs";

static FACTS: Facts = Facts {
    id: "contract.method",
    title: "A method that is not taken is refused",
    proves: "Nothing happens by a method that nobody meant to serve, and the client learns which ones are.",
    subject: Subject::Contract,
    remedy: "Let the plane answer 405 with `Allow`, or 404, and do nothing.",
    owner: "plane operator",
};

/// Whether a method that a path does not take is refused.
pub(crate) struct Method;

#[async_trait::async_trait]
impl Check for Method {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let heard = &context.refusals().await?.method;
    let answer = heard.status.to_string();
    Ok(match heard.status {
        405 if heard.header("allow").is_some() => {
            Outcome::new(CheckStatus::Pass, REQUEST, answer, "It is refused, and told what is taken.")
        }
        405 => Outcome::new(CheckStatus::Warn, REQUEST, answer, "It is refused without `Allow`."),
        404 | 501 => Outcome::new(CheckStatus::Warn, REQUEST, answer, "It is refused as if nothing were there."),
        _ => Outcome::new(CheckStatus::Fail, REQUEST, answer, "It is not refused for its method."),
    })
}
