//! Keys of programs come into being, are used, and end.

use super::{allowed, standing, within};
use crate::{
    Error,
    accounts::{Caller, Deed},
    store::{
        accounts::{AccountAct, AccountChange},
        sqlite::{
            table::api_keys,
            writer::{Change, Tx},
        },
    },
};
use domain::{Permission, TeamId};
use serde_json::json;

pub(super) async fn apply(tx: &mut Tx<'_>, asked: &AccountAct) -> Result<Deed, Error> {
    let caller = &asked.act.caller;
    if matches!(caller, Caller::Key { .. }) {
        return Err(Error::person_only("make or revoke a key"));
    }
    match &asked.change {
        AccountChange::KeepKey { key, prefix, hash } => {
            let team = key.team.as_deref().map(TeamId::from);
            match (&team, caller) {
                (None, Caller::Operator { .. }) => {}
                (None, _) => return Err(Error::operator_only("make a key for every team")),
                (Some(team), _) => {
                    let standing = allowed(tx, caller, team, Permission::Admin).await?;
                    within(&standing, &key.permissions)?;
                    if api_keys::is_named(tx.conn, team.as_str(), &key.name).await? {
                        return Err(Error::Conflict {
                            code: "key_name_taken",
                            message: format!("the team has a key called `{}`", key.name),
                            remedy: "Take another name, or revoke that key first.".to_owned(),
                        });
                    }
                }
            }
            api_keys::insert(tx.conn, key, (prefix, hash), &caller.actor(), tx.now).await?;
            let after = json!({ "name": key.name, "permissions": key.permissions, "expires_at": key.expires_at });
            Ok(Deed { team, ..Deed::new("key.create", &*key.id) }.to(after))
        }
        AccountChange::RevokeKey { key } => {
            let missing = || Error::NotFound { what: format!("API key {key}") };
            let found = api_keys::by_id(&mut *tx.conn, key).await?.ok_or_else(missing)?;
            let team = found.team.as_deref().map(TeamId::from);
            match (&team, caller) {
                (_, Caller::Operator { .. }) => {}
                (None, _) => return Err(missing()),
                (Some(team), _) => {
                    let standing = standing(tx.conn, caller, team).await?.ok_or_else(missing)?;
                    if !standing.allows(Permission::Admin) {
                        return Err(Error::lacks(Permission::Admin));
                    }
                }
            }
            api_keys::revoke(tx.conn, key, tx.now).await?;
            Ok(Deed { team, ..Deed::new("key.revoke", &**key) }.from(json!({ "name": found.name })))
        }
        _ => Err(Error::NotFound { what: "this change".to_owned() }),
    }
}

/// Notes that a key was used.
pub(in super::super::super) struct KeyUsed(pub(in super::super::super) String);

#[async_trait::async_trait]
impl Change for KeyUsed {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        api_keys::used(tx.conn, &self.0, tx.now).await
    }
}
