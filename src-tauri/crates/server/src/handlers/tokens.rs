//! Tokens: who may reach the plane over TCP. Only a caller on the local socket decides that, so that a token cannot make
//! further ones.

use crate::{
    body::Json,
    connection::{Connection, Peer},
    refusal::Refusal,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
};
use control_plane_api::{
    code,
    request::{NewTokenBody, NewTokenReply, TokenReply},
};
use engine::TokenInfo;

pub(crate) async fn list(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
) -> Answer<Vec<TokenReply>> {
    need_local(&connection)?;
    Ok(Reply(server.engine().tokens().into_iter().map(told).collect()))
}

pub(crate) async fn create(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    Json(body): Json<NewTokenBody>,
) -> Answer<NewTokenReply> {
    need_local(&connection)?;
    let (secret, token) = server.engine().create_token(&body.name).await?;
    Ok(Reply(NewTokenReply { token: told(token), secret: secret.expose().to_owned() }))
}

pub(crate) async fn revoke(
    State(server): State<Server>,
    Extension(connection): Extension<Connection>,
    Path(id): Path<String>,
) -> Answer<Vec<TokenReply>> {
    need_local(&connection)?;
    server.engine().revoke_token(&id).await?;
    Ok(Reply(server.engine().tokens().into_iter().map(told).collect()))
}

fn told(token: TokenInfo) -> TokenReply {
    TokenReply { id: token.id, name: token.name, created_at: token.created_at }
}

fn need_local(connection: &Connection) -> Result<(), Refusal> {
    match connection.peer {
        Peer::Local { .. } => Ok(()),
        Peer::Network { .. } => {
            let message = "tokens are made and revoked on the machine of the plane only";
            let refusal = Refusal::new(StatusCode::FORBIDDEN, code::FORBIDDEN, message);
            Err(refusal.hint("use `breakwater token` there, as the user that the plane runs as"))
        }
    }
}
