//! Somebody comes whom an identity provider vouches for: known by the provider's name for them, by an address that the
//! provider has made sure of, or by an invitation to that address.

use super::super::record::record_as;
use super::{deed, invitations::room};
use crate::{
    Error,
    accounts::Deed,
    store::{
        accounts::{Arrival, InvitationRecord, PersonRecord},
        sqlite::{
            table::{invitations, memberships, people},
            writer::{Change, Tx},
        },
    },
};
use serde_json::json;

/// Finds them, or lets them in.
pub(in super::super::super) struct Arrive(pub(in super::super::super) Arrival);

#[async_trait::async_trait]
impl Change for Arrive {
    type Reply = Option<PersonRecord>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Reply, Error> {
        let Self(arrival) = self;
        let identity = (arrival.issuer.as_str(), arrival.subject.as_str());
        if let Some(known) = people::by_identity(&mut *tx.conn, identity).await? {
            return Ok(Some(known));
        }
        let Some(email) = &arrival.email else { return Ok(None) };
        let known = people::by_email(&mut *tx.conn, email).await?;
        if let Some(known) = &known
            && people::has_identity(tx.conn, &known.id).await?
        {
            // The address is that of somebody whom the provider calls otherwise: it may have been given to another.
            return Ok(None);
        }
        let invited = invitations::of_email(tx.conn, email, tx.now).await?;
        if known.is_none() && invited.is_empty() {
            return Ok(None);
        }
        for invitation in &invited {
            room(tx, &invitation.team, arrival.most, 1).await?;
        }
        let person = if let Some(known) = known {
            known
        } else {
            let (id, name) = (arrival.new.clone(), arrival.name.clone());
            let person = PersonRecord { id, email: email.clone(), name, password: None };
            people::insert(tx.conn, &person, tx.now).await?;
            person
        };
        people::set_identity(tx.conn, &person.id, identity).await?;
        let who = || (person.email.clone(), format!("person:{}", person.id));
        let after = json!({ "issuer": arrival.issuer, "subject": arrival.subject });
        let linked = Deed::new("person.identify", person.id.as_str()).to(after);
        record_as(tx, who(), &arrival.correlation_id, linked).await?;
        for (number, invitation) in invited.iter().enumerate() {
            let membership = format!("{}{number}", arrival.membership);
            if join(tx, &membership, &person, invitation).await? {
                let after = json!({ "member": membership, "email": person.email, "role": invitation.role });
                let deed = deed("invitation.accept", &*invitation.id, &invitation.team).to(after);
                record_as(tx, who(), &arrival.correlation_id, deed).await?;
            }
        }
        Ok(Some(person))
    }
}

/// Takes an invitation up; says whether that made somebody a member.
async fn join(
    tx: &mut Tx<'_>,
    membership: &str,
    person: &PersonRecord,
    invitation: &InvitationRecord,
) -> Result<bool, Error> {
    invitations::end(tx.conn, &invitation.team, &invitation.id, tx.now).await?;
    if memberships::of_person(&mut *tx.conn, &invitation.team, &person.id).await?.is_some() {
        return Ok(false);
    }
    memberships::insert(tx.conn, membership, (&invitation.team, &person.id), invitation.role, tx.now).await?;
    Ok(true)
}
