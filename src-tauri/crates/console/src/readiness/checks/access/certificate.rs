//! When the certificate of the plane ends.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};
use domain::CheckStatus;

/// Days that are enough to renew it at leisure.
const GOOD: u64 = 21;
/// Below this it is urgent.
const BEARABLE: u64 = 7;

const REQUEST: &str = "certificate that the plane shows";

static FACTS: Facts = Facts {
    id: "access.certificate",
    title: "The certificate holds",
    proves: "Nobody is locked out soon because a certificate has ended.",
    subject: Subject::Access,
    remedy: "Renew the certificate of the plane or of the proxy in front of it.",
    owner: "plane operator",
};

/// When the certificate of the plane ends.
pub(crate) struct Certificate;

#[async_trait::async_trait]
impl Check for Certificate {
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
    let Some(ends) = context.answer().await?.certificate_ends else {
        return Err(Silence::Nothing("The certificate that came with the answer could not be read."));
    };
    let left = ends.since(context.core.now()).as_secs() / 86_400;
    let status = match left {
        GOOD.. => CheckStatus::Pass,
        BEARABLE.. => CheckStatus::Warn,
        _ => CheckStatus::Fail,
    };
    let finding = format!("It ends in {left} days; three weeks or more are good.");
    Ok(Outcome::new(status, REQUEST, format!("valid until {ends}"), finding))
}
