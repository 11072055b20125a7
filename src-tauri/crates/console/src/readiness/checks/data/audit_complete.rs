//! Whether every act is in the audit.

use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::CheckStatus;

const REQUEST: &str = "acts that could not be recorded";

static FACTS: Facts = Facts {
    id: "data.audit_complete",
    title: "Every act is in the audit",
    proves: "Nothing was done that could not be written down.",
    subject: Subject::Data,
    remedy: "Look into the log of the plane for why it could not write, and free disk space.",
    owner: "plane operator",
};

/// Whether every act is in the audit.
pub(crate) struct AuditComplete;

#[async_trait::async_trait]
impl Check for AuditComplete {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn manner(&self) -> Manner {
        Manner::Knocks
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let state = context.audit().await?;
    let answer = state.lost.to_string();
    Ok(if state.lost == 0 {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Each was recorded.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "Acts are missing since the last entry.")
    })
}
