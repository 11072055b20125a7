//! Which request goes where.

use crate::{
    assets,
    config::WebConfig,
    entrance::{self, Entrance},
    events,
    guard::{self, Guard},
    headers,
    refusal::Refusal,
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, RawQuery, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use console::Console;
use serde_json::Value;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Most bytes of a command.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) console: Console,
    pub(crate) heartbeat: Duration,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) shutdown: CancellationToken,
    entrance: Entrance,
    guard: Arc<Guard>,
}

pub(crate) fn build(address: SocketAddr, console: Console, config: WebConfig, shutdown: CancellationToken) -> Router {
    let guard = Arc::new(Guard::new(address, config.session));
    let shared = Arc::new(Shared {
        console,
        heartbeat: config.heartbeat,
        streams: Arc::new(Semaphore::new(config.max_streams)),
        shutdown,
        entrance: Entrance::new(config.entrance, Arc::clone(&guard)),
        guard: Arc::clone(&guard),
    });
    let need_session = || middleware::from_fn_with_state(Arc::clone(&guard), guard::need_session);
    let commands = Router::new()
        .route("/rpc/{command}", post(call))
        .route_layer(middleware::from_fn(guard::need_intent))
        .route_layer(need_session())
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    let stream = Router::new().route("/events", get(events::stream)).route_layer(need_session());
    Router::new()
        .merge(commands)
        .merge(stream)
        .fallback(page)
        .with_state(shared)
        .layer(middleware::from_fn_with_state(guard, guard::admit))
        .layer(middleware::from_fn(headers::add))
}

async fn call(
    State(shared): State<Arc<Shared>>,
    Path(command): Path<String>,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Json<Value>, Refusal> {
    let body = body.map_err(|rejection| {
        Refusal::new(rejection.status(), "invalid", "the command cannot be read, or is longer than 2 MiB", "Send less.")
    })?;
    let request: Value = serde_json::from_slice(&body).map_err(|error| {
        let message = format!("the command is not JSON: {error}");
        Refusal::new(StatusCode::BAD_REQUEST, "invalid", &message, "Send the request of the command as JSON.")
    })?;
    Ok(Json(rpc::dispatch(&shared.console, &command, request).await?))
}

async fn page(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let hint = "Commands are posted to /rpc/ and the name of the command.";
        return Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "invalid", "pages are only read", hint).into_response();
    }
    let has_session = shared.guard.has_session(&headers);
    match query.filter(|query| uri.path() == "/" && entrance::has_token(query)) {
        // Whoever is in already opens the printed address again: leave the token behind, and do not use it up.
        Some(_) if has_session => entrance::leave_address(),
        Some(query) if method == Method::GET => shared.entrance.enter(&query),
        None if has_session => assets::file(uri.path()),
        // Also a HEAD with the token: link checkers and previews ask so, and would use it up for its reader.
        Some(_) | None => entrance::explain(),
    }
}
