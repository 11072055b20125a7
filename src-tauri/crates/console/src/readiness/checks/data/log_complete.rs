//! Whether the log of the newest run that ended has no gaps.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use control_plane::RunFilter;
use domain::{CheckStatus, PageRequest, RunStatus};

const REQUEST: &str = "the log of the newest run that ended, line by line";

static FACTS: Facts = Facts {
    id: "data.log_complete",
    title: "Logs have no gaps",
    proves: "What a step printed can be read from its first line to its last.",
    subject: Subject::Data,
    remedy: "Look whether the disk of the plane was full, and run the step again.",
    owner: "on-call",
};

/// Whether the log of the newest run that ended has no gaps.
pub(crate) struct LogComplete;

#[async_trait::async_trait]
impl Check for LogComplete {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let port = context.port().await?;
    let ended = RunStatus::ALL.iter().copied().filter(|status| status.is_terminal()).collect();
    let filter = RunFilter { statuses: ended, page: PageRequest { after: None, limit: 1 } };
    let page = port.list_runs(context.call.context(), &filter).await?;
    let Some(run) = page.items.first() else {
        return Err(Silence::Nothing("No run has ended yet, so there is no whole log."));
    };
    let lines = port.logs(context.call.context(), &run.id, 0, PageRequest::MAX_LIMIT).await?.items;
    let holes = lines.iter().zip(1_u64..).filter(|(line, seq)| line.seq != *seq).count();
    let answer = format!("{} lines", lines.len());
    Ok(if holes == 0 {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Each line follows the one before.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "Lines are missing.")
    })
}
