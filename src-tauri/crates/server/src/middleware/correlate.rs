//! The correlation id of a request, and the headers that every answer carries.
//!
//! An id from outside is kept only if it could not forge a line of a log; otherwise a fresh one is made.

use crate::connection::Connection;
use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use control_plane_api::paths::CORRELATION_HEADER;
use domain::CorrelationId;

/// Answers hold state of one moment and one caller, and are for programs alone: nobody keeps, frames or guesses at them.
const FIXED: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Whoever came by TLS once does not come without it for a year. Only the name that was called is meant: what runs under
/// names below it is not ours to decide.
const BY_TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

pub(crate) async fn layer(mut request: Request, next: Next) -> Response {
    let encrypted = request.extensions().get::<Connection>().is_some_and(|connection| connection.encrypted);
    let given = request.headers().get(CORRELATION_HEADER).and_then(|value| value.to_str().ok());
    let id =
        given.and_then(CorrelationId::accept).unwrap_or_else(|| CorrelationId::new(uuid::Uuid::now_v7().to_string()));
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if encrypted {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, BY_TLS_ONLY);
    }
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(CORRELATION_HEADER, value);
    }
    response
}
