//! Sessions of people: signing in, going on, signing out.

use crate::{
    body::Json,
    connection::Connection,
    grant::Grant,
    refusal::Refusal,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{Extension, extract::State};
use control_plane_api::request::{
    AcceptBody, BeginBrowserBody, BeginBrowserReply, FinishBrowserBody, RefreshBody, SessionReply, SignInBody,
    WaysInReply,
};
use domain::{CorrelationId, Secret};
use engine::{Introduction, accounts::SignedIn, identity_provider::Finish};
use serde_json::{Map, Value};

pub(crate) async fn sign_in(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    Extension(id): Extension<CorrelationId>,
    Json(body): Json<SignInBody>,
) -> Answer<SessionReply> {
    let account: String = body.email.trim().to_lowercase().chars().take(254).collect();
    let tried = async {
        let device = body.device.map(Secret::new);
        let known = match &device {
            Some(device) => server.engine().knows_device(&account, device).await?,
            None => false,
        };
        let device = device.filter(|_| known).map(|device| engine::accounts::fingerprint(&device));
        server.limits().of_sign_in(connection.peer.address(), &account, device.as_deref())?;
        Ok(server.engine().sign_in(&account, &Secret::new(body.password), &id).await?)
    };
    let tried: Result<SignedIn, Refusal> = tried.await;
    // The audit tells which account was tried.
    tried.map(reply).map_err(|refusal| Refusal { target: Some(account.clone()), ..refusal })
}

pub(crate) async fn ways_in(State(server): State<Server>) -> Reply<WaysInReply> {
    let provider = server.engine().provider_label().map(ToOwned::to_owned);
    Reply(WaysInReply { password: true, provider })
}

pub(crate) async fn begin_in_browser(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    Json(body): Json<BeginBrowserBody>,
) -> Answer<BeginBrowserReply> {
    server.limits().of_sign_in(connection.peer.address(), "in the browser", None)?;
    let begun = server.engine().begin_outside_sign_in(&body.redirect_uri).await?;
    Ok(Reply(BeginBrowserReply {
        url: begun.url,
        attempt: begun.attempt.expose().to_owned(),
        expires_at: begun.expires_at,
    }))
}

pub(crate) async fn finish_in_browser(
    State(server): State<Server>,
    Extension(id): Extension<CorrelationId>,
    Json(body): Json<FinishBrowserBody>,
) -> Answer<SessionReply> {
    let finish = Finish {
        attempt: Secret::new(body.attempt),
        state: body.state,
        code: Secret::new(body.code),
        issuer: body.issuer,
    };
    Ok(reply(server.engine().finish_outside_sign_in(finish, &id).await?))
}

pub(crate) async fn refresh(
    State(server): State<Server>,
    Extension(id): Extension<CorrelationId>,
    Json(body): Json<RefreshBody>,
) -> Answer<SessionReply> {
    Ok(reply(server.engine().refresh(&Secret::new(body.refresh_token), &id).await?))
}

pub(crate) async fn accept(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    Extension(id): Extension<CorrelationId>,
    Json(body): Json<AcceptBody>,
) -> Answer<SessionReply> {
    let token = Secret::new(body.token);
    // Who was invited and has an account shows its password here, so that this counts as trying to sign in to it, however many
    // invitations there are.
    let account = server.engine().invited(&token).await?;
    let account = account.unwrap_or_else(|| format!("invitation {}", engine::accounts::fingerprint(&token)));
    server.limits().of_sign_in(connection.peer.address(), &account, None)?;
    let introduction = Introduction { name: body.name, password: Secret::new(body.password) };
    Ok(reply(server.engine().accept_invitation(&token, &introduction, &id).await?))
}

pub(crate) async fn end(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
) -> Answer<Map<String, Value>> {
    server.engine().sign_out(false, &grant.act()).await?;
    Ok(Reply(Map::new()))
}

pub(crate) async fn end_all(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
) -> Answer<Map<String, Value>> {
    server.engine().sign_out(true, &grant.act()).await?;
    Ok(Reply(Map::new()))
}

fn reply(signed_in: SignedIn) -> Reply<SessionReply> {
    Reply(SessionReply {
        session: signed_in.session,
        person: signed_in.person.to_string(),
        email: signed_in.email,
        name: signed_in.name,
        access_token: signed_in.tokens.access.expose().to_owned(),
        access_expires_at: signed_in.tokens.access_expires_at,
        refresh_token: signed_in.tokens.refresh.expose().to_owned(),
        refresh_expires_at: signed_in.tokens.refresh_expires_at,
    })
}
