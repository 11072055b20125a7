//! Being signed in: who gets the tokens, and that only one at a time gets new ones.
//!
//! The plane spends a refresh token at its first use and forgets all of them when it starts again. So whoever finds
//! that the session is over waits in line, and all who waited share what the first one got, good or bad. Deliberately
//! absent: clocks. A token has expired when the plane says so.

use crate::{
    error::{Refusal, refused},
    reply::{self, Tokens},
    wire::credential::{Credential, Login},
};
use client_http::{BuildError, Call, Wire as HttpWire, incompatible};
use control_plane::{CallContext, Error};
use domain::Secret;
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

/// The way of one operator into one plane.
#[derive(Debug)]
pub(crate) struct Session {
    credential: Credential,
    /// Counts every attempt to get tokens, so that those who waited for one see that it was made.
    attempts: AtomicU64,
    state: Mutex<State>,
}

/// What is held between calls, in memory only.
#[derive(Debug)]
struct State {
    signed: Result<HttpWire, Error>,
    refresh: Option<Secret>,
}

/// A wire that carries an access token, and which attempt got it.
#[derive(Debug)]
pub(crate) struct Pass {
    pub(crate) wire: HttpWire,
    attempt: u64,
}

impl Session {
    pub(crate) fn new(wire: &HttpWire, credential: Credential) -> Result<Self, BuildError> {
        let signed = match &credential {
            Credential::Access(token) => Ok(wire.clone().with_bearer(token)?),
            Credential::Login(_) | Credential::Unusable => Err(Error::Unauthorised),
        };
        Ok(Self { credential, attempts: AtomicU64::new(0), state: Mutex::new(State { signed, refresh: None }) })
    }

    /// A wire to call with; signs in if nobody has.
    pub(crate) async fn pass(&self, open: &HttpWire, context: &CallContext) -> Result<Pass, Error> {
        let seen = self.attempts.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        let attempt = self.attempts.load(Ordering::Acquire);
        match &state.signed {
            Ok(wire) => Ok(Pass { wire: wire.clone(), attempt }),
            Err(error) if attempt != seen => Err(error.clone()),
            Err(_) => self.sign_in(&mut state, open, context).await,
        }
    }

    /// A wire to call with after the plane did not accept `old`.
    pub(crate) async fn renew(&self, old: &Pass, open: &HttpWire, context: &CallContext) -> Result<Pass, Error> {
        let mut state = self.state.lock().await;
        let attempt = self.attempts.load(Ordering::Acquire);
        if attempt != old.attempt {
            return state.signed.clone().map(|wire| Pass { wire, attempt });
        }
        self.sign_in(&mut state, open, context).await
    }

    async fn sign_in(&self, state: &mut State, open: &HttpWire, context: &CallContext) -> Result<Pass, Error> {
        let Credential::Login(login) = &self.credential else { return Err(Error::Unauthorised) };
        let outcome = tokens(&mut state.refresh, login, open, context).await;
        let attempt = self.attempts.fetch_add(1, Ordering::AcqRel) + 1;
        state.signed = outcome.and_then(|tokens| {
            state.refresh = Some(tokens.refresh);
            let wire = open.clone().with_bearer(&tokens.access);
            wire.map_err(|_| incompatible("the plane gave a token that cannot be sent"))
        });
        state.signed.clone().map(|wire| Pass { wire, attempt })
    }
}

/// New tokens by the refresh token, or by the password where there is none or it is spent.
async fn tokens(
    refresh: &mut Option<Secret>,
    login: &Login,
    open: &HttpWire,
    context: &CallContext,
) -> Result<Tokens, Error> {
    // Taken out first: once it is on its way, nobody knows whether it is spent.
    if let Some(token) = refresh.take() {
        let call = Call::post(&["api", "auth", "refresh"]).json(&json!({ "refreshToken": token.expose() }))?;
        match ask(open, context, call).await {
            Err(Error::Unauthorised) => {}
            outcome => return outcome,
        }
    }
    let body = json!({ "email": login.email, "password": login.password.expose() });
    ask(open, context, Call::post(&["api", "auth", "login"]).json(&body)?).await
}

async fn ask(open: &HttpWire, context: &CallContext, call: Call) -> Result<Tokens, Error> {
    let answer = open.ask(context, call).await?;
    if answer.is_success() {
        return reply::read(&answer, "the sign-in");
    }
    match refused(&Refusal::of("the sign-in", &answer)) {
        // An address or a password that the plane cannot even read is not accepted either.
        Error::Invalid { .. } | Error::Forbidden { .. } => Err(Error::Unauthorised),
        error => Err(error),
    }
}
