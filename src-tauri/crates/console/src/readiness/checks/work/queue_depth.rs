//! Whether the queue is short for the slots that work it off.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::CheckStatus;

const REQUEST: &str = "length of the queue and slots among the measurements";

static FACTS: Facts = Facts {
    id: "work.queue_depth",
    title: "The queue is short",
    proves: "What is submitted now is carried out soon.",
    subject: Subject::Work,
    remedy: "Cancel what is not needed, or give the plane more slots.",
    owner: "plane operator",
};

/// Whether the queue is short for the slots that work it off.
pub(crate) struct QueueDepth;

#[async_trait::async_trait]
impl Check for QueueDepth {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let measured = context.measured().await?;
    let (Some(depth), Some(slots)) = (measured.number("breakwater_queue_depth"), measured.number("breakwater_slots"))
    else {
        return Err(Silence::Nothing("This plane does not tell how long its queue is."));
    };
    let answer = format!("{depth} wait for {slots} slots");
    let status = match depth {
        depth if depth <= slots.saturating_mul(2) => CheckStatus::Pass,
        depth if depth <= slots.saturating_mul(20) => CheckStatus::Warn,
        _ => CheckStatus::Fail,
    };
    Ok(Outcome::new(status, REQUEST, answer, format!("Up to {} is good.", slots.saturating_mul(2))))
}
