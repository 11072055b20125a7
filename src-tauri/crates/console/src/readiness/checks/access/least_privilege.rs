//! Whether a connection that only reads has a credential that only reads.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    place::{Place, Way},
    seen::Silence,
};
use domain::{CheckStatus, Permission};
use std::collections::BTreeSet;

const REQUEST: &str = "what the credential may do";

static FACTS: Facts = Facts {
    id: "access.least_privilege",
    title: "A connection that only reads may only read",
    proves: "A stolen or misused credential of a read-only connection changes nothing.",
    subject: Subject::Access,
    remedy: "Make a key with the permission `read` alone and enter it in the connection.",
    owner: "operator",
};

/// Whether a connection that only reads has a credential that only reads.
pub(crate) struct LeastPrivilege;

#[async_trait::async_trait]
impl Check for LeastPrivilege {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.is_read_only && place.way != Way::Socket
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let identity = context.port().await?.identity(context.call.context()).await?;
    let in_teams = identity.teams.iter().flat_map(|team| team.may.as_deref().unwrap_or(team.role.permissions()));
    let may: BTreeSet<_> = identity.may.iter().chain(in_teams).copied().collect();
    if may.is_empty() {
        return Err(Silence::Nothing("This plane does not tell what the credential may do."));
    }
    let names: Vec<_> = may.iter().map(|permission| permission.as_str()).collect();
    let answer = names.join(", ");
    Ok(if may.contains(&Permission::Admin) {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, "It may administer the plane.")
    } else if may.iter().any(|permission| *permission != Permission::Read) {
        Outcome::new(CheckStatus::Warn, REQUEST, answer, "It may do more than read.")
    } else {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "It may only read.")
    })
}
