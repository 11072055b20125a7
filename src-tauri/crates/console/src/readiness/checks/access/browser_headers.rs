//! Whether answers tell browsers what they must not do with them.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::CheckStatus;

const REQUEST: &str = "security headers of an answer";

static FACTS: Facts = Facts {
    id: "access.browser_headers",
    title: "Answers carry security headers",
    proves: "A browser neither frames nor guesses at an answer, and tells no other site of it.",
    subject: Subject::Access,
    remedy: "Let the plane or the proxy in front send the headers that are named here.",
    owner: "plane operator",
};

/// Whether answers tell browsers what they must not do with them.
pub(crate) struct BrowserHeaders;

#[async_trait::async_trait]
impl Check for BrowserHeaders {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let heard = context.answer().await?;
    let is =
        |name: &str, good: fn(&str) -> bool| heard.header(name).is_some_and(|value| good(&value.to_ascii_lowercase()));
    let frames = is("x-frame-options", |value| matches!(value, "deny" | "sameorigin"))
        || is("content-security-policy", |value| value.contains("frame-ancestors"));
    let wanted = [
        ("x-content-type-options", is("x-content-type-options", |value| value == "nosniff")),
        ("content-security-policy", is("content-security-policy", |value| value.contains("default-src"))),
        ("x-frame-options", frames),
        ("referrer-policy", is("referrer-policy", |value| !value.contains("unsafe-url"))),
    ];
    let missing: Vec<_> = wanted.iter().filter(|(_, is_good)| !is_good).map(|(name, _)| *name).collect();
    let answer = format!("{} of {}", wanted.len() - missing.len(), wanted.len());
    Ok(if missing.is_empty() {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "All of them are there.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, format!("Missing or weak: {}.", missing.join(", ")))
    })
}
