//! People who sign in on a connection, and out again.
//!
//! Both change nothing on the plane but a session, so the read-only lock of a connection does not stand in their way; both
//! are on record. What a session replaces is ended, so that nobody goes on with it in another window. Deliberately absent:
//! keeping a password, and asking anybody for one.

use super::{
    accept,
    address::{judge_email, judge_password, judge_token},
    drop_token, in_browser, not_kept, view,
};
use crate::{
    acts::{Deed, keep},
    call::Call,
    core::{Core, credential_name},
    error::{Error, fault},
    guard::Guarded,
    link::Link,
    pull,
    view::{ConnectionView, SignIn, SignInBy, SignOut},
};
use control_plane::{Credential, Session, SessionKeeper as _, SignIn as By};
use credentials::CredentialStore as _;
use domain::{Connection, ConnectionState, CredentialState, Fault, Secret, WireError};
use std::sync::Arc;

/// Begins a session and keeps it as the credential of the connection.
pub(crate) async fn sign_in(core: &Core, call: &Call, request: SignIn) -> Result<ConnectionView, Error> {
    let link = core.link(&request.connection)?;
    let mut faults = Vec::new();
    if link.connection().built_in {
        faults.push(no_person_here());
    }
    let (by, target) = match judged(request.by, &mut faults) {
        Some(judged) => judged,
        None if faults.is_empty() => (in_browser::back(core, &link).await?, "the identity provider".to_owned()),
        None => return Err(Error::Invalid(faults)),
    };
    accept(faults)?;
    let deed = Deed::new("sign_in", &link, target, None);
    let done = begin(core, call, &link, by, request.session_only).await;
    keep(core, call, deed, done.as_ref().err()).await;
    done?;
    // Nobody waits for it to be watched again, and who we are is told as soon as it is.
    if let Err(error) = greet(core, call, &link).await {
        tracing::info!(connection = %link.id, %error, "a plane does not tell yet who has signed in");
    }
    Ok(view(core, &link).await)
}

/// Ends the session on the plane if it answers, and forgets it here in any case.
pub(crate) async fn sign_out(core: &Core, call: &Call, request: &SignOut) -> Result<ConnectionView, Error> {
    let link = core.link(&request.connection)?;
    let connection = link.recorded();
    if connection.built_in {
        return Err(Error::Invalid(vec![no_person_here()]));
    }
    let is_kept = core.keeper(&link.id, connection.credential).last().await.map_or(true, |kept| kept.is_some());
    if !is_kept {
        let rule = "nobody is signed in on this connection";
        return Err(Error::invalid("connection", "signed_in", rule, "There is nothing to sign out of."));
    }
    let deed = Deed::new("sign_out", &link, link.name(), None);
    let ended = async { link.port(core).await?.sign_out(call.context(), request.everywhere).await };
    let ended = ended.await;
    let forgotten = forget(core, &link).await;
    keep(core, call, deed, ended.as_ref().err().or(forgotten.as_ref().err())).await;
    forgotten?;
    let mut view = view(core, &link).await;
    // Whoever watches may have found by now that nobody is signed in, which is no news here.
    view.status.error = match ended {
        Ok(()) => None,
        // What is over needs no end; what is elsewhere does.
        Err(Error::SignedOut { .. }) if !request.everywhere => None,
        Err(error) => Some(left_open(error.into_wire(call.correlation_id().clone()))),
    };
    Ok(view)
}

/// That the session goes on where it was not ended.
fn left_open(said: WireError) -> WireError {
    let message = format!("the session is forgotten here, but the control plane did not end it: {}", said.message);
    let hint = "It ends there by itself within 30 days; sign in and out again with everywhere to end it now.";
    WireError { message, hint: Some(hint.to_owned()), ..said }
}

pub(super) fn no_person_here() -> Fault {
    let rule = "the built-in control plane knows the user of the operating system, so nobody signs in";
    fault("connection", "built_in", rule, "Sign in on a connection to a plane at an address.")
}

/// What goes to the plane, and what the record of acts says of it; `None` for what a browser has to bring.
fn judged(by: SignInBy, faults: &mut Vec<Fault>) -> Option<(By, String)> {
    Some(match by {
        SignInBy::Browser => return None,
        SignInBy::Password { email, password } => {
            let email = email.trim().to_owned();
            judge_email(&email, faults);
            judge_password(&password, faults);
            (By::Password { email: email.clone(), password: Secret::new(password), device: None }, email)
        }
        SignInBy::Invitation { token, name, password } => {
            judge_token(&token, faults);
            judge_password(&password, faults);
            let by = By::Invitation { token: Secret::new(token), name, password: Secret::new(password) };
            (by, "an invitation".to_owned())
        }
    })
}

async fn begin(core: &Core, call: &Call, link: &Link, mut by: By, session_only: bool) -> Result<(), Error> {
    core.may_contact(link)?;
    let connection = link.recorded();
    // Whatever becomes of it, it shows that this device is known.
    let before = core.keeper(&link.id, connection.credential).last().await.ok().flatten();
    if let By::Password { device, .. } = &mut by {
        *device = before.as_ref().map(|kept| kept.session.refresh.clone());
    }
    let session = port(core, &connection, None)?.sign_in(call.context(), &by).await?;
    let kept = take(core, link, &session, session_only).await;
    // Nobody could go on with a session that is not kept, so nobody shall; nor with one that was replaced.
    let unwanted = if kept.is_err() { Some(session) } else { before.map(|kept| kept.session) };
    if let Some(unwanted) = unwanted.filter(|session| session.access_expires_at > core.now())
        && let Err(error) = end(core, call, &connection, unwanted).await
    {
        tracing::info!(connection = %link.id, %error, "a session that nobody uses any more goes on until it ends by itself");
    }
    kept
}

/// Keeps a session as the credential of its connection; the next call is made with it.
async fn take(core: &Core, link: &Link, session: &Session, session_only: bool) -> Result<(), Error> {
    let _turn = core.settings.lock().await;
    let credential = if session_only { CredentialState::Session } else { CredentialState::Keychain };
    let keeper = core.keeper(&link.id, credential);
    let exchange = keeper.turn().await?;
    keeper.put(session).await.map_err(|error| not_kept(core, "session", &error))?;
    drop(exchange);
    let name = credential_name(&link.id);
    for result in [core.session.delete(&name).await, core.credentials.delete(&name).await] {
        if let Err(error) = result {
            tracing::warn!(connection = %link.id, %error, "the token that was used before may still be in the keychain");
        }
    }
    let connection = Connection { credential, ..link.recorded() };
    core.write.edit_connection(&connection).await?;
    link.change_status(core.now(), |status| {
        status.state = ConnectionState::Connecting;
        status.error = None;
    });
    link.replace(connection).await;
    Ok(())
}

async fn forget(core: &Core, link: &Link) -> Result<(), Error> {
    let _turn = core.settings.lock().await;
    let recorded = link.recorded();
    drop_token(core, &recorded, "Unlock it, then sign out again.").await?;
    let connection = Connection { credential: CredentialState::Missing, ..recorded };
    core.write.edit_connection(&connection).await?;
    pull::note_who(core, link, None).await?;
    link.change_status(core.now(), |status| {
        status.state = ConnectionState::SignedOut;
        status.error = None;
    });
    link.replace(connection).await;
    Ok(())
}

/// A port apart from the one that is called with what is kept.
pub(super) fn port(core: &Core, connection: &Connection, credential: Option<Credential>) -> Result<Guarded, Error> {
    let port = core.connectors.connect(connection.kind, &connection.base_url, credential)?;
    Ok(Guarded::new(port, connection, &core.pace, Arc::clone(&core.clock)))
}

async fn end(core: &Core, call: &Call, connection: &Connection, session: Session) -> Result<(), Error> {
    port(core, connection, Some(session.access.into()))?.sign_out(call.context(), false).await
}

/// Asks the plane who we are.
async fn greet(core: &Core, call: &Call, link: &Link) -> Result<(), Error> {
    let port = link.port(core).await?;
    pull::contact(core, link, &port, call.context()).await?;
    crate::runs::answered(core, link);
    Ok(())
}
