//! Whether every refusal has the same shape.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use control_plane::Heard;
use domain::CheckStatus;
use std::collections::BTreeSet;

const REQUEST: &str = "refusals of an unknown path, an unknown thing, a wrong method, a broken body and a stranger";

static FACTS: Facts = Facts {
    id: "contract.envelope",
    title: "Refusals have one shape",
    proves: "A client needs one way to read what went wrong, and a code to act on.",
    subject: Subject::Contract,
    remedy: "Put every refusal, those of the router and the body parser too, into one JSON envelope with a stable code.",
    owner: "plane operator",
};

/// Whether every refusal has the same shape.
pub(crate) struct Envelope;

#[async_trait::async_trait]
impl Check for Envelope {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let refusals = context.refusals().await?;
    let mut wrong = Vec::new();
    let mut shapes = BTreeSet::new();
    let mut count = 0_usize;
    for (what, heard) in refusals.each().filter(|(_, heard)| !heard.is_success()) {
        count += 1;
        match shape(heard) {
            Some(shape) => {
                shapes.insert(shape);
            }
            None => wrong.push(format!("{what} ({})", heard.status)),
        }
    }
    let answer = format!("{count} refusals, {} shapes, {} without a code", shapes.len(), wrong.len());
    Ok(if !wrong.is_empty() {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, format!("No JSON with a code: {}.", wrong.join(", ")))
    } else if shapes.len() > 1 {
        Outcome::new(
            CheckStatus::Fail,
            REQUEST,
            answer,
            format!("The shapes differ: {}.", shapes.into_iter().collect::<Vec<_>>().join("; ")),
        )
    } else {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Each has the same shape and a code.")
    })
}

/// The names at the top of a refusal and of its error, if it is JSON and holds a code.
fn shape(heard: &Heard) -> Option<String> {
    if !heard.header("content-type").is_some_and(|value| value.contains("json")) {
        return None;
    }
    let json = heard.json()?;
    let top = json.as_object()?;
    let code = json["error"]["code"].as_str().or_else(|| json["code"].as_str())?;
    let is_stable = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let names = |value: &serde_json::Map<String, serde_json::Value>| {
        // What is only there at times says nothing of the shape, and neither does a name of any length.
        let mut names: Vec<_> = value.keys().filter(|name| *name != "details" && name.len() < 40).cloned().collect();
        names.sort();
        names.join(" ")
    };
    let inner = json["error"].as_object().map(names).unwrap_or_default();
    is_stable.then(|| crate::readiness::checks::plain(&format!("{} [{inner}]", names(top))))
}
