//! Whether refusals keep to themselves how the plane is made.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use domain::CheckStatus;

/// What stands in traces, statements and pages of frameworks, in lower case.
const SIGNS: &[&str] = &[
    "\n    at ",
    "stack",
    "node_modules",
    "panicked at",
    "traceback",
    "exception",
    "sqlite",
    "postgres",
    "prisma",
    "econnrefused",
    "select * ",
    "cannot get ",
    "cannot put ",
    "cannot post ",
    ".js:",
    ".rs:",
];

const REQUEST: &str = "refusals of an unknown path, an unknown thing, a wrong method, a broken body and a stranger";

static FACTS: Facts = Facts {
    id: "contract.no_internals",
    title: "Refusals tell nothing of the inside",
    proves: "Nobody learns paths, statements or versions from an error.",
    subject: Subject::Contract,
    remedy: "Let the plane answer with words of its own, and keep what its parts said for its log.",
    owner: "plane operator",
};

/// Whether refusals keep to themselves how the plane is made.
pub(crate) struct NoInternals;

#[async_trait::async_trait]
impl Check for NoInternals {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let refusals = context.refusals().await?;
    let mut telling = Vec::new();
    let mut count = 0_usize;
    for (what, heard) in refusals.each() {
        count += 1;
        let text = String::from_utf8_lossy(&heard.body).to_lowercase();
        if let Some(sign) = SIGNS.iter().find(|sign| text.contains(**sign)) {
            telling.push(format!("{what} (`{}`)", sign.trim()));
        }
        if let Some(made_with) = heard.header("x-powered-by") {
            telling.push(format!("{what} (made with {made_with})"));
        }
    }
    let answer = format!("{count} refusals, {} telling", telling.len());
    Ok(if telling.is_empty() {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "None of them tells how the plane is made.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, format!("Tells of its inside: {}.", telling.join(", ")))
    })
}
