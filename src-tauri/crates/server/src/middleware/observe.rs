//! A span and a measurement for every request: method, route, status, duration, correlation id. Never a body, a header or
//! a filled-in path, since those may hold what must not be in a log.

use crate::serve::Server;
use axum::{
    Extension,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use control_plane_api::Operation;
use domain::CorrelationId;
use tokio::time::Instant;
use tracing::Instrument;

pub(crate) async fn layer(
    State(server): State<Server>,
    Extension(id): Extension<CorrelationId>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let operation = route.and_then(|route| Operation::find(request.method().as_str(), route));
    let span = tracing::info_span!(
        "request",
        method = %known(request.method()),
        route = operation.map_or("unmatched", Operation::path),
        correlation_id = %id,
        status = tracing::field::Empty,
        duration_ms = tracing::field::Empty,
    );
    let start = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let (status, duration) = (response.status().as_u16(), start.elapsed());
    server.measures().answered(operation, status, duration);
    span.record("status", status);
    span.record("duration_ms", u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
    span.in_scope(|| {
        if status >= 500 {
            tracing::error!("answered");
        } else {
            tracing::debug!("answered");
        }
    });
    response
}

/// The name of a method; a made-up one has none, so that it cannot carry text into the log.
fn known(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
