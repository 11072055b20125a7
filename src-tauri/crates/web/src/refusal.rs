//! Saying no, in the one form of error that the page knows.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{CorrelationId, WireError};
use uuid::Uuid;

/// An answer that is an error.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    error: WireError,
}

impl Refusal {
    /// One of our own; errors of the console come through `From`.
    pub(crate) fn new(status: StatusCode, code: &str, message: &str, hint: &str) -> Self {
        let error = WireError {
            code: code.to_owned(),
            message: message.to_owned(),
            hint: Some(hint.to_owned()),
            retry_after_ms: None,
            correlation_id: CorrelationId::new(Uuid::now_v7().to_string()),
            faults: Vec::new(),
        };
        Self { status, error }
    }

    pub(crate) fn no_session() -> Self {
        let hint = "Start `breakwater serve` again and open the address that it prints.";
        Self::new(StatusCode::UNAUTHORIZED, "no_session", "this browser has no session with the console", hint)
    }
}

impl From<WireError> for Refusal {
    fn from(error: WireError) -> Self {
        let status = match error.code.as_str() {
            "not_found" | "unknown_command" => StatusCode::NOT_FOUND,
            "invalid" | "ambiguous_run" | "unsupported" => StatusCode::UNPROCESSABLE_ENTITY,
            "conflict" | "keychain_unavailable" => StatusCode::CONFLICT,
            // Our own session is fine: it is the control plane that does not accept a credential.
            "read_only" | "forbidden" | "unauthenticated" | "signed_out" => StatusCode::FORBIDDEN,
            "throttled" => StatusCode::TOO_MANY_REQUESTS,
            "offline" | "breaker_open" => StatusCode::SERVICE_UNAVAILABLE,
            "incompatible" => StatusCode::BAD_GATEWAY,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, error }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, axum::Json(&self.error)).into_response();
        if let Ok(id) = HeaderValue::from_str(self.error.correlation_id.as_str()) {
            response.headers_mut().insert("x-correlation-id", id);
        }
        if let Some(millis) = self.error.retry_after_ms {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(millis.div_ceil(1000)));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;
    use axum::http::StatusCode;
    use domain::{CorrelationId, WireError};

    #[test]
    fn only_faults_of_ours_are_called_faults_of_ours() {
        for code in console::code::ALL {
            let error = WireError {
                code: (*code).to_owned(),
                message: String::new(),
                hint: None,
                retry_after_ms: None,
                correlation_id: CorrelationId::new("x"),
                faults: vec![],
            };
            let is_500 = Refusal::from(error).status == StatusCode::INTERNAL_SERVER_ERROR;
            assert_eq!(is_500, *code == "internal", "{code} has a status that fits");
        }
    }
}
