//! How much space is left where the database of the plane lies.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    checks::console_disk,
    seen::Silence,
};

const REQUEST: &str = "free space among the measurements";

static FACTS: Facts = Facts {
    id: "plane.disk",
    title: "The plane has disk space",
    proves: "The plane will not fail to write what it accepts soon.",
    subject: Subject::Plane,
    remedy: "Delete what is not needed from the disk of the plane, or move its data directory to a larger one.",
    owner: "plane operator",
};

/// How much space is left where the database of the plane lies.
pub(crate) struct Disk;

#[async_trait::async_trait]
impl Check for Disk {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let free = context.measured().await?.number("breakwater_disk_free_bytes");
    let free = free.ok_or(Silence::Nothing("This plane does not tell how much space it has."))?;
    Ok(console_disk::judged(REQUEST, free))
}
