//! Whether a credential that cannot be read is refused like a wrong one.

use super::door;
use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::CheckStatus;

/// None of them is a secret: nobody was ever given one of them.
const GARBLED: &[&str] =
    &["Bearer", "Bearer null", "Bearer undefined", "BEARER admin", "Basic YWRtaW46YWRtaW4=", "Token admin", "admin"];

const REQUEST: &str = "the list of runs with credentials that are none";

static FACTS: Facts = Facts {
    id: "access.malformed_credential",
    title: "A garbled credential is refused",
    proves: "A client that lost its token, or one that guesses, is told so and is not let in.",
    subject: Subject::Access,
    remedy: "Let the plane take exactly `Bearer TOKEN` with a token that it gave, and answer 401 to everything else.",
    owner: "plane operator",
};

/// Whether a credential that cannot be read is refused like a wrong one.
pub(crate) struct MalformedCredential;

#[async_trait::async_trait]
impl Check for MalformedCredential {
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
    let mut wrong = Vec::new();
    for value in GARBLED {
        let heard = context.ask(&Ask::get(list.clone(), Shown::Nobody).header("authorization", *value)).await?;
        if !matches!(heard.status, 400 | 401 | 403) {
            wrong.push(format!("`{value}` ({})", heard.status));
        }
    }
    let answer = format!("{} tried, {} not refused", GARBLED.len(), wrong.len());
    Ok(if wrong.is_empty() {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Each of them is refused.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, format!("Not refused: {}.", wrong.join(", ")))
    })
}
