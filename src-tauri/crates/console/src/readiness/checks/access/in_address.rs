//! Whether anything in an address opens the plane to a stranger.

use super::door;
use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::CheckStatus;

/// As others have had them.
const PARAMETERS: &[&str] = &[
    "access_token=made-up&token=made-up&api_key=made-up&key=made-up&jwt=made-up",
    "admin=true&debug=true&auth=off&bypass=1",
];

const REQUEST: &str = "the list of runs as a stranger, with parameters that name a token or turn checks off";

static FACTS: Facts = Facts {
    id: "access.in_address",
    title: "Nothing in an address opens it",
    proves: "A link that somebody wrote down or made up is no way in.",
    subject: Subject::Access,
    remedy: "Let the plane take credentials from the `Authorization` header alone, and have no parameter that turns the check off.",
    owner: "plane operator",
};

/// Whether anything in an address opens the plane to a stranger.
pub(crate) struct InAddress;

#[async_trait::async_trait]
impl Check for InAddress {
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
    door::is_shut(context).await?;
    let list = &context.surface().await?.at(Purpose::List)?.path;
    let mut opened = Vec::new();
    for parameters in PARAMETERS {
        if door::lets_in(&context.ask(&Ask::get(format!("{list}?{parameters}"), Shown::Nobody)).await?) {
            opened.push(*parameters);
        }
    }
    let answer = format!("{} addresses tried, {} opened it", PARAMETERS.len(), opened.len());
    Ok(if opened.is_empty() {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "It refuses a stranger with any of them.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, format!("Lets a stranger in: {}.", opened.join(" and ")))
    })
}
