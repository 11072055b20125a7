//! Steps: retry, and the verdicts on gates.

use crate::{
    body::{Json, Optional},
    grant::Grant,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{
    Extension,
    extract::{Path, State},
    http::HeaderMap,
};
use control_plane_api::request::{ApproveBody, ReasonBody, RetryBody};
use domain::{Run, RunId, Verdict};

pub(crate) async fn retry(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path((run, step)): Path<(RunId, String)>,
    headers: HeaderMap,
    Json(body): Json<RetryBody>,
) -> Answer<Run> {
    let act = grant.act_once(&headers)?;
    Ok(Reply(server.engine().retry_step(&run, &step, &body.reason, body.inputs, &act).await?))
}

pub(crate) async fn approve(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path((run, step)): Path<(RunId, String)>,
    headers: HeaderMap,
    Optional(body): Optional<ApproveBody>,
) -> Answer<Run> {
    let act = grant.act_once(&headers)?;
    Ok(Reply(server.engine().decide_gate(&run, &step, Verdict::Approve, body.reason.as_deref(), &act).await?))
}

pub(crate) async fn reject(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path((run, step)): Path<(RunId, String)>,
    headers: HeaderMap,
    Json(body): Json<ReasonBody>,
) -> Answer<Run> {
    let act = grant.act_once(&headers)?;
    Ok(Reply(server.engine().decide_gate(&run, &step, Verdict::Reject, Some(&body.reason), &act).await?))
}
