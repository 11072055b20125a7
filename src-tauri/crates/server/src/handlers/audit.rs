//! The audit: read page by page, checked as a whole, and exported line by line.

use crate::{
    grant::Grant,
    query::Parameters,
    refusal::Refusal,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{
    Extension,
    body::{Body, Bytes},
    extract::State,
    http::{Uri, header},
    response::{IntoResponse, Response},
};
use control_plane_api::{Operation, document::MAX_EVENTS};
use domain::{AuditEntry, AuditState, Fault, Page, Permission};
use engine::{Engine, Error};
use futures::stream;

pub(crate) async fn list(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
    uri: Uri,
) -> Answer<Page<AuditEntry>> {
    let mut parameters = Parameters::read(&uri, Operation::Audit.queries())?;
    let limit = parameters.number("limit", 1, MAX_EVENTS.into(), 50);
    let (after, team) = (parameters.text("after"), parameters.text("team"));
    parameters.finish()?;
    let before = after.map(|after| after.parse().map_err(|_| misread())).transpose()?;
    let scope = grant.narrowed(server.engine(), team, Permission::Admin).await?;
    Ok(Reply(server.engine().audit(&scope, before, u32::try_from(limit).unwrap_or(MAX_EVENTS)).await?))
}

fn misread() -> Refusal {
    Refusal::invalid(&[Fault {
        path: "query.after".to_owned(),
        rule: "page_key".to_owned(),
        message: "this is no key of a page".to_owned(),
        remedy: "give the `next` of the page before, or leave it out".to_owned(),
    }])
}

pub(crate) async fn verify(State(server): State<Server>) -> Answer<AuditState> {
    Ok(Reply(server.engine().verify_audit().await?))
}

pub(crate) async fn export(State(server): State<Server>) -> Response {
    let lines = stream::try_unfold((server.engine().clone(), 0), |(engine, after)| async move {
        let Some((lines, last)) = chunk(&engine, after).await? else { return Ok::<_, Error>(None) };
        Ok(Some((lines, (engine, last))))
    });
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response()
}

/// The next entries as lines, and the place of the last; `None` at the end.
async fn chunk(engine: &Engine, after: u64) -> Result<Option<(Bytes, u64)>, Error> {
    let entries = engine.audit_after(after).await?;
    let Some(last) = entries.last().map(|entry| entry.seq) else { return Ok(None) };
    let mut lines = Vec::new();
    for entry in &entries {
        serde_json::to_writer(&mut lines, entry).map_err(|error| Error::Storage { detail: error.to_string() })?;
        lines.push(b'\n');
    }
    Ok(Some((lines.into(), last)))
}
