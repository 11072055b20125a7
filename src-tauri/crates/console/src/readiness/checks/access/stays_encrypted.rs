//! Whether a browser that came encrypted once comes so always.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};
use domain::CheckStatus;

/// In seconds.
const HALF_A_YEAR: u64 = 15_552_000;

const REQUEST: &str = "`Strict-Transport-Security` of an answer";

static FACTS: Facts = Facts {
    id: "access.stays_encrypted",
    title: "Whoever came encrypted stays so",
    proves: "Nobody can lead a browser that knows the plane back to plain HTTP.",
    subject: Subject::Access,
    remedy: "Let the plane or the proxy in front send `Strict-Transport-Security` with half a year or more.",
    owner: "plane operator",
};

/// Whether a browser that came encrypted once comes so always.
pub(crate) struct StaysEncrypted;

#[async_trait::async_trait]
impl Check for StaysEncrypted {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.way.is_encrypted()
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let said = context.answer().await?.header("strict-transport-security").unwrap_or_default();
    let age = said.split(';').find_map(|part| part.trim().strip_prefix("max-age=")?.parse::<u64>().ok());
    Ok(match age {
        Some(seconds) if seconds >= HALF_A_YEAR => {
            Outcome::new(CheckStatus::Pass, REQUEST, format!("max-age={seconds}"), "It holds for half a year or more.")
        }
        Some(seconds) => Outcome::new(
            CheckStatus::Warn,
            REQUEST,
            format!("max-age={seconds}"),
            "It holds for less than half a year.",
        ),
        None => Outcome::new(CheckStatus::Fail, REQUEST, "none", "It is not sent."),
    })
}
