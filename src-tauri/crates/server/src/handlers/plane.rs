//! The plane itself: who it is, whether it lives and can work, what it measured, what it documents.

use crate::grant::Grant;
use crate::{
    document::{Document, VERSION},
    measures::{self, Plane},
    middleware::admit,
    refusal::Refusal,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::{
    Extension,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use control_plane_api::{
    code,
    request::{IdentityReply, LiveReply, ReadyFact, ReadyReply},
};
use engine::accounts::Scope;

pub(crate) async fn live() -> Reply<LiveReply> {
    Reply(LiveReply { status: "alive".to_owned() })
}

pub(crate) async fn ready(State(server): State<Server>) -> Answer<ReadyReply> {
    let health = server.engine().health().await;
    let fact = |name: &str, wrong: &Option<String>, right: &str| ReadyFact {
        name: name.to_owned(),
        ok: wrong.is_none(),
        detail: wrong.clone().unwrap_or_else(|| right.to_owned()),
    };
    let facts = vec![
        fact("database", &health.database, "written and read back"),
        fact("scheduler", &health.scheduler, "it moves"),
    ];
    let reply = ReadyReply { ready: health.is_ready(), facts };
    if reply.ready {
        return Ok(Reply(reply));
    }
    let facts = serde_json::to_value(&reply.facts).unwrap_or_default();
    Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code::NOT_READY, "the plane cannot do its work now")
        .detail("facts", facts)
        .after(5))
}

pub(crate) async fn metrics(State(server): State<Server>) -> impl IntoResponse {
    let engine = server.engine();
    let (health, keeping, queue, runs) =
        tokio::join!(engine.health(), engine.keeping(), engine.queue(&Scope::Everywhere), engine.run_counts());
    let open_streams = server.config().max_streams.saturating_sub(server.streams().available_permits());
    let plane =
        Plane { health, keeping, queue: queue.ok(), runs: runs.ok(), breakers: engine.breakers(), open_streams };
    let text = measures::text(server.measures(), &plane, VERSION);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}

pub(crate) async fn openapi(State(server): State<Server>) -> Document {
    server.document().clone()
}

pub(crate) async fn identity(
    State(server): State<Server>,
    Extension(grant): Extension<Grant>,
) -> Answer<IdentityReply> {
    let teams = server.engine().teams(&grant.caller).await?;
    let may = admit::plane_permissions(server.engine(), &grant.caller).await?;
    Ok(Reply(IdentityReply {
        product: "breakwater".to_owned(),
        version: VERSION.to_owned(),
        principal: grant.caller.actor(),
        may,
        teams,
        server_time: server.config().clock.now(),
        credential_ends: server.engine().credential_end(&grant.caller).await?,
    }))
}
