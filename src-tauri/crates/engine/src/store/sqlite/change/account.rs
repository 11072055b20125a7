//! Changes of people, teams and keys, each judged in its own transaction by what the caller is at that moment.

mod arrivals;
mod invitations;
mod keys;
mod members;
mod sessions;
mod teams;

pub(in super::super) use arrivals::Arrive;
pub(in super::super) use invitations::Accept;
pub(in super::super) use keys::KeyUsed;
pub(in super::super) use sessions::{BeginSession, Rotate};

use super::super::{
    table::{memberships, teams as team_table},
    writer::{Change, Tx},
};
use super::record::record;
use crate::{
    Error,
    accounts::{Caller, Deed, Standing},
    store::accounts::{AccountAct, AccountChange},
};
use domain::{Permission, TeamId};
use sqlx::SqliteConnection;

#[async_trait::async_trait]
impl Change for AccountAct {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let deed = match &self.change {
            AccountChange::FoundTeam { .. } | AccountChange::RenameTeam { .. } | AccountChange::DeleteTeam { .. } => {
                teams::apply(tx, self).await?
            }
            AccountChange::Invite { .. } | AccountChange::CancelInvitation { .. } => {
                invitations::apply(tx, self).await?
            }
            AccountChange::ChangeRole { .. }
            | AccountChange::SetPermissions { .. }
            | AccountChange::RemoveMember { .. }
            | AccountChange::Leave { .. }
            | AccountChange::TransferOwnership { .. } => members::apply(tx, self).await?,
            AccountChange::KeepKey { .. } | AccountChange::RevokeKey { .. } => keys::apply(tx, self).await?,
            AccountChange::EndSession | AccountChange::EndSessions => sessions::apply(tx, self).await?,
        };
        record(tx, &self.act, deed.because(self.reason.as_deref())).await
    }
}

/// What a caller is in a team; `None` if the team is not there for them.
pub(in super::super) async fn standing(
    conn: &mut SqliteConnection,
    caller: &Caller,
    team: &TeamId,
) -> Result<Option<Standing>, Error> {
    if let Some(person) = caller.person() {
        return memberships::standing(conn, person, team).await;
    }
    if team_table::by_id(conn, team).await?.is_none() {
        return Ok(None);
    }
    Ok(match caller {
        Caller::Operator { .. } => Some(Standing::of_operator(team.clone())),
        key => Standing::of_key(key, team),
    })
}

/// What the caller is in a team, which must allow this.
async fn allowed(tx: &mut Tx<'_>, caller: &Caller, team: &TeamId, needs: Permission) -> Result<Standing, Error> {
    let standing = standing(tx.conn, caller, team).await?.ok_or_else(|| no_team(team))?;
    if standing.allows(needs) { Ok(standing) } else { Err(Error::lacks(needs)) }
}

/// The same for what only the owner may.
async fn owning(tx: &mut Tx<'_>, caller: &Caller, team: &TeamId) -> Result<Standing, Error> {
    let standing = standing(tx.conn, caller, team).await?.ok_or_else(|| no_team(team))?;
    if standing.is_owner() { Ok(standing) } else { Err(Error::owner_only()) }
}

/// Nobody gives more than they have.
fn within(standing: &Standing, given: &[Permission]) -> Result<(), Error> {
    match given.iter().find(|permission| !standing.allows(**permission)) {
        None => Ok(()),
        Some(more) => Err(Error::Forbidden {
            message: format!("what is given includes `{}`, which you do not have yourself", more.as_str()),
            remedy: "Give less, or ask somebody who has it.".to_owned(),
        }),
    }
}

fn no_team(team: &TeamId) -> Error {
    Error::NotFound { what: format!("team {team}") }
}

/// An act on a team.
fn deed(act: &'static str, target: impl Into<String>, team: &TeamId) -> Deed {
    Deed::new(act, target).team(team)
}
