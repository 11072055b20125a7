//! Whether every breaker of this console is closed.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use domain::{BreakerState, CheckStatus};

static FACTS: Facts = Facts {
    id: "console.breakers",
    title: "The breakers of this console are closed",
    proves: "No connection is cut off after repeated failures.",
    subject: Subject::Console,
    remedy: "Test the connection that the breaker protects, then wait for its probe or reset it.",
    owner: "operator",
};

/// Whether every breaker of this console is closed.
pub(crate) struct ConsoleBreakers;

#[async_trait::async_trait]
impl Check for ConsoleBreakers {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "state of every breaker round a connection";
        let breakers = context.breakers;
        let not_closed: Vec<_> = breakers
            .iter()
            .filter(|breaker| breaker.state != BreakerState::Closed)
            .map(|breaker| breaker.id.as_str())
            .collect();
        let answer = format!("{} breakers, {} not closed", breakers.len(), not_closed.len());
        match (breakers.is_empty(), not_closed.is_empty()) {
            (true, _) => Outcome::new(CheckStatus::Unknown, REQUEST, answer, "No connection has been used yet."),
            (_, true) => Outcome::new(CheckStatus::Pass, REQUEST, answer, "Calls pass everywhere."),
            _ => Outcome::new(CheckStatus::Fail, REQUEST, answer, format!("Not closed: {}.", not_closed.join(", "))),
        }
    }
}
