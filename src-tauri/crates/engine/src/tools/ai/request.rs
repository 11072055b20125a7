//! What a step asks a model, as the plan says it.

use super::provider::Provider;
use crate::tools::{
    given::Given,
    inputs::{Fields, element, fault, kind, secret_in_plan},
};
use domain::Fault;
use serde_json::{Map, Value};

/// A question to a model.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) provider: Provider,
    pub(super) model: String,
    pub(super) system: Option<Given>,
    pub(super) messages: Vec<(Role, Given)>,
    pub(super) max_tokens: u64,
    pub(super) temperature: Option<f64>,
    /// Where the key is, if not in the usual places.
    pub(super) key: Option<Given>,
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    User,
    Assistant,
}

impl Role {
    /// The word of both providers.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// Reads the inputs of an `ai` step.
pub(super) fn read(inputs: &Map<String, Value>) -> Result<Request, Vec<Fault>> {
    let mut fields = Fields::new(inputs, "");
    let provider = match fields.choice("provider", &["anthropic", "openai"]) {
        Some("anthropic") => Some(Provider::Anthropic),
        Some(_) => Some(Provider::OpenAi),
        None => {
            if fields.any("provider").is_none() {
                fields.missing("provider", "Write anthropic or openai.");
            }
            None
        }
    };
    let model = fields.required_text("model", 1..=200).map(str::to_owned);
    let system = given(&mut fields, "system");
    let messages = messages(&mut fields);
    let max_tokens = fields.integer("max_tokens", 1..=200_000).unwrap_or(1_024);
    let highest = if provider == Some(Provider::Anthropic) { 1.0 } else { 2.0 };
    let temperature = temperature(&mut fields, highest);
    let key = given(&mut fields, "api_key");
    if key.as_ref().is_some_and(Given::is_literal) {
        let found = secret_in_plan(fields.path("api_key"), "api_key");
        fields.adopt([found]);
    }
    if key.as_ref().is_some_and(Given::is_output) {
        let message = "A key cannot be the output of a step: outputs are kept, and secrets are not.";
        fields.refuse("api_key", "secret_from_step", message, "Name it with from_keychain or from_env.");
    }
    let faults = fields.finish();
    match (provider, model) {
        (Some(provider), Some(model)) if faults.is_empty() => {
            Ok(Request { provider, model, system, messages, max_tokens, temperature, key })
        }
        _ => Err(faults),
    }
}

fn given(fields: &mut Fields<'_>, name: &'static str) -> Option<Given> {
    let value = fields.any(name)?;
    match Given::read(value, &fields.path(name)) {
        Ok(Given::Literal(text)) if text.trim().is_empty() => {
            fields.refuse(name, "empty", format!("{name} is empty."), "Write some text, or remove it.");
            None
        }
        Ok(given) => Some(given),
        Err(found) => {
            fields.adopt([found]);
            None
        }
    }
}

fn temperature(fields: &mut Fields<'_>, highest: f64) -> Option<f64> {
    let value = fields.any("temperature")?;
    let number = value.as_f64().filter(|number| (0.0..=highest).contains(number));
    if number.is_none() {
        let message = format!("temperature is not a number from 0 to {highest}.");
        fields.refuse("temperature", "out_of_range", message, format!("Write a number from 0 to {highest}."));
    }
    number
}

fn messages(fields: &mut Fields<'_>) -> Vec<(Role, Given)> {
    let prompt = given(fields, "prompt").map(|prompt| vec![(Role::User, prompt)]);
    let list = fields.list("messages");
    let (has_prompt, has_list) = (fields.any("prompt").is_some(), fields.any("messages").is_some());
    match (has_prompt, has_list) {
        (false, false) => fields.missing("prompt", "Write the question as prompt, or a conversation as messages."),
        (true, true) => {
            fields.refuse("messages", "conflict", "prompt and messages are both given.", "Keep one of them.");
        }
        _ => {}
    }
    let Some(list) = list else { return prompt.unwrap_or_default() };
    let path = fields.path("messages");
    if list.is_empty() {
        fields.refuse("messages", "empty", "There is no message.", "Write at least one message.");
    }
    let mut messages = Vec::new();
    for (index, value) in list.iter().enumerate() {
        match message(value, &element(&path, index)) {
            Ok(message) => messages.push(message),
            Err(faults) => fields.adopt(faults),
        }
    }
    messages
}

fn message(value: &Value, path: &str) -> Result<(Role, Given), Vec<Fault>> {
    let Some(object) = value.as_object() else {
        let message = format!("The message is {} where an object is expected.", kind(value));
        return Err(vec![fault(path, "wrong_type", message, "Write {\"role\": \"user\", \"content\": …}.")]);
    };
    let mut fields = Fields::new(object, path);
    let role = match fields.choice("role", &["user", "assistant"]) {
        Some("assistant") => Role::Assistant,
        _ => Role::User,
    };
    for required in ["role", "content"] {
        if object.get(required).is_none_or(Value::is_null) {
            fields.missing(required, "Write {\"role\": \"user\", \"content\": …}.");
        }
    }
    let content = given(&mut fields, "content");
    let faults = fields.finish();
    content.filter(|_| faults.is_empty()).map(|content| (role, content)).ok_or(faults)
}
