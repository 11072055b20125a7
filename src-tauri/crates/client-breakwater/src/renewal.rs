//! The access token of somebody who is signed in, renewed ahead of time.
//!
//! An exchange runs as a task of its own: whoever waits for it may give up, and then the next refresh token must be kept all
//! the same. If its answer is lost on the way, nobody knows whether the token is used up; it is sent again at the next turn,
//! because there is no other one.

use crate::wire::{Call, opened, says};
use client_http::Wire;
use control_plane::{CallContext, Error, Session, SessionKeeper};
use control_plane_api::{
    Operation,
    request::{RefreshBody, SessionReply},
};
use domain::{Secret, Timestamp};
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};

/// An access token that holds for less than this is not used any more.
const AHEAD: Duration = Duration::from_secs(30);
/// What the plane says of a session that cannot go on.
const SESSION_OVER: &str = "session_over";

/// The access token of somebody who is signed in.
#[derive(Debug)]
pub(crate) struct Renewal {
    /// Without any credential.
    wire: Wire,
    keeper: Arc<dyn SessionKeeper>,
    /// What was read or kept last, so that not every call asks the keeper.
    held: Mutex<Option<Session>>,
    /// One at a time of this process asks for a turn.
    line: tokio::sync::Mutex<()>,
}

impl Renewal {
    pub(crate) fn new(wire: Wire, keeper: Arc<dyn SessionKeeper>) -> Self {
        Self { wire, keeper, held: Mutex::default(), line: tokio::sync::Mutex::default() }
    }

    /// An access token that holds, and that is not the one that was `refused`.
    pub(crate) async fn access(
        self: &Arc<Self>,
        context: &CallContext,
        refused: Option<&Secret>,
    ) -> Result<Secret, Error> {
        if let Some(access) = self.at_hand(refused) {
            return Ok(access);
        }
        let (renewal, context, refused) = (Arc::clone(self), context.clone(), refused.cloned());
        let renewing = tokio::spawn(async move { renewal.renew(&context, refused.as_ref()).await });
        let cut = |_| Err(Error::Unreachable { detail: "the exchange of tokens was cut off".to_owned() });
        renewing.await.unwrap_or_else(cut)
    }

    async fn renew(&self, context: &CallContext, refused: Option<&Secret>) -> Result<Secret, Error> {
        let _first = self.line.lock().await;
        if let Some(access) = self.at_hand(refused) {
            return Ok(access);
        }
        let _turn = self.keeper.turn().await?;
        *self.held.lock() = None;
        let Some(kept) = self.keeper.session().await? else { return Err(Error::Unauthorised) };
        let session = if self.serves(&kept, refused) { kept } else { self.exchange(context, &kept).await? };
        let access = session.access.clone();
        *self.held.lock() = Some(session);
        Ok(access)
    }

    /// Exchanges the refresh token and keeps what came of it.
    async fn exchange(&self, context: &CallContext, kept: &Session) -> Result<Session, Error> {
        let body = RefreshBody { refresh_token: kept.refresh.expose().to_owned() };
        let call = Call::to(Operation::RefreshSession).body(&body)?;
        let asked_at = self.keeper.now();
        let answer = self.wire.ask(context, call.over_http()?).await?;
        if says(&answer, SESSION_OVER) {
            self.keeper.end().await?;
            return Err(Error::Unauthorised);
        }
        let (reply, made_at) = opened::<SessionReply>(&call, &answer)?;
        let session = session(reply);
        // The plane's clock may be another: what counts is for how long it holds.
        let holds = session.access_expires_at.since(made_at);
        let session = Session { access_expires_at: asked_at.plus(holds), ..session };
        self.keeper.keep(&session).await?;
        Ok(session)
    }

    fn at_hand(&self, refused: Option<&Secret>) -> Option<Secret> {
        let held = self.held.lock();
        held.as_ref().filter(|held| self.serves(held, refused)).map(|held| held.access.clone())
    }

    fn serves(&self, session: &Session, refused: Option<&Secret>) -> bool {
        let now: Timestamp = self.keeper.now();
        refused != Some(&session.access) && session.access_expires_at.since(now) >= AHEAD
    }
}

/// A session as the plane gives it, by the plane's clock.
pub(crate) fn session(reply: SessionReply) -> Session {
    Session {
        access: Secret::new(reply.access_token),
        access_expires_at: reply.access_expires_at,
        refresh: Secret::new(reply.refresh_token),
    }
}
