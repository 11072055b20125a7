//! Why a request is not carried out: status, code, message, faults. The envelope is put round it by the middleware.

use crate::{
    limits::Spent,
    plain::{cut, plain},
    reply::Outcome,
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use control_plane_api::code;
use domain::Fault;
use serde_json::{Map, Value};

/// Seconds after which a plane that is stopping or whose storage fails may be asked again.
const RETRY_AFTER_OUTAGE: u32 = 5;

/// Most characters of a name that is quoted, and of a place in an input.
const LONGEST_NAME: usize = 200;
const LONGEST_PATH: usize = 500;

/// Why a request is not carried out.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Facts for machines, as they go into `details`.
    pub(crate) details: Map<String, Value>,
    /// In seconds.
    pub(crate) retry_after: Option<u32>,
    /// What is left of the limit that the request counted in.
    pub(crate) spent: Option<Spent>,
    /// What the audit says that was tried on, where the path does not tell.
    pub(crate) target: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: plain(&message.into()),
            details: Map::new(),
            retry_after: None,
            spent: None,
            target: None,
        }
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code::MALFORMED, message)
    }

    pub(crate) fn invalid(faults: &[Fault]) -> Self {
        let plain = |fault: &Fault| Fault {
            path: cut(&fault.path, LONGEST_PATH),
            rule: fault.rule.clone(),
            message: plain(&fault.message),
            remedy: plain(&fault.remedy),
        };
        let faults: Vec<_> = faults.iter().map(plain).collect();
        let message = match &*faults {
            [only] => only.message.clone(),
            _ => format!("the input has {} faults", faults.len()),
        };
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code::INVALID, message).detail("faults", json(&faults))
    }

    pub(crate) fn unauthenticated(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code::UNAUTHENTICATED, message)
            .hint("send `Authorization: Bearer TOKEN`; `breakwater token create` makes one, and so does signing in")
    }

    pub(crate) fn forbidden(message: &str, hint: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code::FORBIDDEN, message).hint(hint)
    }

    /// What is not there, or not there for the caller.
    pub(crate) fn not_there(what: &str) -> Self {
        engine::Error::NotFound { what: what.to_owned() }.into()
    }

    pub(crate) fn hint(self, hint: &str) -> Self {
        self.detail("hint", hint.into())
    }

    pub(crate) fn detail(mut self, name: &str, value: Value) -> Self {
        self.details.insert(name.to_owned(), value);
        self
    }

    pub(crate) const fn after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// What to say of a status that some layer below gave without words.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::NOT_FOUND => (code::NOT_FOUND, "there is no such path"),
            StatusCode::METHOD_NOT_ALLOWED => (code::METHOD_NOT_ALLOWED, "this path does not take this method"),
            StatusCode::PAYLOAD_TOO_LARGE => (code::BODY_TOO_LARGE, "the body is too large"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => (code::UNSUPPORTED_MEDIA_TYPE, "the body is of an unknown type"),
            _ if status.is_client_error() => (code::MALFORMED, "the request cannot be read"),
            _ => (code::INTERNAL, "the control plane has a defect; its log tells more under this request id"),
        };
        Self::new(status, code, message)
    }
}

/// Values of ours always have a JSON form; if one had none, its detail would be missing rather than the whole answer.
fn json<T: serde::Serialize + ?Sized>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

impl From<engine::Error> for Refusal {
    fn from(error: engine::Error) -> Self {
        let message = error.to_string();
        match error {
            engine::Error::NotFound { what } => {
                let what = cut(&what, LONGEST_NAME);
                Self::new(StatusCode::NOT_FOUND, code::NOT_FOUND, format!("{what} is not there"))
                    .detail("what", what.into())
            }
            engine::Error::Conflict { code, message, remedy } => {
                Self::new(StatusCode::CONFLICT, code, message).hint(&remedy)
            }
            engine::Error::Invalid { faults } => Self::invalid(&faults),
            engine::Error::Forbidden { message, remedy } => Self::forbidden(&message, &remedy),
            engine::Error::Unauthenticated { code, message, remedy } => {
                Self::new(StatusCode::UNAUTHORIZED, code, message).hint(remedy)
            }
            engine::Error::Elsewhere { code, message, remedy } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message).hint(remedy).after(RETRY_AFTER_OUTAGE)
            }
            engine::Error::IdempotencyMismatch => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, code::IDEMPOTENCY_MISMATCH, message)
                    .hint("use a new key for a new request")
            }
            engine::Error::ShuttingDown => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, code::SHUTTING_DOWN, message).after(RETRY_AFTER_OUTAGE)
            }
            engine::Error::Storage { .. } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, code::STORAGE, message).after(RETRY_AFTER_OUTAGE)
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(spent) = self.spent {
            spent.tell(response.headers_mut());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Bearer realm="breakwater""#);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(Outcome::Refused(Box::new(self)));
        response
    }
}
