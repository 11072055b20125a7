//! Whether the database of the plane has the schema that the plane was built for.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::CheckStatus;

const REQUEST: &str = "version of the schema among the measurements";

static FACTS: Facts = Facts {
    id: "data.migrations",
    title: "The schema is current",
    proves: "The plane finds in its database what it was built for, and another build of it will, too.",
    subject: Subject::Data,
    remedy: "Stop the plane, put its last backup back if the database was replaced, and start the newest build once.",
    owner: "plane operator",
};

/// Whether the database of the plane has the schema that the plane was built for.
pub(crate) struct Migrations;

#[async_trait::async_trait]
impl Check for Migrations {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let measured = context.measured().await?;
    let (Some(is), Some(wanted)) =
        (measured.number("breakwater_schema_version"), measured.number("breakwater_schema_expected"))
    else {
        return Err(Silence::Nothing("This plane does not tell the version of its schema."));
    };
    let answer = format!("version {is}, and {wanted} is expected");
    Ok(if is == wanted {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Every migration was carried out.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "The database is not of the build that works with it.")
    })
}
