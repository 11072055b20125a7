//! Request bodies: bounded in size and time, JSON or (for plans) YAML, with the place of every fault. A field that is named
//! twice is a fault: whoever looked at the request before us may have read the other one.

use crate::{refusal::Refusal, serve::Server};
use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use control_plane_api::{code, document::YAML_TYPES};
use domain::Fault;
use engine::plan::{JsonError, parse_json, parse_text};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;

/// Most bytes of a body that is not read as JSON.
const RAW_LIMIT: usize = 1024 * 1024;

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Server> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Refusal> {
        let kind = Kind::of(request.headers(), false)?;
        let bytes = read(request, server).await?;
        shaped(kind.document(&bytes)?).map(Self)
    }
}

/// A JSON body that may be left out.
#[derive(Debug)]
pub(crate) struct Optional<T>(pub(crate) T);

impl<T: DeserializeOwned + Default> FromRequest<Server> for Optional<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Refusal> {
        let kind = Kind::of(request.headers(), false);
        let bytes = read(request, server).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        shaped(kind?.document(&bytes)?).map(Self)
    }
}

/// A plan, as JSON or as YAML. What it says is the engine's business.
#[derive(Debug)]
pub(crate) struct PlanBody(pub(crate) Value);

impl FromRequest<Server> for PlanBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Refusal> {
        let kind = Kind::of(request.headers(), true)?;
        let bytes = read(request, server).await?;
        kind.document(&bytes).map(Self)
    }
}

/// A body as it came, byte by byte, of at most 1 MiB.
#[derive(Debug)]
pub(crate) struct Raw(pub(crate) Bytes);

impl FromRequest<Server> for Raw {
    type Rejection = Refusal;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Refusal> {
        read_up_to(request, server, RAW_LIMIT).await.map(Self)
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Json,
    Yaml,
}

impl Kind {
    fn of(headers: &HeaderMap, yaml: bool) -> Result<Self, Refusal> {
        let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let found = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if found == "application/json" || (found.starts_with("application/") && found.ends_with("+json")) {
            return Ok(Self::Json);
        }
        if yaml && YAML_TYPES.contains(&found.as_str()) {
            return Ok(Self::Yaml);
        }
        let known = if yaml { "application/json or application/yaml" } else { "application/json" };
        Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code::UNSUPPORTED_MEDIA_TYPE,
            "the body is of a type that is not read here",
        )
        .hint(&format!("send it as {known} and say so in `Content-Type`")))
    }

    /// What cannot be read at all is malformed.
    fn document(self, bytes: &Bytes) -> Result<Value, Refusal> {
        match self {
            Self::Json => parse_json(bytes).map_err(|error| match error {
                JsonError::Syntax(error) => Refusal::malformed(format!("the body is not JSON: {error}"))
                    .hint("send one JSON document in UTF-8 and nothing else"),
                JsonError::Faults(faults) => Refusal::invalid(&faults),
            }),
            Self::Yaml => {
                let text = std::str::from_utf8(bytes)
                    .map_err(|_| Refusal::malformed("the body is not UTF-8 text").hint("send it in UTF-8"))?;
                parse_text(text).map_err(|faults| Refusal::invalid(&faults))
            }
        }
    }
}

/// A document as what is expected here. That is an object always: a list would be taken for its fields in their order.
fn shaped<T: DeserializeOwned>(value: Value) -> Result<T, Refusal> {
    if !value.is_object() {
        return Err(Refusal::invalid(&[misfit(
            String::new(),
            "this is not what is expected here: an object".to_owned(),
        )]));
    }
    serde_path_to_error::deserialize(value).map_err(|error| misshapen(&error.path().to_string(), error.inner()))
}

/// What can be read but has another shape has a fault at its place.
fn misshapen(path: &str, error: &serde_json::Error) -> Refusal {
    let path = if path == "." { "" } else { path };
    Refusal::invalid(&[misfit(path.to_owned(), without_value(&error.to_string()))])
}

fn misfit(path: String, message: String) -> Fault {
    Fault { path, rule: "shape".to_owned(), message, remedy: "compare with /api/v1/openapi.json".to_owned() }
}

/// The message without the value that it quotes, which may be a secret.
fn without_value(message: &str) -> String {
    let quotes = ["invalid type", "invalid value", "unknown variant"].iter().any(|kind| message.starts_with(kind));
    match message.rsplit_once(", expected ") {
        Some((_, expected)) if quotes => format!("this is not what is expected here: {expected}"),
        _ => message.to_owned(),
    }
}

async fn read(request: Request, server: &Server) -> Result<Bytes, Refusal> {
    read_up_to(request, server, server.config().body_limit).await
}

async fn read_up_to(request: Request, server: &Server, limit: usize) -> Result<Bytes, Refusal> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let too_large = || {
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, code::BODY_TOO_LARGE, "the body is too large")
            .hint(&format!("send at most {limit} bytes"))
    };
    if announced.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    match timeout(server.config().patience, to_bytes(request.into_body(), limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => {
            let limited =
                std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
            Err(if limited { too_large() } else { Refusal::malformed("the body broke off") })
        }
        Err(_) => {
            Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, code::REQUEST_TIMEOUT, "the body took too long to arrive"))
        }
    }
}
