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
use control_plane_api::{
    Operation,
    document::{MAX_EVENTS, MAX_EXPORTED},
};
use domain::{AuditEntry, AuditLink, AuditState, Fault, Page, Permission};
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

pub(crate) async fn verify(State(server): State<Server>, uri: Uri) -> Answer<AuditState> {
    let mut parameters = Parameters::read(&uri, Operation::VerifyAudit.queries())?;
    let expected = parameters.text("expect").map(|text| text.parse::<AuditLink>());
    if let Some(Err(error)) = &expected {
        let message = "this names no entry of the audit".to_owned();
        parameters.fault("expect", "audit_link", message, error.to_string());
    }
    parameters.finish()?;
    let expected = expected.and_then(Result::ok);
    Ok(Reply(server.engine().verify_audit(expected.as_ref()).await?))
}

pub(crate) async fn export(State(server): State<Server>, uri: Uri) -> Result<Response, Refusal> {
    let mut parameters = Parameters::read(&uri, Operation::ExportAudit.queries())?;
    let limit = parameters.number("limit", 1, MAX_EXPORTED.into(), MAX_EXPORTED.into());
    let after = parameters.number("after", 0, u64::MAX, 0);
    parameters.finish()?;
    let limit = u32::try_from(limit).unwrap_or(MAX_EXPORTED);
    let lines = stream::try_unfold((server.engine().clone(), after, limit), |(engine, after, left)| async move {
        let Some(chunk) = chunk(&engine, after, left).await? else { return Ok::<_, Error>(None) };
        Ok(Some((chunk.lines, (engine, chunk.last, left.saturating_sub(chunk.entries)))))
    });
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response())
}

/// Entries as lines.
struct Chunk {
    lines: Bytes,
    entries: u32,
    /// The place of the last.
    last: u64,
}

/// The next entries, at most `left`; `None` at the end.
async fn chunk(engine: &Engine, after: u64, left: u32) -> Result<Option<Chunk>, Error> {
    let entries = engine.audit_after(after, left).await?;
    let Some(last) = entries.last().map(|entry| entry.seq) else { return Ok(None) };
    let mut lines = Vec::new();
    for entry in &entries {
        serde_json::to_writer(&mut lines, entry).map_err(|error| Error::Storage { detail: error.to_string() })?;
        lines.push(b'\n');
    }
    Ok(Some(Chunk { lines: lines.into(), entries: u32::try_from(entries.len()).unwrap_or(left), last }))
}
