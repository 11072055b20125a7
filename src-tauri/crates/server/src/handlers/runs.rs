//! Runs: preview, create, list, get, cancel.

use crate::{
    body::{Json, PlanBody},
    grant::Grant,
    query::Parameters,
    refusal::Refusal,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use control_plane_api::{
    Operation,
    paths::{REPLAYED_HEADER, RUN, fill},
    request::ReasonBody,
};
use domain::{Page, Permission, Preview, Run, RunId, RunSummary};
use engine::{NewRun, RunQuery};

pub(crate) async fn preview(State(server): State<Server>, PlanBody(plan): PlanBody) -> Reply<Preview> {
    Reply(server.engine().preview(&plan))
}

pub(crate) async fn create(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    uri: Uri,
    headers: HeaderMap,
    PlanBody(plan): PlanBody,
) -> Result<Response, Refusal> {
    let mut parameters = Parameters::read(&uri, Operation::CreateRun.queries())?;
    let (template, team) = (parameters.text("template"), parameters.text("team"));
    parameters.finish()?;
    let team = grant.belonging(server.engine(), team, Permission::Write).await?;
    let act = grant.act_once(&headers)?;
    let new = NewRun { plan, template, team, idempotency_key: act.idempotency_key.clone() };
    let created = server.engine().create_run(new, &act).await?;
    let location = fill(RUN, &[created.run.summary.id.as_str()]).and_then(|path| HeaderValue::from_str(&path).ok());
    let mut response = (StatusCode::CREATED, Reply(created.run)).into_response();
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if created.replayed {
        response.headers_mut().insert(REPLAYED_HEADER, HeaderValue::from_static("true"));
    }
    Ok(response)
}

pub(crate) async fn list(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    uri: Uri,
) -> Answer<Page<RunSummary>> {
    let mut parameters = Parameters::read(&uri, Operation::ListRuns.queries())?;
    let (page, statuses, team) = (parameters.page(), parameters.statuses(), parameters.text("team"));
    parameters.finish()?;
    let scope = grant.narrowed(server.engine(), team, Permission::Read).await?;
    let query = RunQuery { scope, page, statuses };
    Ok(Reply(server.engine().list_runs(&query).await?))
}

pub(crate) async fn get(State(server): State<Server>, Path(run): Path<RunId>) -> Answer<Run> {
    Ok(Reply(server.engine().run(&run).await?))
}

pub(crate) async fn cancel(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    Path(run): Path<RunId>,
    headers: HeaderMap,
    Json(body): Json<ReasonBody>,
) -> Answer<Run> {
    Ok(Reply(server.engine().cancel_run(&run, &body.reason, &grant.act_once(&headers)?).await?))
}
