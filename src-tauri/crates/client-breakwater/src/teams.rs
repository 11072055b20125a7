//! What is done about teams, each act as the operation that it is.

use crate::{
    BreakwaterClient,
    wire::{Call, Wire},
};
use control_plane::{CallContext, Error};
use control_plane_api::{
    Operation,
    request::{ActBody, InvitationReply, InviteBody, PermissionsBody, RenameBody, RoleBody, TeamBody, TransferBody},
};
use domain::{Secret, TeamAct};
use serde::Serialize;
use serde_json::Value;

impl BreakwaterClient {
    /// Does it, with the reason of the call; gives what somebody who was invited accepts with.
    pub(crate) async fn change_team(&self, context: &CallContext, act: &TeamAct) -> Result<Option<Secret>, Error> {
        let (wire, reason) = (&self.wire, context.reason.clone());
        match act {
            TeamAct::Create { name, billing_email } => {
                let body = TeamBody { name: name.clone(), billing_email: billing_email.clone(), reason };
                done(wire, context, Operation::CreateTeam, &[], &body).await
            }
            TeamAct::Rename { team, name } => {
                done(wire, context, Operation::RenameTeam, &[team], &RenameBody { name: name.clone(), reason }).await
            }
            TeamAct::Delete { team } => done(wire, context, Operation::DeleteTeam, &[team], &ActBody { reason }).await,
            TeamAct::Invite { team, email, role } => {
                let body = InviteBody { email: email.clone(), role: *role, reason };
                let call = Call::to(Operation::InviteMember).at(&[team]).body(&body)?;
                let reply: InvitationReply = wire.send(context, call).await?;
                Ok(Some(Secret::new(reply.token)))
            }
            TeamAct::CancelInvitation { team, invitation } => {
                let at = [team.as_str(), invitation];
                done(wire, context, Operation::CancelInvitation, &at, &ActBody { reason }).await
            }
            TeamAct::ChangeRole { team, member, role } => {
                done(wire, context, Operation::ChangeRole, &[team, member], &RoleBody { role: *role, reason }).await
            }
            TeamAct::SetPermissions { team, member, permissions } => {
                let body = PermissionsBody { permissions: permissions.clone(), reason };
                done(wire, context, Operation::SetPermissions, &[team, member], &body).await
            }
            TeamAct::RemoveMember { team, member } => {
                done(wire, context, Operation::RemoveMember, &[team, member], &ActBody { reason }).await
            }
            TeamAct::Leave { team } => done(wire, context, Operation::LeaveTeam, &[team], &ActBody { reason }).await,
            TeamAct::TransferOwnership { team, member } => {
                let body = TransferBody { member: member.clone(), reason };
                done(wire, context, Operation::TransferTeam, &[team], &body).await
            }
        }
    }
}

/// How it is afterwards is read by whoever wants to know.
async fn done(
    wire: &Wire,
    context: &CallContext,
    operation: Operation,
    at: &[&str],
    body: &impl Serialize,
) -> Result<Option<Secret>, Error> {
    wire.send::<Value>(context, Call::to(operation).at(at).body(body)?).await.map(|_| None)
}
