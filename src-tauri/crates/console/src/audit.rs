//! The audit of planes that keep one: what was done and refused in a team, and whether nothing of it was changed.
//!
//! Deliberately absent: what was done from here, which the console records by itself, whatever a plane keeps.

use crate::{
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    told::{self, Topic},
    view::{ConnectionRef, TeamRef, Told},
};
use cache::Noun;
use domain::{Action, AuditEntry, AuditState};
use futures::{FutureExt as _, future::BoxFuture};
use std::sync::Arc;

fn ask(port: Arc<Guarded>, call: Call, team: String) -> BoxFuture<'static, Result<Vec<AuditEntry>, Error>> {
    async move { port.audit(call.context(), &team).await }.boxed()
}

/// What was done and refused in a team lately, newest first.
pub(crate) async fn list(core: &Arc<Core>, call: &Call, wanted: TeamRef) -> Result<Told<Vec<AuditEntry>>, Error> {
    let link = core.link(&wanted.connection)?;
    let topic = Topic { noun: Noun::Audit, subject: wanted.team, needs: Action::Audit };
    told::look(core, call, &link, topic, ask).await
}

/// Lets a plane read its whole audit and check that nothing in it was changed.
pub(crate) async fn verify(core: &Arc<Core>, call: &Call, wanted: ConnectionRef) -> Result<AuditState, Error> {
    let link = core.link(&wanted.connection)?;
    link.port(core).await?.verify_audit(call.context()).await
}
