//! A whole answer, and texts of others made harmless.

use crate::transport::incompatible;
use control_plane::Error;
use reqwest::header::{AsHeaderName, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Most characters of a foreign text that are passed on.
const MAX_TEXT: usize = 500;

/// A whole answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, decoded.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether it is 2xx.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// Whether it says that it is of this type, parameters aside.
    pub fn is_type(&self, wanted: &str) -> bool {
        is_type(&self.headers, wanted)
    }

    /// A header, if it is there and is text.
    pub fn text(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// How long the sender asks to be left alone, where it says so in whole seconds.
    pub fn retry_after(&self) -> Option<Duration> {
        self.text(RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs)
    }

    /// The body as `T`; `what` names the answer for a person.
    ///
    /// # Errors
    /// [`Error::Incompatible`] if it is something else. What it is instead is not told: it may hold secrets.
    pub fn json<T: DeserializeOwned>(&self, what: &str) -> Result<T, Error> {
        if !self.is_type("application/json") {
            return Err(incompatible(format!("expected JSON as answer to {what}")));
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            incompatible(format!("the answer to {what} breaks off or differs at {line}:{column}"))
        })
    }
}

pub(crate) fn is_type(headers: &HeaderMap, wanted: &str) -> bool {
    let found = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    found.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted)
}

/// A foreign text, cut to 500 characters and without control characters, so that it cannot forge a line of a log or
/// a terminal.
pub fn plain(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(MAX_TEXT).collect()
}
