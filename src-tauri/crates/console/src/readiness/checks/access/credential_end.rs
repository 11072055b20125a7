//! When the credential of the connection ends.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};
use domain::{CheckStatus, ControlPlaneKind};

/// Days that are enough to make another one at leisure.
const GOOD: u64 = 14;
/// Below this it is urgent.
const BEARABLE: u64 = 3;

const REQUEST: &str = "who we are to the plane, and until when";

static FACTS: Facts = Facts {
    id: "access.credential_end",
    title: "The credential holds",
    proves: "Nobody is locked out soon because a token has ended.",
    subject: Subject::Access,
    remedy: "Make another key on the plane, enter it at the connection, and revoke the old one.",
    owner: "operator",
};

/// When the credential of the connection ends.
pub(crate) struct CredentialEnd;

#[async_trait::async_trait]
impl Check for CredentialEnd {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.way.is_tcp()
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let ends = context.port().await?.identity(context.call.context()).await?.credential_ends;
    let Some(ends) = ends else {
        return match context.link.connection().kind {
            ControlPlaneKind::Breakwater => {
                Ok(Outcome::new(CheckStatus::Pass, REQUEST, "no end", "It holds until somebody revokes it."))
            }
            _ => Err(Silence::Nothing("This kind of plane does not tell when a credential ends.")),
        };
    };
    let left = ends.since(context.core.now()).as_secs() / 86_400;
    let status = match left {
        GOOD.. => CheckStatus::Pass,
        BEARABLE.. => CheckStatus::Warn,
        _ => CheckStatus::Fail,
    };
    let finding = format!("It ends in {left} days; two weeks or more are good.");
    Ok(Outcome::new(status, REQUEST, format!("until {ends}"), finding))
}
