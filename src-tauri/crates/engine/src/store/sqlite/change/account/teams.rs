//! Teams come into being, are renamed, and go.

use super::{deed, no_team, owning};
use crate::{
    Error,
    accounts::{Caller, Deed, HOME},
    store::{
        accounts::{AccountAct, AccountChange},
        sqlite::{
            table::{api_keys, invitations, memberships, subscribers, teams},
            writer::Tx,
        },
    },
};
use domain::{Permission, Role, TeamId};
use serde_json::json;

pub(super) async fn apply(tx: &mut Tx<'_>, asked: &AccountAct) -> Result<Deed, Error> {
    let caller = &asked.act.caller;
    match &asked.change {
        AccountChange::FoundTeam { team, membership, name, slug, billing_email } => {
            if matches!(caller, Caller::Key { .. }) {
                return Err(Error::person_only("found a team"));
            }
            let slug = teams::insert(tx.conn, team, (name, slug), billing_email.as_deref(), tx.now).await?;
            if let Some(person) = caller.person() {
                memberships::insert(tx.conn, membership, (team, person), Role::Owner, tx.now).await?;
            }
            Ok(deed("team.create", team.as_str(), team).to(json!({ "name": name, "slug": slug })))
        }
        AccountChange::RenameTeam { team, name } => {
            super::allowed(tx, caller, team, Permission::Admin).await?;
            let before = teams::by_id(&mut *tx.conn, team).await?.ok_or_else(|| no_team(team))?;
            teams::rename(tx.conn, team, name).await?;
            let deed = deed("team.rename", team.as_str(), team);
            Ok(deed.from(json!({ "name": before.name })).to(json!({ "name": name })))
        }
        AccountChange::DeleteTeam { team } => delete(tx, caller, team).await,
        _ => Err(Error::NotFound { what: "this change".to_owned() }),
    }
}

async fn delete(tx: &mut Tx<'_>, caller: &Caller, team: &TeamId) -> Result<Deed, Error> {
    owning(tx, caller, team).await?;
    if team.as_str() == HOME {
        return Err(Error::Conflict {
            code: "team_is_home",
            message: "this team takes what names no team, so it stays".to_owned(),
            remedy: "Remove its members and keys instead.".to_owned(),
        });
    }
    let open = teams::open_runs(tx.conn, team).await?;
    if open > 0 {
        return Err(Error::Conflict {
            code: "team_has_open_runs",
            message: format!("{open} of its runs have not ended"),
            remedy: "Cancel them or wait for their end, then delete the team.".to_owned(),
        });
    }
    let subscriber = subscribers::of_team(&mut *tx.conn, team).await?;
    if subscriber.and_then(|one| one.current).is_some_and(|one| !one.is_over()) {
        return Err(Error::Conflict {
            code: "team_is_subscribed",
            message: "its subscription goes on, and would be charged without a team".to_owned(),
            remedy: "Cancel the subscription at once, then delete the team.".to_owned(),
        });
    }
    let before = teams::by_id(&mut *tx.conn, team).await?.ok_or_else(|| no_team(team))?;
    teams::delete(tx.conn, team, tx.now).await?;
    memberships::remove_all(tx.conn, team).await?;
    invitations::end_all(tx.conn, team, None, tx.now).await?;
    api_keys::revoke_all(tx.conn, team.as_str(), tx.now).await?;
    // The entry belongs to a team that nobody is in any more, so it is kept with the plane.
    Ok(Deed::new("team.delete", team.as_str()).from(json!({ "name": before.name, "slug": before.slug })))
}
