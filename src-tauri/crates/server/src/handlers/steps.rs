//! Steps: retry, and the verdicts on gates.

use crate::{
    body::{Json, Optional},
    middleware::authenticate::Caller,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{
    Extension,
    extract::{Path, State},
};
use control_plane_api::request::{ApproveBody, ReasonBody, RetryBody};
use domain::{CorrelationId, Run, RunId, Verdict};

pub(crate) async fn retry(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Extension(id): Extension<CorrelationId>,
    Path((run, step)): Path<(RunId, String)>,
    Json(body): Json<RetryBody>,
) -> Answer<Run> {
    Ok(Reply(server.engine().retry_step(&run, &step, &body.reason, body.inputs, &caller.act(&id)).await?))
}

pub(crate) async fn approve(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Extension(id): Extension<CorrelationId>,
    Path((run, step)): Path<(RunId, String)>,
    Optional(body): Optional<ApproveBody>,
) -> Answer<Run> {
    let act = caller.act(&id);
    Ok(Reply(server.engine().decide_gate(&run, &step, Verdict::Approve, body.reason.as_deref(), &act).await?))
}

pub(crate) async fn reject(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Extension(id): Extension<CorrelationId>,
    Path((run, step)): Path<(RunId, String)>,
    Json(body): Json<ReasonBody>,
) -> Answer<Run> {
    let act = caller.act(&id);
    Ok(Reply(server.engine().decide_gate(&run, &step, Verdict::Reject, Some(&body.reason), &act).await?))
}
