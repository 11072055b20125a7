//! One call to NOFX: who is sent along, which ids and keys are sent at all, and what a refusal means.

use crate::{
    error::{CORRELATION, refused},
    surface::Door,
};
use client_http::{Answer, BuildError, Call, Limits, Wire as HttpWire, header::HeaderName};
use control_plane::{Ask, CallContext, Error, Heard};
use domain::{RunId, Secret, Spending};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How an API key of NOFX begins. Every other credential is a token.
const API_KEY: &str = "nofx_";

/// A way to one NOFX.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    http: HttpWire,
    pub(crate) has_credential: bool,
    pub(crate) is_bearer: bool,
}

impl Wire {
    pub(crate) fn spending(&self) -> Spending {
        self.http.spending()
    }

    pub(crate) fn new(base_url: &str, credential: Option<Secret>, limits: Limits) -> Result<Self, BuildError> {
        let http = HttpWire::tcp(base_url, HeaderName::from_static(CORRELATION), limits)?;
        let has_credential = credential.is_some();
        let (http, is_bearer) = match credential {
            Some(key) if key.expose().starts_with(API_KEY) => {
                (http.with_secret(HeaderName::from_static("x-api-key"), key.expose())?, false)
            }
            Some(token) => (http.with_bearer(&token)?, true),
            None => (http, false),
        };
        Ok(Self { http, has_credential, is_bearer })
    }

    /// Sends one request as it is written.
    pub(crate) async fn hear(&self, context: &CallContext, ask: &Ask) -> Result<Heard, Error> {
        self.http.hear(context, ask, None).await
    }

    /// Sends a call to a part that every NOFX has.
    pub(crate) async fn ask(&self, context: &CallContext, call: Call, subject: &str) -> Result<Answer, Error> {
        self.send(context, call, subject, false).await
    }

    /// Sends a call to a part that not every NOFX answers for.
    pub(crate) async fn try_asking(&self, context: &CallContext, call: Call, subject: &str) -> Result<Answer, Error> {
        self.send(context, call, subject, true).await
    }

    async fn send(&self, context: &CallContext, call: Call, subject: &str, optional: bool) -> Result<Answer, Error> {
        let answer = self.http.ask(context, call).await?;
        if answer.is_success() { Ok(answer) } else { Err(refused(&answer, subject, optional)) }
    }

    /// Whether an optional part answers.
    pub(crate) async fn knock(&self, context: &CallContext, call: Call) -> Door {
        let Ok(answer) = self.http.ask(context, call).await else { return Door::Broken };
        match answer.status {
            // Whoever serves a page at every path has no such part.
            200..=299 if answer.json::<Value>("a part of NOFX").is_ok() => Door::Open,
            200..=299 | 404 | 405 => Door::Absent,
            401 | 403 => Door::Locked,
            _ => Door::Broken,
        }
    }
}

/// Whether NOFX could have given this id. With a database behind it, it answers an outage to every other text, and some of
/// its parts die of it.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// The id as a piece of a path.
pub(crate) fn run_id(run: &RunId) -> Result<&str, Error> {
    let text = run.as_str();
    if is_id(text) { Ok(text) } else { Err(Error::NotFound { what: subject(run) }) }
}

/// What a call about a run is about, for a person.
pub(crate) fn subject(run: &RunId) -> String {
    format!("run {}", client_http::plain(run.as_str()))
}

/// A key as NOFX takes it: 8 to 255 letters, digits, `_` or `-`. The same text always gives the same key.
pub(crate) fn idempotency_key(text: &str) -> String {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (8..=255).contains(&text.len()) && text.bytes().all(fits) {
        return text.to_owned();
    }
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold("sha256-".to_owned(), |key, byte| format!("{key}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::{idempotency_key, is_id};

    #[test]
    fn a_key_is_one_that_nofx_takes() {
        assert_eq!(idempotency_key("abcd-1234_X"), "abcd-1234_X", "one that fits stays");
        for text in ["", "short", "with space and more", "ünïcödë-key", &"x".repeat(256)] {
            let key = idempotency_key(text);
            assert_eq!(key.len(), 71, "one that does not fit becomes one that does");
            assert_eq!(key, idempotency_key(text), "the same text is the same key");
        }
        assert_ne!(idempotency_key("a b c d e"), idempotency_key("a b c d f"), "other texts are other keys");
    }

    #[test]
    fn only_uuids_are_ids() {
        assert!(is_id("00000000-0000-4000-8000-000000000000"), "a UUID is an id");
        for text in
            ["", "abc", "../../package", "00000000000040008000000000000000", "{00000000-0000-4000-8000-00000000}"]
        {
            assert!(!is_id(text), "{text:?} is none");
        }
    }
}
