//! API keys: who looks after a team makes them, lists them and ends them. The operator's own work for every team.

use crate::{
    body::{Json, Optional},
    grant::Grant,
    refusal::Refusal,
    reply::{Answer, Created, Reply},
    serve::Server,
};
use axum::{
    Extension,
    extract::{Path, State},
};
use control_plane_api::request::{ActBody, NewApiKeyBody, NewApiKeyReply};
use domain::{ApiKey, NewApiKey, Permission};
use engine::accounts::{Caller, Scope};

pub(crate) async fn list(State(server): State<Server>, Extension(grant): Extension<Grant>) -> Answer<Vec<ApiKey>> {
    Ok(Reply(server.engine().api_keys(&grant.scope).await?))
}

pub(crate) async fn create(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Json(body): Json<NewApiKeyBody>,
) -> Result<Created<NewApiKeyReply>, Refusal> {
    let for_all = body.team.is_none() && matches!(grant.caller, Caller::Operator { .. });
    let team = if for_all {
        None
    } else {
        Some(grant.belonging(server.engine(), body.team, Permission::Admin).await?.to_string())
    };
    let new = NewApiKey { name: body.name, team, permissions: body.permissions, expires_at: body.expires_at };
    let made = server.engine().create_api_key(&new, body.reason.as_deref(), &grant.act()).await?;
    Ok(Created(NewApiKeyReply { key: made.key, secret: made.secret.expose().to_owned() }))
}

pub(crate) async fn revoke(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(key): Path<String>,
    Optional(body): Optional<ActBody>,
) -> Answer<Vec<ApiKey>> {
    server.engine().revoke_api_key(&key, body.reason.as_deref(), &grant.act()).await?;
    let scope: Scope = server.engine().scope(&grant.caller, Permission::Admin).await?;
    Ok(Reply(server.engine().api_keys(&scope).await?))
}
