//! What came back: read up to a cap, shown while it arrives, and held against what the plan expects.

use super::request::Expect;
use crate::{
    plan,
    tools::{
        LogSink, ToolFailure, millis,
        process::capture::{Lines, Recorder},
        redact::Redactor,
    },
};
use domain::LogStream;
use reliability::breaker::{Cause, Outcome};
use reqwest::{Response, header};
use serde_json::{Value, json};
use std::{borrow::Cow, sync::Arc, time::Duration};
use tokio::time::Instant;

/// How much of the body the step's own output keeps, in bytes.
const OUTPUT_CAP: usize = 64 * 1024;

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    content_type: Option<String>,
    location: Option<String>,
    body: String,
    body_bytes: usize,
    cut: bool,
    took: Duration,
    redactor: Redactor,
    /// When the other side wants to be asked again.
    pub(super) retry_after: Option<Duration>,
}

impl Answer {
    /// Reads at most `cap` bytes of the body; text goes to the log as it arrives. `started` is when the request was sent.
    pub(super) async fn read(
        mut response: Response,
        cap: usize,
        (log, redactor): (Arc<dyn LogSink>, Redactor),
        started: Instant,
    ) -> Result<Self, reqwest::Error> {
        let text_of = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (content_type, location) = (text_of(header::CONTENT_TYPE), text_of(header::LOCATION));
        let is_text = content_type.as_deref().is_none_or(is_text);
        let mut recorder = Recorder::new(log, redactor.clone(), cap.max(1), false);
        let (mut lines, mut body, mut cut) = (Lines::default(), Vec::new(), false);
        while let Some(chunk) = response.chunk().await? {
            let kept = chunk.len().min(cap - body.len());
            cut = kept < chunk.len();
            body.extend_from_slice(&chunk[..kept]);
            if is_text {
                lines.push(&chunk[..kept], |line, printed| recorder.line(LogStream::Stdout, line, printed));
            }
            if cut {
                break;
            }
        }
        lines.finish(|line, printed| recorder.line(LogStream::Stdout, line, printed));
        recorder.state_loss();
        let body_bytes = body.len();
        let body = if is_text { String::from_utf8_lossy(&body).into_owned() } else { String::new() };
        let (status, took) = (response.status().as_u16(), started.elapsed());
        let content_type = content_type.map(|kind| redactor.clean(&kind).into_owned());
        Ok(Self { status, content_type, location, body, body_bytes, cut, took, redactor, retry_after: None })
    }

    /// One line about it for the log.
    pub(super) fn summary(&self) -> String {
        let kind = self.content_type.as_deref().map_or_else(String::new, |kind| format!(", {kind}"));
        let cut = if self.cut { "; the body is cut here" } else { "" };
        format!("Answered with status {}, {} bytes{kind}{cut}.", self.status, self.body_bytes)
    }

    /// What it means to the breaker round the host.
    pub(super) fn outcome(&self, expect: &Expect) -> Outcome {
        match self.status {
            status if expect.status.is_some() && expect.allows(status) => Outcome::Success,
            // The other side is alive and asks for patience.
            429 => Outcome::Ignored,
            503 | 529 => Outcome::Failure(Cause::Overloaded),
            500.. => Outcome::Failure(Cause::ServerError),
            _ => Outcome::Success,
        }
    }

    /// The step's output if the answer is as expected, or all that is wrong with it.
    pub(super) fn judge(&self, expect: &Expect) -> Result<Value, ToolFailure> {
        if !expect.allows(self.status) {
            let message = format!("The answer has status {}, which is not expected.", self.status);
            let again = self.status >= 500 || matches!(self.status, 408 | 425 | 429);
            let mut failed = ToolFailure::permanent("http_status", message).remedy(advice(self.status));
            failed.failure.retryable = again;
            failed.retry_after = self.retry_after.filter(|_| again);
            return Err(failed);
        }
        let parsed: Option<Value> = serde_json::from_str(&self.body).ok();
        let mut unmet = Vec::new();
        let cut = if self.cut { " (which is cut)" } else { "" };
        if expect.body_contains.as_ref().is_some_and(|wanted| !self.body.contains(wanted)) {
            unmet.push(format!("the body{cut} does not contain the wanted text"));
        }
        if !expect.json.is_empty() && parsed.is_none() {
            unmet.push(format!("the body{cut} is not JSON"));
        }
        for (path, wanted) in expect.json.iter().filter(|_| parsed.is_some()) {
            match parsed.as_ref().and_then(|body| at(body, path)) {
                None => unmet.push(format!("the body has nothing at {path}")),
                Some(found) if found != wanted => unmet.push(format!("the body has another value at {path}")),
                Some(_) => {}
            }
        }
        if unmet.is_empty() {
            return Ok(self.output(parsed));
        }
        let message = format!("The answer is not as expected: {}.", unmet.join("; "));
        Err(ToolFailure::passing("unexpected_body", message).remedy("Read the answer in the log of the step."))
    }

    /// Whether any text of this value holds a secret.
    fn hides_in(&self, value: &Value) -> bool {
        let hides = |text: &str| self.redactor.clean(text) != text;
        match value {
            Value::String(text) => hides(text),
            Value::Array(list) => list.iter().any(|value| self.hides_in(value)),
            Value::Object(object) => object.iter().any(|(name, value)| hides(name) || self.hides_in(value)),
            _ => false,
        }
    }

    fn output(&self, parsed: Option<Value>) -> Value {
        let body = self.redactor.clean(&self.body);
        let fits = body.len() <= OUTPUT_CAP;
        let is_clean = body == self.body.as_str();
        // Only text can be cleaned, and JSON has more than one way to spell a text: what is left may still hold a secret.
        let value = if is_clean { parsed } else { serde_json::from_str(&body).ok() };
        let hides = value.as_ref().is_some_and(|value| self.hides_in(value));
        let body = if hides { Cow::Borrowed("[hidden: it holds a secret]") } else { body };
        // A value that held a secret is left out, and so is one that could not be read back.
        let is_readable =
            |value: &Value| !plan::is_deeper_than(value, plan::MAX_DEPTH - 1) && !plan::has_reserved_name(value);
        let is_kept = |value: &Value| fits && is_clean && !hides && is_readable(value);
        let parsed = value.filter(is_kept);
        json!({
            "status": self.status,
            "content_type": self.content_type,
            "location": self.location.as_deref().map(|location| self.redactor.clean(location)),
            "body": if fits { Value::from(body.as_ref()) } else { Value::Null },
            "json": parsed,
            "body_bytes": self.body_bytes,
            "body_cut": self.cut,
            "duration_ms": millis(self.took),
        })
    }
}

fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || matches!(
            kind.as_str(),
            "application/json"
                | "application/x-ndjson"
                | "application/xml"
                | "application/javascript"
                | "application/x-www-form-urlencoded"
        )
}

fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, part| match value {
        Value::Object(object) => object.get(part),
        Value::Array(list) => list.get(part.parse::<usize>().ok()?),
        _ => None,
    })
}

const fn advice(status: u16) -> &'static str {
    match status {
        300..=399 => "Name the address that it redirects to, or set follow_redirects.",
        401 | 403 => "Check the credential that the step names.",
        404 => "Check the address.",
        429 => "The other side asks for fewer requests: wait.",
        500.. => "The other side failed: look there.",
        _ => "Check the request, or what the step expects.",
    }
}
