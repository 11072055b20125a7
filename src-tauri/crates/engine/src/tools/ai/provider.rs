//! The two providers and what differs between them: address, key header, body of the request, events of the answer.
//!
//! What a provider writes in its errors is never passed on: it may quote the prompt or the key. Each status has a phrase.

use super::{AiEndpoints, request::Role};
use crate::tools::{ToolFailure, breakers::Failed};
use reliability::breaker::{Cause, Outcome};
use serde_json::{Value, json};

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider {
    Anthropic,
    OpenAi,
}

/// A question with everything fetched, ready to be sent.
#[derive(Debug)]
pub(super) struct Question<'a> {
    pub(super) model: &'a str,
    pub(super) system: Option<String>,
    pub(super) messages: Vec<(Role, String)>,
    pub(super) max_tokens: u64,
    pub(super) temperature: Option<f64>,
}

/// An answer while it arrives.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) stop_reason: Option<String>,
    pub(super) model: Option<String>,
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
}

/// What an event brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrived {
    /// Some text.
    Text(String),
    /// Nothing to show.
    Nothing,
    /// The end of the answer.
    End,
}

/// A failure and what it means to the breaker round the provider.
pub(super) type Refusal = Failed;

impl Provider {
    /// The name for people.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Anthropic => "the Anthropic API",
            Self::OpenAi => "the OpenAI API",
        }
    }

    /// The id of its breaker.
    pub(super) const fn breaker(self) -> &'static str {
        match self {
            Self::Anthropic => "ai:anthropic",
            Self::OpenAi => "ai:openai",
        }
    }

    /// Where its key is looked for: name in the keychain, then name in the environment.
    pub(super) const fn key_names(self) -> (&'static str, &'static str) {
        match self {
            Self::Anthropic => ("anthropic-api-key", "ANTHROPIC_API_KEY"),
            Self::OpenAi => ("openai-api-key", "OPENAI_API_KEY"),
        }
    }

    /// The address of one question. A base without a path gets the usual `/v1`.
    pub(super) fn address(self, endpoints: &AiEndpoints) -> String {
        let (base, resource) = match self {
            Self::Anthropic => (&endpoints.anthropic, "messages"),
            Self::OpenAi => (&endpoints.openai, "chat/completions"),
        };
        let base = base.trim_end_matches('/');
        let has_path = base.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
        let versioned = base.ends_with("/v1") || (has_path && self == Self::OpenAi);
        if versioned { format!("{base}/{resource}") } else { format!("{base}/v1/{resource}") }
    }

    /// The headers that carry the key and the version.
    pub(super) fn headers(self, key: &str) -> Vec<(&'static str, String)> {
        match self {
            Self::Anthropic => vec![("x-api-key", key.to_owned()), ("anthropic-version", "2023-06-01".to_owned())],
            Self::OpenAi => vec![("authorization", format!("Bearer {key}"))],
        }
    }

    /// The body of the request.
    pub(super) fn body(self, question: &Question<'_>) -> Value {
        let mut messages = Vec::new();
        if let (Self::OpenAi, Some(system)) = (self, &question.system) {
            messages.push(json!({"role": "system", "content": system}));
        }
        messages.extend(question.messages.iter().map(|(role, text)| json!({"role": role.word(), "content": text})));
        let mut body = json!({"model": question.model, "messages": messages, "stream": true});
        match self {
            Self::Anthropic => {
                body["max_tokens"] = question.max_tokens.into();
                if let Some(system) = &question.system {
                    body["system"] = system.as_str().into();
                }
            }
            Self::OpenAi => {
                body["max_completion_tokens"] = question.max_tokens.into();
                body["stream_options"] = json!({"include_usage": true});
            }
        }
        if let Some(temperature) = question.temperature {
            body["temperature"] = temperature.into();
        }
        body
    }

    /// What a status other than 200 means.
    pub(super) fn refusal(self, status: u16) -> Refusal {
        let title = self.title();
        let permanent = |code, what, remedy: &str| {
            (ToolFailure::permanent(code, format!("{title} {what}.")).remedy(remedy), Outcome::Success)
        };
        let passing = |code, what, remedy: &str, outcome| {
            (ToolFailure::passing(code, format!("{title} {what}.")).remedy(remedy), outcome)
        };
        match status {
            401 | 403 => permanent(
                "credential_refused",
                format!("refuses the key (status {status})"),
                "Check the key, and what it may use.",
            ),
            404 => permanent(
                "http_status",
                "does not know the model or the address (status 404)".to_owned(),
                "Check the name of the model and the base address.",
            ),
            413 => permanent("http_status", "finds the question too long (status 413)".to_owned(), "Ask less at once."),
            429 => passing(
                "throttled",
                "asks for fewer requests (status 429)".to_owned(),
                "Wait, or ask for a higher limit.",
                Outcome::Ignored,
            ),
            529 => passing(
                "throttled",
                "is overloaded (status 529)".to_owned(),
                "Wait and try again.",
                Outcome::Failure(Cause::Overloaded),
            ),
            408 | 409 => passing(
                "http_status",
                format!("could not take the question (status {status})"),
                "Try again.",
                Outcome::Ignored,
            ),
            500.. => passing(
                "http_status",
                format!("failed (status {status})"),
                "Try again later.",
                Outcome::Failure(Cause::ServerError),
            ),
            200..=299 => self.malformed(),
            _ => permanent(
                "http_status",
                format!("refuses the question (status {status})"),
                "Check model, max_tokens and messages.",
            ),
        }
    }

    /// The answer is not what the provider's own documents say.
    pub(super) fn malformed(self) -> Refusal {
        let failed =
            ToolFailure::passing("malformed", format!("{} answered something that is not its protocol.", self.title()));
        (failed.remedy("Try again; if it stays so, check the base address."), Outcome::Failure(Cause::Malformed))
    }

    /// The answer ended too early.
    pub(super) fn cut(self) -> Refusal {
        let failed =
            ToolFailure::passing("cut_stream", format!("The answer of {} broke off before its end.", self.title()));
        (failed.remedy("Try again."), Outcome::Failure(Cause::Unreachable))
    }

    /// Nothing came for too long.
    pub(super) fn silent(self) -> Refusal {
        let failed = ToolFailure::passing("timeout", format!("{} fell silent.", self.title()));
        (failed.remedy("Try again."), Outcome::Failure(Cause::Timeout))
    }

    /// Takes one event of the stream in.
    pub(super) fn take(self, answer: &mut Answer, data: &str) -> Result<Arrived, Refusal> {
        if self == Self::OpenAi && data.trim() == "[DONE]" {
            return if answer.stop_reason.is_some() { Ok(Arrived::End) } else { Err(self.malformed()) };
        }
        let event: Value = serde_json::from_str(data).map_err(|_| self.malformed())?;
        match self {
            Self::Anthropic => self.take_anthropic(answer, &event),
            Self::OpenAi => self.take_openai(answer, &event),
        }
    }

    fn take_anthropic(self, answer: &mut Answer, event: &Value) -> Result<Arrived, Refusal> {
        let tokens = |usage: &Value, key: &str| usage[key].as_u64();
        match event["type"].as_str() {
            Some("message_start") => {
                let message = &event["message"];
                answer.model = message["model"].as_str().map(str::to_owned);
                answer.input_tokens = tokens(&message["usage"], "input_tokens");
                answer.output_tokens = tokens(&message["usage"], "output_tokens");
            }
            Some("content_block_delta") => {
                if let Some(text) = event["delta"]["text"].as_str() {
                    answer.text.push_str(text);
                    return Ok(Arrived::Text(text.to_owned()));
                }
            }
            Some("message_delta") => {
                if let Some(reason) = event["delta"]["stop_reason"].as_str() {
                    answer.stop_reason = Some(reason.to_owned());
                }
                answer.output_tokens = tokens(&event["usage"], "output_tokens").or(answer.output_tokens);
            }
            // A stream that says neither who answers nor why it ends is none of theirs.
            Some("message_stop") if answer.model.is_none() || answer.stop_reason.is_none() => {
                return Err(self.malformed());
            }
            Some("message_stop") => return Ok(Arrived::End),
            Some("error") => return Err(self.refusal(status_of(event["error"]["type"].as_str()))),
            // Kinds of events may be added at any time, say the documents of the provider.
            Some(_) => {}
            None => return Err(self.malformed()),
        }
        Ok(Arrived::Nothing)
    }

    fn take_openai(self, answer: &mut Answer, event: &Value) -> Result<Arrived, Refusal> {
        if event.get("error").is_some_and(|error| !error.is_null()) {
            return Err(self.refusal(status_of(event["error"]["type"].as_str())));
        }
        let Some(choices) = event["choices"].as_array() else { return Err(self.malformed()) };
        if let Some(model) = event["model"].as_str() {
            answer.model = Some(model.to_owned());
        }
        if let Some(usage) = event["usage"].as_object() {
            answer.input_tokens = usage.get("prompt_tokens").and_then(Value::as_u64);
            answer.output_tokens = usage.get("completion_tokens").and_then(Value::as_u64);
        }
        let Some(choice) = choices.first() else { return Ok(Arrived::Nothing) };
        if let Some(reason) = choice["finish_reason"].as_str() {
            answer.stop_reason = Some(reason.to_owned());
        }
        let delta = &choice["delta"];
        match delta["content"].as_str().or_else(|| delta["refusal"].as_str()) {
            Some(text) if !text.is_empty() => {
                answer.text.push_str(text);
                Ok(Arrived::Text(text.to_owned()))
            }
            _ => Ok(Arrived::Nothing),
        }
    }
}

/// The status that an error inside a stream would have had outside of one.
fn status_of(kind: Option<&str>) -> u16 {
    match kind {
        Some("overloaded_error") => 529,
        Some("rate_limit_error" | "rate_limit_exceeded" | "insufficient_quota") => 429,
        Some("authentication_error" | "permission_error") => 401,
        Some("invalid_request_error") => 400,
        Some("not_found_error") => 404,
        Some("request_too_large") => 413,
        _ => 500,
    }
}
