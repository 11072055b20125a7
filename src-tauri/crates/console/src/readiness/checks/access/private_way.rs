//! Whether nobody on the way can read what is sent.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    place::{Place, Way},
    seen::Silence,
};
use domain::CheckStatus;

const REQUEST: &str = "address of the connection";

static FACTS: Facts = Facts {
    id: "access.private_way",
    title: "Nobody on the way reads along",
    proves: "The credential and what the plane tells leave this machine only encrypted.",
    subject: Subject::Access,
    remedy: "Use the `https` address of the plane; let the plane or a proxy in front of it speak TLS.",
    owner: "operator",
};

/// Whether nobody on the way can read what is sent.
pub(crate) struct PrivateWay;

#[async_trait::async_trait]
impl Check for PrivateWay {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.way.is_tcp()
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let place = Place::of(context.core.mode, Some(context.link));
    Ok(match place.way {
        Way::Encrypted { .. } => Outcome::new(CheckStatus::Pass, REQUEST, "https", "It is encrypted."),
        Way::Plain { is_loopback: true } => {
            Outcome::new(CheckStatus::Pass, REQUEST, "http to this machine", "It does not leave this machine.")
        }
        Way::Plain { is_loopback: false } => {
            Outcome::new(CheckStatus::Fail, REQUEST, "http", "Everybody on the way can read the credential.")
        }
        Way::Socket | Way::Nowhere => return Err(Silence::Nothing("This is no address on a network.")),
    })
}
