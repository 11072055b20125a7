//! Where a text of a step comes from: the plan itself, the environment, the keychain, or the output of an earlier step.
//!
//! A plan is stored, shown and exported, so it must not hold secrets. It names them instead, and this is where the name
//! becomes the value, at the last moment and only inside the attempt.

use super::{
    ToolFailure,
    inputs::{clip, fault, kind},
    redact::Redactor,
};
use domain::{Fault, Secret};
use serde_json::{Map, Value};
use std::{fmt::Debug, sync::Arc};

/// Where secrets are kept, by name.
#[async_trait::async_trait]
pub trait SecretSource: Send + Sync + Debug {
    /// The secret of that name, if there is one.
    async fn get(&self, name: &str) -> Option<Secret>;
}

/// The environment variables that steps may be given.
pub trait EnvironmentSource: Send + Sync + Debug {
    /// The variable of that name, if it is set.
    fn get(&self, name: &str) -> Option<String>;
}

/// The environment of this process.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProcessEnvironment;

impl EnvironmentSource for ProcessEnvironment {
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

/// Both sources of what a plan only names.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    /// The keychain, as far as a step may see it.
    pub(crate) secrets: Arc<dyn SecretSource>,
    /// The environment.
    pub(crate) environment: Arc<dyn EnvironmentSource>,
}

/// Where one text comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Given {
    /// It stands in the plan.
    Literal(String),
    /// `{"from_env": "NAME"}`.
    Env(String),
    /// `{"from_keychain": "name"}`.
    Keychain(String),
    /// `{"from_step": "name", "path": "a.b.0"}`; without a path the whole output as JSON.
    Step { step: String, path: Option<String> },
}

/// The forms other than plain text; the remedy of every fault about one.
const FORMS: &str = "Write text, {\"from_env\": \"NAME\"}, {\"from_keychain\": \"name\"} or {\"from_step\": \"step\", \"path\": \"field\"}.";

impl Given {
    /// Reads one of the four forms.
    pub(crate) fn read(value: &Value, path: &str) -> Result<Self, Fault> {
        match value {
            Value::String(text) if text.contains('\0') => {
                Err(fault(path, "control_character", "This contains a NUL character.", "Remove it."))
            }
            Value::String(text) => Ok(Self::Literal(text.clone())),
            Value::Object(object) => Self::named(object).ok_or_else(|| {
                fault(path, "not_a_source", "This object does not say where the text comes from.", FORMS)
            }),
            other => Err(fault(path, "wrong_type", format!("This is {} where text is expected.", kind(other)), FORMS)),
        }
    }

    fn named(object: &Map<String, Value>) -> Option<Self> {
        let name = |key: &str| object.get(key).and_then(Value::as_str).filter(|name| is_name(name)).map(str::to_owned);
        match object.len() {
            1 if object.contains_key("from_env") => name("from_env").map(Self::Env),
            1 if object.contains_key("from_keychain") => name("from_keychain").map(Self::Keychain),
            1 => name("from_step").map(|step| Self::Step { step, path: None }),
            2 => Some(Self::Step { step: name("from_step")?, path: Some(name("path")?) }),
            _ => None,
        }
    }

    /// Whether the text stands in the plan for all to read.
    pub(crate) fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }

    /// Whether it is what another step answered.
    pub(crate) fn is_output(&self) -> bool {
        matches!(self, Self::Step { .. })
    }

    /// Fetches the text. What came from the environment or the keychain is hidden by `redactor` from then on.
    pub(crate) async fn fetch(
        &self,
        sources: &Sources,
        upstream: &Map<String, Value>,
        redactor: &mut Redactor,
    ) -> Result<String, ToolFailure> {
        let secret = match self {
            Self::Literal(text) => return Ok(text.clone()),
            Self::Step { step, path } => return from_step(step, path.as_deref(), upstream),
            Self::Env(name) => sources.environment.get(name).map(Secret::new).ok_or_else(|| {
                ToolFailure::permanent(
                    "no_credential",
                    format!("The environment variable {} is not set.", clip(name, 100)),
                )
                .remedy("Set it where the control plane is started, start it again, and retry the step.")
            }),
            Self::Keychain(name) => sources.secrets.get(name).await.ok_or_else(|| {
                ToolFailure::permanent(
                    "no_credential",
                    format!("The keychain holds no secret named {}.", clip(name, 100)),
                )
                .remedy("Store the secret under that name, and retry the step.")
            }),
        }?;
        redactor.hide(&secret);
        Ok(secret.expose().to_owned())
    }
}

fn is_name(name: &str) -> bool {
    (1..=200).contains(&name.len()) && !name.chars().any(char::is_control) && !name.contains('=')
}

fn from_step(step: &str, path: Option<&str>, upstream: &Map<String, Value>) -> Result<String, ToolFailure> {
    let mut found = upstream.get(step);
    for part in path.into_iter().flat_map(|path| path.split('.')) {
        found = match found {
            Some(Value::Array(list)) => part.parse::<usize>().ok().and_then(|index| list.get(index)),
            Some(Value::Object(object)) => object.get(part),
            _ => None,
        };
    }
    match found {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Null) | None => {
            let wanted = path.map_or_else(String::new, |path| format!(" a field {}", clip(path, 100)));
            let message = format!("The step {} left no output{wanted} for this one to use.", clip(step, 100));
            Err(ToolFailure::permanent("missing_input", message)
                .remedy("Look at the output of that step, and correct from_step and path."))
        }
        Some(other) => Ok(other.to_string()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{EnvironmentSource, Given, Redactor, SecretSource, Sources};
    use domain::Secret;
    use serde_json::{Value, json};
    use std::{collections::HashMap, sync::Arc};

    /// A keychain and an environment of made-up values.
    #[derive(Debug, Default, Clone)]
    pub(crate) struct Made(pub(crate) HashMap<String, String>);

    #[async_trait::async_trait]
    impl SecretSource for Made {
        async fn get(&self, name: &str) -> Option<Secret> {
            self.0.get(name).map(Secret::new)
        }
    }

    impl EnvironmentSource for Made {
        fn get(&self, name: &str) -> Option<String> {
            self.0.get(name).cloned()
        }
    }

    /// Sources with these secrets and the real PATH.
    pub(crate) fn sources(secrets: &[(&str, &str)]) -> Sources {
        let made =
            |pairs: &[(&str, &str)]| Made(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect());
        let path = std::env::var("PATH").unwrap_or_default();
        Sources {
            secrets: Arc::new(made(secrets)),
            environment: Arc::new(made(&[
                ("PATH", &path),
                ("SPARE", "from-the-environment"),
                ("SPARE_ACCESS_KEY", "passed-on-secret"),
            ])),
        }
    }

    #[tokio::test]
    async fn each_form_fetches_its_text_and_what_is_secret_is_hidden() {
        let sources = sources(&[("key", "very-secret")]);
        let upstream = json!({"ask": {"text": "hi", "list": [1, {"a": 2}]}});
        let upstream = upstream.as_object().unwrap();
        let mut redactor = Redactor::default();
        for (written, fetched) in [
            (json!("plain"), "plain"),
            (json!({"from_env": "SPARE"}), "from-the-environment"),
            (json!({"from_keychain": "key"}), "very-secret"),
            (json!({"from_step": "ask", "path": "text"}), "hi"),
            (json!({"from_step": "ask", "path": "list.1.a"}), "2"),
        ] {
            let given = Given::read(&written, "x").expect("the form is known");
            let text = given.fetch(&sources, upstream, &mut redactor).await.expect("it is there");
            assert_eq!(text, fetched, "{written} fetches its text");
        }
        assert_eq!(redactor.clean("very-secret plain"), "[redacted] plain", "the secret is hidden, the literal is not");
    }

    #[tokio::test]
    async fn what_is_not_there_is_said_without_a_value() {
        let sources = sources(&[]);
        for (written, code) in [
            (json!({"from_env": "NOT_SET"}), "no_credential"),
            (json!({"from_keychain": "nope"}), "no_credential"),
            (json!({"from_step": "ask"}), "missing_input"),
        ] {
            let given = Given::read(&written, "x").expect("the form is known");
            let failed = given
                .fetch(&sources, &serde_json::Map::new(), &mut Redactor::default())
                .await
                .expect_err("nothing is there");
            assert_eq!(failed.failure.code, code, "{written} fails for its own reason");
            assert!(failed.failure.remedy.is_some(), "and says what to do");
        }
    }

    #[test]
    fn other_shapes_are_faults() {
        for value in
            [Value::from(3), json!({}), json!({"from_env": ""}), json!({"from_env": "A", "path": "x"}), json!("a\0b")]
        {
            assert!(Given::read(&value, "x").is_err(), "{value} is no source of text");
        }
    }
}
