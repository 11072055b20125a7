//! Whether a server at an address looks like `FuzzyLlama`, and what speaks for or against it.
//!
//! Asked without a credential and before one is entered. Deliberately absent: certainty. Anyone can imitate three answers.

use crate::{
    reply::{self, Description, Health},
    wire::Wire,
};
use client_http::{Answer, BuildError, Limits};
use control_plane::{CallContext, Error};
use serde_json::Value;

/// How every title of its API begins.
const PRODUCT: &str = "FuzzyLlama";

/// Whether it looks like one, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognition {
    /// Whether it does.
    pub is_fuzzyllama: bool,
    /// What speaks for or against it, for a person.
    pub reason: String,
}

/// Asks a server at most three things that anybody may ask.
pub async fn recognise(base_url: &str, context: &CallContext, limits: Limits) -> Result<Recognition, BuildError> {
    let wire = Wire::new(base_url, None, limits)?;
    Ok(match look(&wire, context).await {
        Ok(found) => found,
        Err(error) => Recognition { is_fuzzyllama: false, reason: error.to_string() },
    })
}

async fn look(wire: &Wire, context: &CallContext) -> Result<Recognition, Error> {
    let health = wire.look(context, &["api", "health"]).await?;
    if !is_health(&health) {
        return Ok(judged(false, "GET /api/health does not answer as FuzzyLlama does"));
    }
    let described = wire.look(context, &["api", "docs-json"]).await?;
    if let Some(title) = title(&described) {
        let is_ours = title.starts_with(PRODUCT);
        let title = client_http::plain(&title);
        return Ok(judged(is_ours, &format!("GET /api/docs-json describes an API with the title {title:?}")));
    }
    // The description may be turned off; the envelope of a refusal cannot be.
    let me = wire.look(context, &["api", "auth", "me"]).await?;
    let found = if is_refusal(&me, "/api/auth/me") {
        judged(true, "GET /api/health and the refusal of GET /api/auth/me have the form of FuzzyLlama")
    } else {
        judged(false, "GET /api/health answers, but GET /api/auth/me does not refuse as FuzzyLlama does")
    };
    Ok(found)
}

fn judged(is_fuzzyllama: bool, reason: &str) -> Recognition {
    Recognition { is_fuzzyllama, reason: reason.to_owned() }
}

fn is_health(answer: &Answer) -> bool {
    answer.status == 200 && reply::read::<Health>(answer, "health").is_ok_and(|health| health.status == "ok")
}

/// The title of the API that an answer describes, if it describes one.
pub(crate) fn title(answer: &Answer) -> Option<String> {
    let described: Option<Description> = (answer.status == 200).then(|| reply::read(answer, "the API").ok()).flatten();
    described.map(|described| described.info.title)
}

/// Whether an answer is the plane's own way to say that nobody is signed in: it repeats the path and the time.
fn is_refusal(answer: &Answer, path: &str) -> bool {
    let Ok(said) = answer.json::<Value>("a refusal") else { return false };
    let is_text = |name: &str| said.get(name).is_some_and(Value::is_string);
    answer.status == 401
        && said.get("statusCode") == Some(&Value::from(401))
        && said.get("path").and_then(Value::as_str) == Some(path)
        && is_text("message")
        && is_text("timestamp")
}
