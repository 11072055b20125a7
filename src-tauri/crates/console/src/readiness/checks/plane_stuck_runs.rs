//! Whether a run that should be moving has not moved for long.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use control_plane::RunFilter;
use domain::{CheckStatus, PageRequest, RunStatus};
use std::time::Duration;

/// A run that neither ends nor says anything for this long is stuck.
const STILL: Duration = Duration::from_hours(1);

static FACTS: Facts = Facts {
    id: "plane.stuck_runs",
    title: "No run is stuck",
    proves: "Every open run moves, or waits for a reason that it names.",
    subject: Subject::Plane,
    remedy: "Open the run, look at its current step, cancel or retry it.",
    owner: "on-call",
};

/// Whether a run that should be moving has not moved for long.
pub(crate) struct PlaneStuckRuns;

#[async_trait::async_trait]
impl Check for PlaneStuckRuns {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "the newest 100 runs that are queued or running";
        let filter = RunFilter {
            statuses: vec![RunStatus::Queued, RunStatus::Running],
            page: PageRequest { after: None, limit: PageRequest::MAX_LIMIT },
        };
        let runs = match context.port().await {
            Ok(port) => port.list_runs(context.call.context(), &filter).await,
            Err(error) => Err(error),
        };
        let runs = match runs {
            Ok(page) => page.items,
            Err(error) => return Outcome::unknown(REQUEST, &error),
        };
        let now = context.core.now();
        let stuck: Vec<_> =
            runs.iter().filter(|run| now.since(run.changed_at) > STILL).map(|run| run.id.as_str()).take(5).collect();
        let answer = format!("{} open", runs.len());
        if stuck.is_empty() {
            Outcome::new(CheckStatus::Pass, REQUEST, answer, "Each of them moved within the last hour.")
        } else {
            Outcome::new(CheckStatus::Fail, REQUEST, answer, format!("Not moved for an hour: {}.", stuck.join(", ")))
        }
    }
}
