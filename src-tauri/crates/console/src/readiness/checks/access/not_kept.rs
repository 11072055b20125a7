//! Whether answers are kept by nobody on the way.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::CheckStatus;

const REQUEST: &str = "`Cache-Control` of the list of runs and of an answer about ourselves";

static FACTS: Facts = Facts {
    id: "access.not_kept",
    title: "Answers are kept by nobody on the way",
    proves: "A proxy or browser never shows the answer of one caller to another, or an old state as the new one.",
    subject: Subject::Access,
    remedy: "Let the plane send `Cache-Control: no-store`, or `private` at least, with what it tells of its state.",
    owner: "plane operator",
};

/// Whether answers are kept by nobody on the way.
pub(crate) struct NotKept;

#[async_trait::async_trait]
impl Check for NotKept {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let list = context.surface().await?.at(Purpose::List)?.path.clone();
    let list = context.ask(&Ask::get(list, Shown::Ours)).await?;
    let said = [&list, context.answer().await?]
        .map(|heard| heard.header("cache-control").unwrap_or_default().to_ascii_lowercase());
    let is_kept = |value: &String| !["no-store", "no-cache", "private"].iter().any(|word| value.contains(word));
    let answer = if said[0].is_empty() { "none".to_owned() } else { said[0].clone() };
    Ok(if said.iter().any(is_kept) {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "Whoever is on the way may keep it.")
    } else {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Nobody on the way keeps it.")
    })
}
