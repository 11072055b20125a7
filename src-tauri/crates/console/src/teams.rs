//! Teams of the planes that have some: who is in them, who is invited, and the acts on that.

use crate::{
    acts::{Deed, record},
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    runs::act::reason,
    told::{self, Topic},
    view::{ActOnTeam, TeamActed, TeamRef, Told},
};
use cache::Noun;
use domain::{Action, Team, TeamAct, TeamPeople};
use futures::{FutureExt as _, future::BoxFuture};
use std::sync::Arc;

const TEAMS: Topic = Topic { noun: Noun::Teams, subject: String::new(), needs: Action::Teams };

fn ask(port: Arc<Guarded>, call: Call, _: String) -> BoxFuture<'static, Result<Vec<Team>, Error>> {
    async move { port.teams(call.context()).await }.boxed()
}

fn ask_people(port: Arc<Guarded>, call: Call, team: String) -> BoxFuture<'static, Result<TeamPeople, Error>> {
    async move { port.team_people(call.context(), &team).await }.boxed()
}

/// Teams of every connection; of one that has none, why not.
pub(crate) async fn list(core: &Arc<Core>, call: &Call) -> Result<Vec<Told<Vec<Team>>>, Error> {
    told::everywhere(core, call, &TEAMS, ask).await
}

/// Who is in a team and who is invited.
pub(crate) async fn people(core: &Arc<Core>, call: &Call, wanted: TeamRef) -> Result<Told<TeamPeople>, Error> {
    let link = core.link(&wanted.connection)?;
    let topic = Topic { noun: Noun::TeamPeople, subject: wanted.team, needs: Action::Teams };
    told::look(core, call, &link, topic, ask_people).await
}

/// Does something about a team.
pub(crate) async fn act(core: &Arc<Core>, call: &Call, request: ActOnTeam) -> Result<TeamActed, Error> {
    let reason = reason(&request.reason)?;
    let because = call.because(&reason);
    let link = core.link(&request.connection)?;
    let (name, target) = named(&request.act);
    let deed = Deed::new(name, &link, target, Some(reason));
    let handover = record(core, call, &link, deed, async |_| {
        link.port(core).await?.act_on_team(because.context(), &request.act).await
    })
    .await?;
    if let Some(team) = team_of(&request.act) {
        let topic = Topic { noun: Noun::TeamPeople, subject: team.to_owned(), needs: Action::Teams };
        // Whoever left or removed it may not read it any more, which is as it should be.
        let _ = told::after_act(core, call, &link, topic, ask_people).await;
    }
    let teams = told::after_act(core, call, &link, TEAMS, ask).await?;
    Ok(TeamActed { teams, invitation: handover.map(|secret| secret.expose().to_owned()) })
}

/// The team that an act was about, if it is there afterwards.
fn team_of(act: &TeamAct) -> Option<&str> {
    match act {
        TeamAct::Create { .. } | TeamAct::Delete { .. } | TeamAct::Leave { .. } => None,
        TeamAct::Rename { team, .. }
        | TeamAct::Invite { team, .. }
        | TeamAct::CancelInvitation { team, .. }
        | TeamAct::ChangeRole { team, .. }
        | TeamAct::SetPermissions { team, .. }
        | TeamAct::RemoveMember { team, .. }
        | TeamAct::TransferOwnership { team, .. } => Some(team),
    }
}

/// What an act is called in the record of acts, and to what it was done.
fn named(act: &TeamAct) -> (&'static str, String) {
    match act {
        TeamAct::Create { name, .. } => ("create_team", name.chars().take(100).collect()),
        TeamAct::Rename { team, .. } => ("rename_team", team.clone()),
        TeamAct::Delete { team } => ("delete_team", team.clone()),
        TeamAct::Invite { team, email, .. } => ("invite_member", format!("{team}/{email}")),
        TeamAct::CancelInvitation { team, invitation } => ("cancel_invitation", format!("{team}/{invitation}")),
        TeamAct::ChangeRole { team, member, .. } => ("change_role", format!("{team}/{member}")),
        TeamAct::SetPermissions { team, member, .. } => ("set_permissions", format!("{team}/{member}")),
        TeamAct::RemoveMember { team, member } => ("remove_member", format!("{team}/{member}")),
        TeamAct::Leave { team } => ("leave_team", team.clone()),
        TeamAct::TransferOwnership { team, member } => ("transfer_ownership", format!("{team}/{member}")),
    }
}
