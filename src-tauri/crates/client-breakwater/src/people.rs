//! People who sign in and out.

use crate::{
    BreakwaterClient,
    renewal::session,
    wire::{Call, opened},
};
use control_plane::{CallContext, ControlPlane as _, Error, Session, SignIn};
use control_plane_api::{
    Operation,
    request::{AcceptBody, SignInBody},
};
use domain::{Action, Secret};
use serde_json::Value;

impl BreakwaterClient {
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
