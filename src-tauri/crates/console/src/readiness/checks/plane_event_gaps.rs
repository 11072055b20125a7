//! Whether events of the newest runs are missing in the cache.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use domain::CheckStatus;

/// Runs whose events are counted.
const LOOKED_AT: u32 = 50;

static FACTS: Facts = Facts {
    id: "plane.event_gaps",
    title: "Timelines have no gaps",
    proves: "What is shown of the newest runs is all that happened.",
    subject: Subject::Plane,
    remedy: "Open the run while the plane can be reached; what is missing is read again.",
    owner: "on-call",
};

/// Whether events of the newest runs are missing in the cache.
pub(crate) struct PlaneEventGaps;

#[async_trait::async_trait]
impl Check for PlaneEventGaps {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "sequence numbers of the cached events of the newest 50 runs";
        let core = context.core;
        let query = cache::RunQuery {
            connection: Some(context.link.id.clone()),
            limit: LOOKED_AT,
            ..cache::RunQuery::default()
        };
        let runs = match core.read.runs(&query).await {
            Ok(found) => found.page.items,
            Err(error) => return Outcome::unknown(REQUEST, &error.into()),
        };
        let mut gaps = Vec::new();
        for run in &runs {
            match core.read.event_holes(&run.connection, &run.summary.id, run.summary.last_seq).await {
                Ok(holes) if holes.is_empty() => {}
                Ok(_) => gaps.push(run.summary.id.as_str()),
                Err(error) => return Outcome::unknown(REQUEST, &error.into()),
            }
        }
        let answer = format!("{} runs, {} with gaps", runs.len(), gaps.len());
        if gaps.is_empty() {
            Outcome::new(CheckStatus::Pass, REQUEST, answer, "Every event up to the newest known one is there.")
        } else {
            gaps.truncate(5);
            Outcome::new(CheckStatus::Warn, REQUEST, answer, format!("Incomplete: {}.", gaps.join(", ")))
        }
    }
}
