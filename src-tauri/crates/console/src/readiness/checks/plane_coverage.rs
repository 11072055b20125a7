//! Whether the connection has been watched without a gap for the last ten minutes, or since it was added.

use crate::{
    parts::SyncMode,
    readiness::{
        check::{Check, Facts, Outcome, ProbeContext, Subject},
        place::Place,
    },
};
use domain::{CheckStatus, Timestamp};

/// How far back, in milliseconds.
const BACK_MS: i64 = 10 * 60_000;
/// Share of that time that must be covered for a pass, in percent: heartbeats come every 15 seconds.
const GOOD: i64 = 95;

static FACTS: Facts = Facts {
    id: "plane.coverage",
    title: "The last ten minutes were watched",
    proves: "Nothing that happened lately was missed.",
    subject: Subject::Plane,
    remedy: "Keep the console open and connected; gaps are caught up, but were not seen live.",
    owner: "operator",
};

/// Whether the connection has been watched without a gap for the last ten minutes.
pub(crate) struct PlaneCoverage;

#[async_trait::async_trait]
impl Check for PlaneCoverage {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    /// A console that answers one question and ends has never watched anything.
    fn applies(&self, place: Place) -> bool {
        place.mode == SyncMode::Live
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "coverage of the last ten minutes";
        let now = context.core.now().as_millis();
        // Nobody could watch it before it was there.
        let added = context.link.connection().created_at.as_millis();
        let since = Timestamp::from_millis((now - BACK_MS).max(added));
        let spans = match context.core.read.coverage(&context.link.id, since).await {
            Ok(coverage) => coverage.spans,
            Err(error) => return Outcome::unknown(REQUEST, &error.into()),
        };
        let covered: i64 = spans
            .iter()
            .map(|span| span.to.as_millis().min(now) - span.from.as_millis().max(since.as_millis()))
            .filter(|length| *length > 0)
            .sum();
        let percent = covered * 100 / (now - since.as_millis()).max(1);
        let answer = format!("{percent} % since {since}, in {} spans", spans.len());
        let status = match percent {
            GOOD.. => CheckStatus::Pass,
            // Nobody can have watched for ten minutes who has not been here for so long.
            _ if now - context.core.started_at.as_millis() < BACK_MS => {
                let finding = "This console has not been open for ten minutes yet, so nothing can be said.";
                return Outcome::new(CheckStatus::Unknown, REQUEST, answer, finding);
            }
            1.. => CheckStatus::Warn,
            _ => CheckStatus::Fail,
        };
        let finding = format!("{percent} % of it was watched; {GOOD} % or more is good.");
        Outcome::new(status, REQUEST, answer, finding)
    }
}
