//! Whether the audit of the plane is whole.

use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    checks::plain,
    seen::Silence,
};
use domain::CheckStatus;

const REQUEST: &str = "the chain of the audit, from its first entry on";

static FACTS: Facts = Facts {
    id: "data.audit_chain",
    title: "The audit is whole",
    proves: "Nobody changed or removed what is written down of who did what.",
    subject: Subject::Data,
    remedy: "Keep the database as it is, find out who could write it, and compare with an export that was kept elsewhere.",
    owner: "plane operator",
};

/// Whether the audit of the plane is whole.
pub(crate) struct AuditChain;

#[async_trait::async_trait]
impl Check for AuditChain {
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
    let answer = format!("{} entries", state.entries);
    Ok(match &state.broken {
        None if state.whole => Outcome::new(CheckStatus::Pass, REQUEST, answer, "Every entry is where it was written."),
        broken => {
            let why = broken.as_deref().map_or_else(|| "It is broken.".to_owned(), plain);
            Outcome::new(CheckStatus::Fail, REQUEST, answer, why)
        }
    })
}
