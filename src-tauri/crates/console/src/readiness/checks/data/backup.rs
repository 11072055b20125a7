//! How old the last good backup of the plane is.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::{CheckStatus, Timestamp};
use std::time::Duration;

/// A day of work is what may be lost.
const GOOD: Duration = Duration::from_hours(26);
/// Above this nobody looks after it.
const BEARABLE: Duration = Duration::from_hours(7 * 24);

const REQUEST: &str = "time of the last good backup among the measurements";

static FACTS: Facts = Facts {
    id: "data.backup",
    title: "There is a backup",
    proves: "What the plane knows can be had back when its disk is lost, but for a day.",
    subject: Subject::Data,
    remedy: "Run `breakwater plane backup` every night, and keep the copy on another machine.",
    owner: "plane operator",
};

/// How old the last good backup of the plane is.
pub(crate) struct Backup;

#[async_trait::async_trait]
impl Check for Backup {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let Some(seconds) = context.measured().await?.number("breakwater_backup_timestamp_seconds") else {
        return Err(Silence::Nothing("This plane does not tell when it was backed up."));
    };
    if seconds == 0 {
        return Ok(Outcome::new(CheckStatus::Fail, REQUEST, "none", "No backup was ever made."));
    }
    let at = Timestamp::from_millis(0).plus(Duration::from_secs(seconds));
    let age = context.core.now().since(at);
    let status = match age {
        age if age <= GOOD => CheckStatus::Pass,
        age if age <= BEARABLE => CheckStatus::Warn,
        _ => CheckStatus::Fail,
    };
    let finding = format!("It is {} hours old; up to a day is good.", age.as_secs() / 3_600);
    Ok(Outcome::new(status, REQUEST, format!("made at {at}"), finding))
}
