//! Whether liveness and readiness are answered to everybody.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::CheckStatus;

const REQUEST: &str = "liveness and readiness as a stranger";

static FACTS: Facts = Facts {
    id: "contract.open_probes",
    title: "Health is told without a credential",
    proves: "A balancer or an orchestrator can ask how the plane is without holding a secret.",
    subject: Subject::Contract,
    remedy: "Let the plane answer its health probes to everybody, and tell nothing there that a stranger may not know.",
    owner: "plane operator",
};

/// Whether liveness and readiness are answered to everybody.
pub(crate) struct OpenProbes;

#[async_trait::async_trait]
impl Check for OpenProbes {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let surface = context.surface().await?;
    let live = context.ask(&Ask::get(surface.at(Purpose::Live)?.path.clone(), Shown::Nobody)).await?;
    let Ok(ready) = surface.at(Purpose::Ready) else {
        let answer = format!("{} and no readiness", live.status);
        return Ok(Outcome::new(
            CheckStatus::Fail,
            REQUEST,
            answer,
            "It has no probe for readiness apart from liveness.",
        ));
    };
    let ready = context.ask(&Ask::get(ready.path.clone(), Shown::Nobody)).await?;
    let answer = format!("{} and {}", live.status, ready.status);
    // A plane that is not ready says so with 503, which is an answer.
    let is_told = |status: u16| (200..300).contains(&status) || status == 503;
    Ok(if live.is_success() && is_told(ready.status) {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Both are answered.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "One of them is not answered to a stranger.")
    })
}
