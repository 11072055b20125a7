//! People who sign in and out.

use crate::{
    BreakwaterClient,
    renewal::session,
    wire::{Call, opened},
};
use client_http::plain;
use control_plane::{BegunSignIn, CallContext, ControlPlane as _, Error, Session, SignIn, WaysIn};
use control_plane_api::{
    Operation,
    request::{AcceptBody, BeginBrowserBody, BeginBrowserReply, FinishBrowserBody, SignInBody, WaysInReply},
};
use domain::{Action, Secret};
use serde_json::Value;

impl BreakwaterClient {
    pub(crate) async fn known_ways_in(&self, context: &CallContext) -> Result<WaysIn, Error> {
        self.refuse_on_socket()?;
        let call = Call::to(Operation::WaysIn);
        let answer = self.wire.ask(context, &call).await?;
        let (WaysInReply { password, provider }, _) = opened(&call, &answer)?;
        Ok(WaysIn { password, provider: provider.map(|name| plain(&name)) })
    }

    pub(crate) async fn begin_in_browser(&self, context: &CallContext, back_to: &str) -> Result<BegunSignIn, Error> {
        self.refuse_on_socket()?;
        let body = BeginBrowserBody { redirect_uri: back_to.to_owned() };
        let call = Call::to(Operation::BeginBrowserSignIn).body(&body)?;
        let answer = self.wire.ask(context, &call).await?;
        let (BeginBrowserReply { url, attempt, expires_at }, _) = opened(&call, &answer)?;
        Ok(BegunSignIn { url, attempt: Secret::new(attempt), expires_at })
    }

    pub(crate) async fn begin_session(&self, context: &CallContext, by: &SignIn) -> Result<Session, Error> {
        self.refuse_on_socket()?;
        let exposed = |secret: &Secret| secret.expose().to_owned();
        let call = match by {
            SignIn::Password { email, password, device } => Call::to(Operation::SignIn).body(&SignInBody {
                email: email.clone(),
                password: exposed(password),
                device: device.as_ref().map(exposed),
            })?,
            SignIn::Invitation { token, name, password } => Call::to(Operation::AcceptInvitation)
                .body(&AcceptBody { token: exposed(token), name: name.clone(), password: exposed(password) })?,
            SignIn::Browser { attempt, back } => Call::to(Operation::FinishBrowserSignIn).body(&FinishBrowserBody {
                attempt: exposed(attempt),
                state: back.state.clone(),
                code: exposed(&back.code),
                issuer: back.issuer.clone(),
            })?,
        };
        let answer = self.wire.ask(context, &call).await?;
        opened(&call, &answer).map(|(reply, _)| session(reply))
    }

    pub(crate) async fn end_session(&self, context: &CallContext, everywhere: bool) -> Result<(), Error> {
        self.refuse_on_socket()?;
        let operation = if everywhere { Operation::SignOutEverywhere } else { Operation::SignOut };
        self.wire.send::<Value>(context, Call::to(operation)).await.map(drop)
    }

    /// The plane itself would let somebody in there, whom no later call could come from.
    fn refuse_on_socket(&self) -> Result<(), Error> {
        if self.wire.is_local() { Err(Error::unsupported(&self.capabilities(), Action::SignIn)) } else { Ok(()) }
    }
}
