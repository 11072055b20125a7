//! Whether the cache can be read and written, and is in its file.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use cache::Opened;
use domain::CheckStatus;

static FACTS: Facts = Facts {
    id: "console.cache",
    title: "The cache works",
    proves: "What is seen now can be read again offline.",
    subject: Subject::Console,
    remedy: "Free disk space or restart; a broken cache is rebuilt at the next start.",
    owner: "operator",
};

/// Whether the cache can be read and written, and is in its file.
pub(crate) struct ConsoleCache;

#[async_trait::async_trait]
impl Check for ConsoleCache {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "one read and one write transaction of the cache";
        let core = context.core;
        let read = core.read.runs(&cache::RunQuery { limit: 1, ..cache::RunQuery::default() }).await;
        let total = match read {
            Ok(page) => page.total,
            Err(error) => return Outcome::new(CheckStatus::Fail, REQUEST, error.to_string(), "It cannot be read."),
        };
        let written = match core.write.batch().await {
            Ok(batch) => batch.commit().await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            return Outcome::new(CheckStatus::Fail, REQUEST, error.to_string(), "It cannot be written.");
        }
        let answer = format!("{total} runs");
        match core.cache.origin() {
            Opened::File => Outcome::new(CheckStatus::Pass, REQUEST, answer, "It is in its file."),
            Opened::Rebuilt { reason } => {
                Outcome::new(CheckStatus::Warn, REQUEST, answer, format!("It was built anew: {reason}"))
            }
            Opened::Memory { reason } => {
                Outcome::new(CheckStatus::Fail, REQUEST, answer, format!("It is lost at the end: {reason}"))
            }
        }
    }
}
