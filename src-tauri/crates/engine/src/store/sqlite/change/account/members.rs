//! Members get other roles and permissions, go, or take a team over. A team keeps its owner in all of that.

use super::{allowed, deed, no_team, owning, standing, within};
use crate::{
    Error,
    accounts::{Caller, Deed},
    store::{
        accounts::{AccountAct, AccountChange},
        sqlite::{table::memberships, writer::Tx},
    },
};
use domain::{Member, Permission, PersonId, Role, TeamId};
use serde_json::json;

pub(super) async fn apply(tx: &mut Tx<'_>, asked: &AccountAct) -> Result<Deed, Error> {
    let caller = &asked.act.caller;
    match &asked.change {
        AccountChange::ChangeRole { team, member, role } => {
            let standing = allowed(tx, caller, team, Permission::Admin).await?;
            if *role == Role::Owner {
                return Err(by_transfer());
            }
            let (_, before) = changeable(tx, team, member).await?;
            within(&standing, role.permissions())?;
            within(&standing, &held(&before))?;
            memberships::set_role(tx.conn, member, *role).await?;
            Ok(on("member.role", team, &before).to(json!({ "role": role })))
        }
        AccountChange::SetPermissions { team, member, permissions } => {
            let standing = allowed(tx, caller, team, Permission::Admin).await?;
            let (_, before) = changeable(tx, team, member).await?;
            within(&standing, permissions.as_deref().unwrap_or(before.role.permissions()))?;
            within(&standing, &held(&before))?;
            memberships::set_permissions(tx.conn, member, permissions.as_ref()).await?;
            Ok(on("member.permissions", team, &before).to(json!({ "role": before.role, "permissions": permissions })))
        }
        AccountChange::RemoveMember { team, member } => {
            let standing = allowed(tx, caller, team, Permission::Admin).await?;
            let (_, before) = changeable(tx, team, member).await?;
            within(&standing, &held(&before))?;
            memberships::remove(tx.conn, member).await?;
            Ok(on("member.remove", team, &before))
        }
        AccountChange::Leave { team } => leave(tx, caller, team).await,
        AccountChange::TransferOwnership { team, member } => transfer(tx, caller, team, member).await,
        _ => Err(Error::NotFound { what: "this change".to_owned() }),
    }
}

async fn leave(tx: &mut Tx<'_>, caller: &Caller, team: &TeamId) -> Result<Deed, Error> {
    let standing = standing(tx.conn, caller, team).await?.ok_or_else(|| no_team(team))?;
    let Some(person) = caller.person() else { return Err(Error::person_only("leave a team")) };
    if standing.is_owner() {
        return Err(Error::Conflict {
            code: "owner_stays",
            message: "an owner cannot leave a team".to_owned(),
            remedy: "Give the team to another member first, or delete it.".to_owned(),
        });
    }
    let own = memberships::of_person(&mut *tx.conn, team, person).await?.ok_or_else(|| no_team(team))?;
    let (_, before) = found(tx, team, &own).await?;
    memberships::remove(tx.conn, &own).await?;
    Ok(on("member.leave", team, &before))
}

async fn transfer(tx: &mut Tx<'_>, caller: &Caller, team: &TeamId, member: &str) -> Result<Deed, Error> {
    owning(tx, caller, team).await?;
    let (_, next) = found(tx, team, member).await?;
    let owner = memberships::owner(tx.conn, team).await?;
    if owner.as_deref() == Some(member) {
        return Err(Error::Conflict {
            code: "owner_already",
            message: "this member owns the team already".to_owned(),
            remedy: "Choose another member.".to_owned(),
        });
    }
    if let Some(owner) = &owner {
        memberships::set_role(tx.conn, owner, Role::Admin).await?;
    }
    memberships::set_role(tx.conn, member, Role::Owner).await?;
    let deed = deed("team.transfer", team.as_str(), team).from(json!({ "owner": owner }));
    Ok(deed.to(json!({ "owner": member, "email": next.email })))
}

async fn found(tx: &mut Tx<'_>, team: &TeamId, member: &str) -> Result<(PersonId, Member), Error> {
    let found = memberships::by_id(&mut *tx.conn, team, member).await?;
    found.ok_or_else(|| Error::NotFound { what: format!("member {member} of team {team}") })
}

/// A member who is not the owner.
async fn changeable(tx: &mut Tx<'_>, team: &TeamId, member: &str) -> Result<(PersonId, Member), Error> {
    let found = found(tx, team, member).await?;
    if found.1.role == Role::Owner { Err(by_transfer()) } else { Ok(found) }
}

fn by_transfer() -> Error {
    Error::Conflict {
        code: "owner_by_transfer",
        message: "who owns a team is changed only by giving it away".to_owned(),
        remedy: "Let the owner give the team to another member.".to_owned(),
    }
}

/// What a member may do now. Who may less cannot change it.
fn held(member: &Member) -> Vec<Permission> {
    member.permissions.clone().unwrap_or_else(|| member.role.permissions().to_vec())
}

fn on(act: &'static str, team: &TeamId, member: &Member) -> Deed {
    let before = json!({ "email": member.email, "role": member.role, "permissions": member.permissions });
    deed(act, &*member.id, team).from(before)
}
