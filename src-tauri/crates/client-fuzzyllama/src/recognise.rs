//! Whether a server at an address looks like `FuzzyLlama`, and what speaks for it.
//!
//! Asked without a credential and before one is entered. Deliberately absent: certainty. Anyone can imitate three answers.

use crate::{
    reply::{self, Description, Health},
    wire::Wire,
};
use client_http::{Answer, Limits};
use control_plane::CallContext;
use serde_json::Value;

/// How every title of its API begins.
const PRODUCT: &str = "FuzzyLlama";

/// What lives at this address and why it looks so, to be put after "this looks like"; none if it is something else or
/// nothing.
pub async fn recognise(base_url: &str, context: &CallContext, limits: Limits) -> Option<String> {
    let wire = Wire::new(base_url, None, limits).ok()?;
    let health = wire.look(context, &["api", "health"]).await.ok()?;
    if !is_health(&health) {
        return None;
    }
    let described = wire.look(context, &["api", "docs-json"]).await.ok()?;
    if let Some(title) = title(&described) {
        let shown = client_http::plain(&title);
        let because = format!("FuzzyLlama, because GET /api/docs-json describes an API with the title {shown:?}");
        return title.starts_with(PRODUCT).then_some(because);
    }
    // The description may be turned off; the envelope of a refusal cannot be.
    let me = wire.look(context, &["api", "auth", "me"]).await.ok()?;
    let because = "FuzzyLlama, because GET /api/health and the refusal of GET /api/auth/me have its form";
    is_refusal(&me, "/api/auth/me").then(|| because.to_owned())
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
