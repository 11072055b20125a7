//! One call, sent once: within limits of time and size, without following anybody elsewhere.

use super::{StripeError, call::Call, door::Door};
use crate::{billing::subscribed::is_word, tools::web};
use domain::Timestamp;
use reliability::{
    breaker::{Cause, Outcome},
    retry::Verdict,
};
use reqwest::{
    Client, Response,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap},
};
use serde::{Deserialize, de::DeserializeOwned};
use std::time::Duration;

/// The version of the API that is spoken. In later ones subscriptions are billed in another way by default.
pub(super) const VERSION: &str = "2025-08-27.basil";
/// Longest answer that is read, in bytes: a page of a hundred subscriptions with all that belongs to them.
const ANSWER_CAP: usize = 4 * 1024 * 1024;

/// What became of a call that did not succeed: for the caller, for the breaker, and for the retry.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failure {
    pub(super) error: StripeError,
    pub(super) outcome: Outcome,
    pub(super) verdict: Verdict,
}

impl Failure {
    /// Nothing was heard in time.
    pub(super) const fn late() -> Self {
        Self::unreachable("no answer came in time", Cause::Timeout)
    }

    /// Nothing was sent.
    pub(super) const fn unsent(error: StripeError) -> Self {
        Self { error, outcome: Outcome::Ignored, verdict: Verdict::NonRetryable }
    }

    const fn unreachable(detail: &'static str, cause: Cause) -> Self {
        let error = StripeError::Unreachable { detail };
        Self { error, outcome: Outcome::Failure(cause), verdict: Verdict::Retryable }
    }

    /// The text of the error is not used, since it may quote the address.
    fn on_the_way(error: &reqwest::Error) -> Self {
        match error {
            error if error.is_connect() => Self::unreachable("no connection could be made", Cause::Unreachable),
            _ => Self::unreachable("the connection broke off before the answer was complete", Cause::Unreachable),
        }
    }

    const fn not_understood(what: &'static str, request_id: Option<String>) -> Self {
        let error = StripeError::NotUnderstood { what, request_id };
        Self { error, outcome: Outcome::Failure(Cause::Malformed), verdict: Verdict::NonRetryable }
    }
}

/// Sends a call and reads the answer as `T`. It has no time limit of its own.
pub(super) async fn send<T: DeserializeOwned>(
    client: &Client,
    door: &Door,
    call: &Call<'_>,
    now: Timestamp,
) -> Result<T, Failure> {
    let invalid = || Failure::unsent(StripeError::NotConfigured { reason: "its address or key cannot be sent" });
    let (url, form) = call.address(&door.base).ok_or_else(invalid)?;
    let authorization = door.authorization().ok_or_else(invalid)?;
    let mut request =
        client.request(call.method.clone(), url).header(AUTHORIZATION, authorization).header("stripe-version", VERSION);
    if let Some(key) = call.key {
        request = request.header("idempotency-key", key.as_str());
    }
    if let Some(form) = form {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
    }
    let response = request.send().await.map_err(|error| Failure::on_the_way(&error))?;
    let status = response.status().as_u16();
    let said = Said::read(&response, now);
    let body = read(response).await?;
    if (200..300).contains(&status) {
        let body = body.ok_or_else(|| Failure::not_understood("it is too large", said.request_id.clone()))?;
        return serde_json::from_slice(&body)
            .map_err(|_| Failure::not_understood("it is not what was asked for", said.request_id));
    }
    Err(said.judge(status, &body.unwrap_or_default()))
}

/// The whole body; none if it is longer than is read.
async fn read(mut response: Response) -> Result<Option<Vec<u8>>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failure::on_the_way(&error))? {
        if body.len() + chunk.len() > ANSWER_CAP {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// What the headers of an answer say.
#[derive(Debug)]
struct Said {
    request_id: Option<String>,
    retry_after: Option<Duration>,
    /// Whether Stripe itself says that asking again would help.
    should_retry: Option<bool>,
}

/// The body of a refusal. Its message is not read: it quotes what was sent, and the cards of customers.
#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(default)]
    error: Words,
}

#[derive(Deserialize, Default)]
struct Words {
    r#type: Option<String>,
    code: Option<String>,
    param: Option<String>,
}

impl Said {
    fn read(response: &Response, now: Timestamp) -> Self {
        let should_retry = match text(response.headers(), "stripe-should-retry") {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        };
        let request_id = text(response.headers(), "request-id").filter(|id| is_word(id)).map(str::to_owned);
        Self { request_id, retry_after: web::retry_after(response, now), should_retry }
    }

    fn judge(self, status: u16, body: &[u8]) -> Failure {
        let Self { request_id, retry_after, should_retry } = self;
        let word = |word: Option<String>| word.filter(|word| is_word(word));
        let wait = retry_after.map_or(Verdict::Retryable, Verdict::RetryAfter);
        let (error, outcome, verdict) = match status {
            401 | 403 => (StripeError::KeyRefused { request_id }, Outcome::Ignored, Verdict::NonRetryable),
            429 => (StripeError::Limited { retry_after, request_id }, Outcome::Ignored, wait),
            400..=499 => {
                let Refusal { error } = serde_json::from_slice(body).unwrap_or_default();
                let (kind, code, param) = (word(error.r#type), word(error.code), word(error.param));
                // Another request with the same key is under way: its answer will be there in a moment.
                let verdict = if status == 409 { wait } else { Verdict::NonRetryable };
                (StripeError::Refused { status, kind, code, param, request_id }, Outcome::Ignored, verdict)
            }
            500.. => {
                let cause = if status == 503 { Cause::Overloaded } else { Cause::ServerError };
                (StripeError::Failed { status, request_id }, Outcome::Failure(cause), wait)
            }
            _ => return Failure::not_understood("it has a status that the API does not use", request_id),
        };
        let verdict = match should_retry {
            Some(false) => Verdict::NonRetryable,
            Some(true) => wait,
            None => verdict,
        };
        Failure { error, outcome, verdict }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
