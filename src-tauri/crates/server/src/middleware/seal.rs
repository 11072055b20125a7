//! The envelope: the one place where JSON answers get their shape. Whatever went wrong on a layer that knows nothing of
//! envelopes gets one here, too.

use crate::{refusal::Refusal, reply::Outcome};
use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use control_plane_api::{Envelope, ErrorBody, Meta};
use domain::{Clock, CorrelationId};
use serde_json::{Value, value::RawValue};
use std::sync::Arc;

pub(crate) async fn layer(
    State(clock): State<Arc<dyn Clock>>,
    Extension(id): Extension<CorrelationId>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let status = response.status();
    let outcome = match response.extensions_mut().remove::<Outcome>() {
        Some(outcome) => outcome,
        None if status.is_client_error() || status.is_server_error() => {
            Outcome::Refused(Box::new(Refusal::of_status(status)))
        }
        None => return response,
    };
    let meta = Meta { timestamp: clock.now(), request_id: id.to_string() };
    let envelope = match &outcome {
        Outcome::Carried(data) => Envelope { success: true, data: Some(&**data), error: None, meta },
        Outcome::Refused(refusal) => {
            Envelope::<&RawValue> { success: false, data: None, error: Some(said(refusal)), meta }
        }
    };
    let body = serde_json::to_vec(&envelope).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CONTENT_LENGTH, body.len().into());
    *response.body_mut() = Body::from(body);
    response
}

fn said(refusal: &Refusal) -> ErrorBody {
    let details = if refusal.details.is_empty() { Value::Null } else { Value::Object(refusal.details.clone()) };
    ErrorBody { code: refusal.code.to_owned(), message: refusal.message.clone(), details }
}

#[cfg(test)]
mod tests {
    use crate::middleware::{correlate, panic, seal};
    use axum::{
        Router,
        body::{Body, to_bytes},
        extract::Request,
        http::StatusCode,
        middleware::{from_fn, from_fn_with_state},
        routing::get,
    };
    use domain::{Clock, SystemClock};
    use serde_json::Value;
    use std::sync::Arc;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    async fn bare() -> StatusCode {
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    }

    async fn broken() -> StatusCode {
        panic!("hunter2")
    }

    async fn ask(path: &str) -> (StatusCode, Value) {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let router = Router::new()
            .route("/broken", get(broken))
            .route("/bare", get(bare))
            .layer(CatchPanicLayer::custom(panic::answer))
            .layer(from_fn_with_state(clock, seal::layer))
            .layer(from_fn(correlate::layer));
        let request = Request::builder().uri(path).header("x-correlation-id", "c1").body(Body::empty());
        let response = router.oneshot(request.expect("a request")).await.expect("an answer");
        let status = response.status();
        assert_eq!(response.headers()["x-correlation-id"], "c1", "the id comes back, whatever happened");
        let body = to_bytes(response.into_body(), 10_000).await.expect("a body");
        (status, serde_json::from_slice(&body).expect("JSON"))
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_that_tells_nothing() {
        let (status, json) = ask("/broken").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "a defect is a defect");
        assert_eq!(json["error"]["code"], "internal", "it has a code");
        assert_eq!(json["meta"]["requestId"], "c1", "and an id to look for in the log");
        assert!(!json.to_string().contains("hunter2"), "what the panic said stays inside: {json}");
    }

    #[tokio::test]
    async fn an_error_without_words_gets_an_envelope() {
        let (status, json) = ask("/bare").await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "the status stays");
        assert_eq!(json["success"], false, "the envelope is there");
        assert_eq!(json["error"]["code"], "unsupported_media_type", "with a code for the status");
    }
}
