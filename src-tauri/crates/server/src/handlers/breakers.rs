//! Breakers of the plane.

use crate::{
    body::Json,
    grant::Grant,
    query::Parameters,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{
    Extension,
    extract::{Path, State},
    http::Uri,
};
use control_plane_api::{
    Operation,
    request::{IsolateBody, ReasonBody},
};
use domain::{Breaker, BreakerAct, BreakerEvent, Page};

pub(crate) async fn list(State(server): State<Server>) -> Reply<Vec<Breaker>> {
    Reply(server.engine().breakers())
}

pub(crate) async fn events(
    State(server): State<Server>,
    Path(breaker): Path<String>,
    uri: Uri,
) -> Answer<Page<BreakerEvent>> {
    let mut parameters = Parameters::read(&uri, Operation::BreakerEvents.queries())?;
    let page = parameters.page();
    parameters.finish()?;
    Ok(Reply(server.engine().breaker_history(&breaker, &page).await?))
}

pub(crate) async fn reset(
    state: State<Server>,
    grant: Extension<Grant>,
    breaker: Path<String>,
    Json(body): Json<ReasonBody>,
) -> Answer<Breaker> {
    act(state, grant, breaker, BreakerAct::Reset, &body.reason).await
}

pub(crate) async fn probe(
    state: State<Server>,
    grant: Extension<Grant>,
    breaker: Path<String>,
    Json(body): Json<ReasonBody>,
) -> Answer<Breaker> {
    act(state, grant, breaker, BreakerAct::Probe, &body.reason).await
}

pub(crate) async fn isolate(
    state: State<Server>,
    grant: Extension<Grant>,
    breaker: Path<String>,
    Json(body): Json<IsolateBody>,
) -> Answer<Breaker> {
    act(state, grant, breaker, BreakerAct::Isolate { minutes: body.minutes }, &body.reason).await
}

pub(crate) async fn release(
    state: State<Server>,
    grant: Extension<Grant>,
    breaker: Path<String>,
    Json(body): Json<ReasonBody>,
) -> Answer<Breaker> {
    act(state, grant, breaker, BreakerAct::Release, &body.reason).await
}

async fn act(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(breaker): Path<String>,
    deed: BreakerAct,
    reason: &str,
) -> Answer<Breaker> {
    Ok(Reply(server.engine().act_on_breaker(&breaker, deed, reason, &grant.act()).await?))
}
