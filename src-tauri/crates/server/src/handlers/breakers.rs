//! Breakers of the plane.

use crate::{
    body::Json,
    grant::Grant,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{
    Extension,
    extract::{Path, State},
};
use control_plane_api::request::ReasonBody;
use domain::Breaker;

pub(crate) async fn list(State(server): State<Server>) -> Reply<Vec<Breaker>> {
    Reply(server.engine().breakers())
}

pub(crate) async fn reset(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(breaker): Path<String>,
    Json(body): Json<ReasonBody>,
) -> Answer<Breaker> {
    Ok(Reply(server.engine().reset_breaker(&breaker, &body.reason, &grant.act()).await?))
}
