//! Whether a refusal tells a stranger what exists.

use super::door;
use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    place::Place,
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::CheckStatus;

const REQUEST: &str = "a run that exists and one that does not, as a stranger";

static FACTS: Facts = Facts {
    id: "access.hides_existence",
    title: "A refusal does not tell what exists",
    proves: "Nobody finds out which runs there are by asking for them.",
    subject: Subject::Access,
    remedy: "Let the plane refuse a stranger before it looks for the thing.",
    owner: "plane operator",
};

/// Whether a refusal tells a stranger what exists.
pub(crate) struct HidesExistence;

#[async_trait::async_trait]
impl Check for HidesExistence {
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
    let one = context.surface().await?.at(Purpose::One)?;
    let Some(run) = known_run(context).await? else {
        return Err(Silence::Nothing(
            "No run of this plane is known here yet, so nothing can be asked for that exists.",
        ));
    };
    let there = context.ask(&Ask::get(one.path_of(&run), Shown::Nobody)).await?;
    let not_there = context.ask(&Ask::get(one.path.clone(), Shown::Nobody)).await?;
    let answer = format!("{} for the one, {} for the other", there.status, not_there.status);
    Ok(if there.status == not_there.status && door::said(&there) == door::said(&not_there) {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Both are refused in the same words.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "A stranger can tell which of the two exists.")
    })
}

/// The newest run of this connection whose id can stand in a path as it is.
async fn known_run(context: &ProbeContext<'_>) -> Result<Option<String>, Silence> {
    let query = cache::RunQuery { connection: Some(context.link.id.clone()), limit: 1, ..cache::RunQuery::default() };
    let runs = context.core.read.runs(&query).await.map_err(crate::error::Error::from)?;
    let id = runs.page.items.first().map(|run| run.summary.id.to_string());
    Ok(id.filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')))
}
