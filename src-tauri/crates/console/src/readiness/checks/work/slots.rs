//! Whether there is a slot for the next step.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::CheckStatus;

const REQUEST: &str = "slots and executing steps among the measurements";

static FACTS: Facts = Facts {
    id: "work.slots",
    title: "A slot is free",
    proves: "A step that is ready begins at once.",
    subject: Subject::Work,
    remedy: "Give the plane more slots, or look at the runs that hold them.",
    owner: "plane operator",
};

/// Whether there is a slot for the next step.
pub(crate) struct Slots;

#[async_trait::async_trait]
impl Check for Slots {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let measured = context.measured().await?;
    let (Some(slots), Some(busy)) =
        (measured.number("breakwater_slots"), measured.number("breakwater_steps_executing"))
    else {
        return Err(Silence::Nothing("This plane does not tell how many slots it has."));
    };
    let answer = format!("{busy} of {slots} busy");
    let waiting = measured.number("breakwater_queue_depth").unwrap_or(0);
    Ok(if busy < slots {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "The next step begins at once.")
    } else if waiting == 0 {
        Outcome::new(CheckStatus::Warn, REQUEST, answer, "Every slot is busy, and nothing waits yet.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, format!("Every slot is busy, and {waiting} steps wait."))
    })
}
