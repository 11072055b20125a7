//! Whether this program finds out about updates.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use domain::CheckStatus;

const REQUEST: &str = "settings of the updater";

static FACTS: Facts = Facts {
    id: "console.updates",
    title: "Updates are found",
    proves: "A correction of this program reaches whoever works with it.",
    subject: Subject::Console,
    remedy: "Use a package with an update key, or let the package manager of the system update it.",
    owner: "operator",
};

/// Whether this program finds out about updates.
pub(crate) struct Updates;

#[async_trait::async_trait]
impl Check for Updates {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context)
    }
}

fn judged(context: &ProbeContext<'_>) -> Outcome {
    if context.core.updates_configured {
        Outcome::new(CheckStatus::Pass, REQUEST, "configured", "Signed updates are looked for.")
    } else {
        Outcome::new(CheckStatus::Warn, REQUEST, "not configured", "This build looks for no updates.")
    }
}
