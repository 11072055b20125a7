//! The OpenAPI document as bytes, written once per server.

use axum::{
    body::Bytes,
    http::header,
    response::{IntoResponse, Response},
};

/// The version of this server.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The document as it is served.
#[derive(Debug, Clone)]
pub(crate) struct Document(Bytes);

impl Document {
    pub(crate) fn write() -> Self {
        let document = control_plane_api::document::document(VERSION);
        Self(serde_json::to_vec(&document).map_or_else(
            |error| {
                tracing::error!(%error, "the OpenAPI document has no JSON form");
                Bytes::from_static(b"{}")
            },
            Bytes::from,
        ))
    }
}

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}
