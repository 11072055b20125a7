//! Teams: who is in them, and every act on that. Each answers with how it is afterwards.

use crate::{
    body::{Json, Optional},
    grant::Grant,
    refusal::Refusal,
    reply::{Answer, Created, Reply},
    serve::Server,
};
use axum::{
    Extension,
    extract::{Path, State},
};
use control_plane_api::request::{
    ActBody, InvitationReply, InviteBody, PermissionsBody, RenameBody, RoleBody, TeamBody, TransferBody,
};
use domain::{Secret, Team, TeamAct, TeamId, TeamPeople};

pub(crate) async fn list(State(server): State<Server>, Extension(grant): Extension<Grant>) -> Answer<Vec<Team>> {
    Ok(Reply(server.engine().teams(&grant.caller).await?))
}

pub(crate) async fn create(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Json(body): Json<TeamBody>,
) -> Result<Created<Team>, Refusal> {
    let (name, billing_email) = (&body.name, body.billing_email.as_deref());
    let made = server.engine().found_team(name, billing_email, body.reason.as_deref(), &grant.act()).await?;
    Ok(Created(made))
}

pub(crate) async fn people(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(team): Path<String>,
) -> Answer<TeamPeople> {
    of(&server, &grant, &team).await
}

pub(crate) async fn rename(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(team): Path<String>,
    Json(body): Json<RenameBody>,
) -> Answer<TeamPeople> {
    let act = TeamAct::Rename { team: team.clone(), name: body.name };
    within(&server, &grant, &team, &act, body.reason.as_deref()).await
}

pub(crate) async fn delete(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(team): Path<String>,
    Optional(body): Optional<ActBody>,
) -> Answer<Vec<Team>> {
    server.engine().act_on_team(&TeamAct::Delete { team }, body.reason.as_deref(), &grant.act()).await?;
    Ok(Reply(server.engine().teams(&grant.caller).await?))
}

pub(crate) async fn leave(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(team): Path<String>,
    Optional(body): Optional<ActBody>,
) -> Answer<Vec<Team>> {
    server.engine().act_on_team(&TeamAct::Leave { team }, body.reason.as_deref(), &grant.act()).await?;
    Ok(Reply(server.engine().teams(&grant.caller).await?))
}

pub(crate) async fn transfer(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(team): Path<String>,
    Json(body): Json<TransferBody>,
) -> Answer<TeamPeople> {
    let act = TeamAct::TransferOwnership { team: team.clone(), member: body.member };
    within(&server, &grant, &team, &act, body.reason.as_deref()).await
}

pub(crate) async fn invite(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(team): Path<String>,
    Json(body): Json<InviteBody>,
) -> Result<Created<InvitationReply>, Refusal> {
    let act = TeamAct::Invite { team: team.clone(), email: body.email, role: body.role };
    let token = server.engine().act_on_team(&act, body.reason.as_deref(), &grant.act()).await?;
    let token = token.as_ref().map(Secret::expose).unwrap_or_default().to_owned();
    let Reply(people) = of(&server, &grant, &team).await?;
    Ok(Created(InvitationReply { people, token }))
}

pub(crate) async fn cancel_invitation(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path((team, invitation)): Path<(String, String)>,
    Optional(body): Optional<ActBody>,
) -> Answer<TeamPeople> {
    let act = TeamAct::CancelInvitation { team: team.clone(), invitation };
    within(&server, &grant, &team, &act, body.reason.as_deref()).await
}

pub(crate) async fn change_role(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path((team, member)): Path<(String, String)>,
    Json(body): Json<RoleBody>,
) -> Answer<TeamPeople> {
    let act = TeamAct::ChangeRole { team: team.clone(), member, role: body.role };
    within(&server, &grant, &team, &act, body.reason.as_deref()).await
}

pub(crate) async fn set_permissions(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path((team, member)): Path<(String, String)>,
    Json(body): Json<PermissionsBody>,
) -> Answer<TeamPeople> {
    let act = TeamAct::SetPermissions { team: team.clone(), member, permissions: body.permissions };
    within(&server, &grant, &team, &act, body.reason.as_deref()).await
}

pub(crate) async fn remove_member(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path((team, member)): Path<(String, String)>,
    Optional(body): Optional<ActBody>,
) -> Answer<TeamPeople> {
    let act = TeamAct::RemoveMember { team: team.clone(), member };
    within(&server, &grant, &team, &act, body.reason.as_deref()).await
}

async fn within(server: &Server, grant: &Grant, team: &str, act: &TeamAct, reason: Option<&str>) -> Answer<TeamPeople> {
    server.engine().act_on_team(act, reason, &grant.act()).await?;
    of(server, grant, team).await
}

async fn of(server: &Server, grant: &Grant, team: &str) -> Answer<TeamPeople> {
    Ok(Reply(server.engine().team_people(&TeamId::from(team), &grant.caller).await?))
}
