//! Whether the next page begins where the last one ended.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use control_plane::RunFilter;
use domain::{CheckStatus, PageRequest};

const REQUEST: &str = "the first two pages of runs, one run each";

static FACTS: Facts = Facts {
    id: "contract.pages",
    title: "Pages follow one another",
    proves: "Whoever walks through a list sees each run once.",
    subject: Subject::Contract,
    remedy: "Let the plane page by a key with a tie-breaker, not by an offset.",
    owner: "plane operator",
};

/// Whether the next page begins where the last one ended.
pub(crate) struct Pages;

#[async_trait::async_trait]
impl Check for Pages {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let port = context.port().await?;
    let page = |after| RunFilter { statuses: Vec::new(), page: PageRequest { after, limit: 1 } };
    let first = port.list_runs(context.call.context(), &page(None)).await?;
    let (Some(run), Some(next)) = (first.items.first(), first.next.clone()) else {
        return Err(Silence::Nothing("There are fewer than two runs, so there is no second page."));
    };
    let second = port.list_runs(context.call.context(), &page(Some(next))).await?;
    let answer = format!("{} and {} runs", first.items.len(), second.items.len());
    Ok(if second.items.iter().any(|other| other.id == run.id) {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "The second page shows the first run again.")
    } else if second.items.is_empty() {
        Outcome::new(CheckStatus::Warn, REQUEST, answer, "The second page is empty, though the first one names it.")
    } else {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "The second page goes on after the first.")
    })
}
