//! What happened in a run and what its steps printed, oldest first.

use crate::{
    query::Parameters,
    refusal::Refusal,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{
    extract::{Path, State},
    http::Uri,
};
use control_plane_api::{
    Operation,
    document::{MAX_EVENTS, MAX_LINES},
};
use domain::{Event, LogLine, Page, RunId};

pub(crate) async fn events(State(server): State<Server>, Path(run): Path<RunId>, uri: Uri) -> Answer<Page<Event>> {
    let (after, limit) = range(&uri, MAX_EVENTS)?;
    Ok(Reply(server.engine().events(&run, after, limit).await?))
}

pub(crate) async fn logs(State(server): State<Server>, Path(run): Path<RunId>, uri: Uri) -> Answer<Page<LogLine>> {
    let (after, limit) = range(&uri, MAX_LINES)?;
    Ok(Reply(server.engine().logs(&run, after, limit).await?))
}

fn range(uri: &Uri, most: u32) -> Result<(u64, u32), Refusal> {
    let mut parameters = Parameters::read(uri, Operation::RunEvents.queries())?;
    let after = parameters.number("after", 0, u64::MAX, 0);
    let limit = parameters.number("limit", 1, most.into(), 100);
    parameters.finish()?;
    Ok((after, u32::try_from(limit).unwrap_or(most)))
}
