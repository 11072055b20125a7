//! Sessions begin, go on, and end. A refresh token that comes a second time ends its session: one of its two holders is not
//! the person.

use super::super::record::{record, record_as};
use crate::{
    Error,
    accounts::{Caller, Deed},
    engine::Act,
    store::{
        accounts::{AccountAct, AccountChange, NewSession, Rotation, TokenRecord},
        sqlite::{
            table::{people, sessions},
            writer::{Change, Tx},
        },
    },
};
use domain::{CorrelationId, PersonId};
use serde_json::json;

pub(super) async fn apply(tx: &mut Tx<'_>, asked: &AccountAct) -> Result<Deed, Error> {
    let Caller::Person { id, session, .. } = &asked.act.caller else {
        return Err(Error::person_only("sign out"));
    };
    if matches!(asked.change, AccountChange::EndSessions) {
        let ended = sessions::end_all(tx.conn, id, tx.now).await?;
        return Ok(Deed::new("session.end_all", id.as_str()).to(json!({ "ended": ended })));
    }
    sessions::end(tx.conn, session, "signed_out", tx.now).await?;
    Ok(Deed::new("session.end", &**session))
}

/// Begins a session.
pub(in super::super::super) struct BeginSession(pub(in super::super::super) NewSession);

#[async_trait::async_trait]
impl Change for BeginSession {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let Self(new) = self;
        let gone = || Error::NotFound { what: format!("person {}", new.person) };
        let person = people::by_id(&mut *tx.conn, &new.person).await?.ok_or_else(gone)?;
        sessions::insert(tx.conn, new, tx.now).await?;
        sessions::add_tokens(tx.conn, &new.id, &new.tokens, tx.now).await?;
        let who = (person.email, format!("person:{}", new.person));
        record_as(tx, who, &new.correlation_id, Deed::new("session.begin", &*new.id).to(json!({ "by": new.by }))).await
    }
}

/// Exchanges a refresh token.
pub(in super::super::super) struct Rotate {
    pub(in super::super::super) hash: String,
    pub(in super::super::super) next: TokenRecord,
    pub(in super::super::super) correlation_id: CorrelationId,
}

#[async_trait::async_trait]
impl Change for Rotate {
    type Reply = Rotation;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Rotation, Error> {
        let Some(found) = sessions::refresh_token(&mut *tx.conn, &self.hash).await? else { return Ok(Rotation::Over) };
        let Some(person) = people::by_id(&mut *tx.conn, &PersonId::new(&*found.person)).await? else {
            return Ok(Rotation::Over);
        };
        if found.ended_at.is_some() || found.expires_at <= tx.now.as_millis() {
            return Ok(Rotation::Over);
        }
        let session = found.session;
        let caller = Caller::Person { id: person.id.clone(), email: person.email.clone(), session: session.clone() };
        let act = Act { caller, correlation_id: self.correlation_id.clone(), idempotency_key: None };
        if found.used_at.is_some() {
            sessions::end(tx.conn, &session, "reuse", tx.now).await?;
            let what = json!({ "because": "a refresh token came twice", "token": found.jti });
            record(tx, &act, Deed::new("session.revoke", &*session).to(what)).await?;
            return Ok(Rotation::Reused { session, person });
        }
        sessions::use_refresh_token(tx.conn, &self.hash, tx.now).await?;
        sessions::add_tokens(tx.conn, &session, &self.next, tx.now).await?;
        let what = json!({ "from": found.jti, "to": self.next.refresh_id });
        record(tx, &act, Deed::new("session.refresh", &*session).to(what)).await?;
        Ok(Rotation::Fresh { session, person })
    }
}
