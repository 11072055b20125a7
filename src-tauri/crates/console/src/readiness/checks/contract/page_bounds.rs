//! Whether a page is within bounds whatever is asked for.

use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::CheckStatus;
use serde_json::Value;

const REQUEST: &str = "the list of runs with a limit of 0, -1, one too many, 1000000, abc and 1";

static FACTS: Facts = Facts {
    id: "contract.page_bounds",
    title: "Pages have bounds",
    proves: "No request makes the plane read everything at once, and a senseless one is refused or set right.",
    subject: Subject::Contract,
    remedy: "Let the plane refuse page sizes outside of its bounds, or clamp them, and keep to those inside.",
    owner: "plane operator",
};

/// Whether a page is within bounds whatever is asked for.
pub(crate) struct PageBounds;

#[async_trait::async_trait]
impl Check for PageBounds {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn manner(&self) -> Manner {
        Manner::Knocks
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let surface = context.surface().await?;
    let list = surface.at(Purpose::List)?;
    let Some(most) = surface.manners.page_limit else {
        let finding = "Its lists have no pages, so each answer grows with all that there is.";
        return Ok(Outcome::new(CheckStatus::Fail, REQUEST, "no pages", finding));
    };
    let sizes = ["0", "-1", &format!("{}", most.saturating_add(1)), "1000000", "abc", "1"].map(str::to_owned);
    let (mut wrong, mut said) = (Vec::new(), Vec::new());
    for size in sizes {
        let heard = context.ask(&Ask::get(format!("{}?limit={size}", list.path), Shown::Ours)).await?;
        said.push(format!("{size}: {}", heard.status));
        let items = heard.json().map_or(0, |json| longest(&json));
        let bound = if size == "1" { 1 } else { usize::try_from(most).unwrap_or(usize::MAX) };
        if heard.status >= 500 || (heard.is_success() && items > bound) {
            wrong.push(format!("limit={size} ({}, {items} items)", heard.status));
        }
    }
    Ok(if wrong.is_empty() {
        Outcome::new(CheckStatus::Pass, REQUEST, said.join(", "), "Each is refused or within bounds.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, said.join(", "), format!("Out of bounds: {}.", wrong.join(", ")))
    })
}

/// The length of the longest list at the top of an answer, or within what stands there.
fn longest(json: &Value) -> usize {
    match json {
        Value::Array(items) => items.len(),
        Value::Object(entries) => entries.values().filter(|value| !value.is_string()).map(longest).max().unwrap_or(0),
        _ => 0,
    }
}
