//! Whether the console and the plane are of one version.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    checks::plain,
    place::Place,
    seen::Silence,
};
use domain::{CheckStatus, ControlPlaneKind};

const REQUEST: &str = "version of the plane";

static FACTS: Facts = Facts {
    id: "plane.version",
    title: "Console and plane are of one version",
    proves: "What the console shows and sends means the same to the plane.",
    subject: Subject::Plane,
    remedy: "Update the older one of the two.",
    owner: "operator",
};

/// Whether the console and the plane are of one version.
pub(crate) struct Version;

#[async_trait::async_trait]
impl Check for Version {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.is_kind(ControlPlaneKind::Breakwater)
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let theirs = context.port().await?.identity(context.call.context()).await?.version;
    let ours = &context.core.version;
    let answer = format!("{} there, {ours} here", plain(&theirs));
    let series = |version: &str| version.split('.').take(2).map(str::to_owned).collect::<Vec<_>>();
    Ok(if theirs == *ours {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Both are the same.")
    } else if series(&theirs) == series(ours) {
        Outcome::new(CheckStatus::Warn, REQUEST, answer, "They differ by small corrections.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "They are of different versions.")
    })
}
