//! The wire formats of both providers: what a good answer looks like, and what an error does.

mod anthropic;
mod openai;

use crate::request::Request;
use domain::{DrillFault, DrillProvider};
use serde_json::Value;
use std::fmt::Write as _;

/// What every answer says. It is true.
const TEXT: [&str; 4] = ["This answer ", "comes from a drill: ", "no model ", "was asked."];
/// What an answer is said to have cost, in tokens.
const TOKENS: (u64, u64) = (24, 12);
/// What a provider says that refuses for its rate, in seconds.
pub(crate) const RETRY_AFTER: u64 = 20;

/// A whole answer: status, further head lines, type and body.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: String,
}

impl Whole {
    fn of(status: u16, body: &Value) -> Self {
        Self { status, retry_after: None, body: body.to_string() }
    }

    /// As it goes over the wire. The connection ends with it, so that none outlives a phase of the script.
    pub(crate) fn bytes(&self) -> String {
        let Self { status, retry_after, body } = self;
        let reason = match status {
            200 => "OK",
            400 => "Bad Request",
            401 => "Unauthorized",
            404 => "Not Found",
            429 => "Too Many Requests",
            500 => "Internal Server Error",
            _ => "Overloaded",
        };
        let wait = retry_after.map_or_else(String::new, |seconds| format!("retry-after: {seconds}\r\n"));
        let length = body.len();
        format!(
            "HTTP/1.1 {status} {reason}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{wait}connection: close\r\n\r\n{body}"
        )
    }
}

/// The head of a stream. Its body follows in chunks.
pub(crate) const STREAM_HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
/// The end of a stream that is whole.
pub(crate) const STREAM_END: &str = "0\r\n\r\n";

/// One chunk of a stream.
pub(crate) fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

/// The one request that a provider answers.
pub(crate) const fn path(provider: DrillProvider) -> &'static str {
    match provider {
        DrillProvider::Anthropic => "POST /v1/messages",
        DrillProvider::Openai => "POST /v1/chat/completions",
    }
}

/// The key that a request carries.
pub(crate) fn key(provider: DrillProvider, request: &Request) -> Option<&str> {
    match provider {
        DrillProvider::Anthropic => request.header("x-api-key"),
        DrillProvider::Openai => request.header("authorization")?.strip_prefix("Bearer "),
    }
}

/// What is wrong with a request that a real provider would refuse too.
pub(crate) fn refusal(provider: DrillProvider, request: &Request, throwaway: &str) -> Option<Whole> {
    let known = request.line == path(provider);
    let keyed = key(provider, request) == Some(throwaway);
    let asked = request.model().is_some() && request.body.get("messages").is_some_and(Value::is_array);
    let (status, kind) = match (known, keyed, asked) {
        (false, ..) => (404, "not_found_error"),
        (true, false, _) => (401, "authentication_error"),
        (true, true, false) => (400, "invalid_request_error"),
        (true, true, true) => return None,
    };
    Some(Whole::of(status, &error(provider, kind, "The drill does not take this request.")))
}

/// The refusal that a fault is, if it is one.
pub(crate) fn failure(provider: DrillProvider, fault: DrillFault) -> Option<Whole> {
    let refused = |status, kind, text| Whole::of(status, &error(provider, kind, text));
    Some(match (fault, provider) {
        (DrillFault::Overloaded, DrillProvider::Anthropic) => refused(529, "overloaded_error", "Overloaded"),
        (DrillFault::Overloaded, DrillProvider::Openai) => refused(529, "server_error", "The server is overloaded."),
        (DrillFault::RateLimited, DrillProvider::Anthropic) => {
            let whole = refused(429, "rate_limit_error", "This request would exceed the rate limit.");
            Whole { retry_after: Some(RETRY_AFTER), ..whole }
        }
        (DrillFault::RateLimited, DrillProvider::Openai) => {
            let whole = refused(429, "rate_limit_exceeded", "Rate limit reached for requests.");
            Whole { retry_after: Some(RETRY_AFTER), ..whole }
        }
        (DrillFault::ServerError, DrillProvider::Anthropic) => refused(500, "api_error", "Internal server error"),
        (DrillFault::ServerError, DrillProvider::Openai) => {
            refused(500, "server_error", "The server had an error while processing your request.")
        }
        _ => return None,
    })
}

fn error(provider: DrillProvider, kind: &str, message: &str) -> Value {
    match provider {
        DrillProvider::Anthropic => anthropic::error(kind, message),
        DrillProvider::Openai => openai::error(kind, message),
    }
}

/// A good answer in one piece.
pub(crate) fn answer(provider: DrillProvider, model: &str) -> Whole {
    let body = match provider {
        DrillProvider::Anthropic => anthropic::answer(model),
        DrillProvider::Openai => openai::answer(model),
    };
    Whole::of(200, &body)
}

/// The events of a good answer, each ready to be sent.
pub(crate) fn events(provider: DrillProvider, model: &str) -> Vec<String> {
    match provider {
        DrillProvider::Anthropic => anthropic::events(model),
        DrillProvider::Openai => openai::events(model),
    }
}

/// An event of a stream, with a name where the provider gives it one.
fn event(name: Option<&str>, data: &str) -> String {
    let mut text = String::new();
    if let Some(name) = name {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "event: {name}");
    }
    let _ = write!(text, "data: {data}\n\n");
    text
}
