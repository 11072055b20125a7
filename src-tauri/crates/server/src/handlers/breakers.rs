//! Breakers of the plane.

use crate::{
    body::Json,
    middleware::authenticate::Caller,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{
    Extension,
    extract::{Path, State},
    http::HeaderMap,
};
use control_plane_api::request::ReasonBody;
use domain::{Breaker, CorrelationId};

pub(crate) async fn list(State(server): State<Server>) -> Reply<Vec<Breaker>> {
    Reply(server.engine().breakers())
}

pub(crate) async fn reset(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Extension(id): Extension<CorrelationId>,
    Path(breaker): Path<String>,
    Json(body): Json<ReasonBody>,
) -> Answer<Breaker> {
    // Closing a closed breaker changes nothing, so a key has nothing to guard here.
    Ok(Reply(server.engine().reset_breaker(&breaker, &body.reason, &caller.act(&id, &HeaderMap::new())?)?))
}
