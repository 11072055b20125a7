//! Somebody is invited, the invitation is taken back, or it is taken up.

use super::super::record::record_as;
use super::{allowed, deed, within};
use crate::{
    Error,
    accounts::Deed,
    store::{
        accounts::{Acceptance, AccountAct, AccountChange, InvitationRecord, PersonRecord},
        sqlite::{
            table::{invitations, memberships, people},
            writer::{Change, Tx},
        },
    },
};
use domain::{Permission, Role, TeamId};
use serde_json::json;

pub(super) async fn apply(tx: &mut Tx<'_>, asked: &AccountAct) -> Result<Deed, Error> {
    let caller = &asked.act.caller;
    match &asked.change {
        AccountChange::Invite { team, invitation, email, role, hash, expires_at, most } => {
            let standing = allowed(tx, caller, team, Permission::Admin).await?;
            if *role == Role::Owner {
                return Err(Error::Conflict {
                    code: "owner_by_transfer",
                    message: "nobody is invited as owner".to_owned(),
                    remedy: "Invite them as admin and give the team to them afterwards.".to_owned(),
                });
            }
            within(&standing, role.permissions())?;
            if let Some(person) = people::by_email(&mut *tx.conn, email).await?
                && memberships::of_person(&mut *tx.conn, team, &person.id).await?.is_some()
            {
                return Err(already(email));
            }
            let replaced = invitations::open(tx.conn, team, email, tx.now).await?;
            room(tx, team, *most, replaced).await?;
            invitations::end_all(tx.conn, team, Some(email), tx.now).await?;
            let record =
                InvitationRecord { id: invitation.clone(), team: team.clone(), email: email.clone(), role: *role };
            invitations::insert(tx.conn, &record, hash, &caller.actor(), (tx.now, *expires_at)).await?;
            Ok(deed("member.invite", &**invitation, team).to(json!({ "email": email, "role": role })))
        }
        AccountChange::CancelInvitation { team, invitation } => {
            allowed(tx, caller, team, Permission::Admin).await?;
            let email = invitations::end(tx.conn, team, invitation, tx.now).await?;
            let email = email.ok_or_else(|| Error::NotFound { what: format!("invitation {invitation}") })?;
            Ok(deed("invitation.cancel", &**invitation, team).from(json!({ "email": email })))
        }
        _ => Err(Error::NotFound { what: "this change".to_owned() }),
    }
}

/// Makes somebody a member who was invited.
pub(in super::super::super) struct Accept(pub(in super::super::super) Acceptance);

#[async_trait::async_trait]
impl Change for Accept {
    type Reply = PersonRecord;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<PersonRecord, Error> {
        let Self(Acceptance { hash, membership, person, most, correlation_id }) = self;
        let invitation = invitations::by_hash(&mut *tx.conn, hash, tx.now).await?;
        let invitation = invitation.filter(|invitation| invitation.email == person.email).ok_or_else(over)?;
        let known = people::by_email(&mut *tx.conn, &person.email).await?;
        // Who the address belongs to was looked up before; if that changed meanwhile, what was shown proves nothing.
        if known.as_ref().is_some_and(|known| known.id != person.id) {
            return Err(over());
        }
        if memberships::of_person(&mut *tx.conn, &invitation.team, &person.id).await?.is_some() {
            return Err(already(&person.email));
        }
        room(tx, &invitation.team, *most, 1).await?;
        invitations::end(tx.conn, &invitation.team, &invitation.id, tx.now).await?;
        if known.is_none() {
            people::insert(tx.conn, person, tx.now).await?;
        }
        let places = (&invitation.team, &person.id);
        memberships::insert(tx.conn, membership, places, invitation.role, tx.now).await?;
        let who = (person.email.clone(), format!("person:{}", person.id));
        let deed = deed("invitation.accept", &*invitation.id, &invitation.team);
        let after = json!({ "member": membership, "email": person.email, "role": invitation.role });
        record_as(tx, who, correlation_id, deed.to(after)).await?;
        Ok(known.unwrap_or_else(|| person.clone()))
    }
}

/// Whether one more fits in where so many places become free by it.
pub(super) async fn room(tx: &mut Tx<'_>, team: &TeamId, most: u32, freed: u64) -> Result<(), Error> {
    if memberships::places_taken(tx.conn, team, tx.now).await?.saturating_sub(freed) < u64::from(most) {
        return Ok(());
    }
    Err(Error::Conflict {
        code: "team_is_full",
        message: format!("a team has at most {most} members, open invitations included"),
        remedy: "Remove a member or take an invitation back.".to_owned(),
    })
}

fn already(email: &str) -> Error {
    Error::Conflict {
        code: "already_a_member",
        message: format!("{email} is in the team already"),
        remedy: "Change the role of the member instead.".to_owned(),
    }
}

fn over() -> Error {
    Error::NotFound { what: "an open invitation with this token".to_owned() }
}
