//! Whether the document of the API and the API agree.

use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    checks::plain,
    place::Place,
    seen::Silence,
};
use control_plane::{Ask, Heard, KnownRoute, Purpose, Shown};
use domain::{CheckStatus, ControlPlaneKind};
use std::collections::BTreeSet;

const REQUEST: &str = "the OpenAPI document";

static FACTS: Facts = Facts {
    id: "contract.document",
    title: "The API is documented as it is",
    proves: "Who builds on the API finds every route in its document, and none that is not there.",
    subject: Subject::Contract,
    remedy: "Update the console or the plane, so that both are of one version.",
    owner: "plane operator",
};

/// Whether the document of the API and the API agree.
pub(crate) struct Document;

#[async_trait::async_trait]
impl Check for Document {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.is_kind(ControlPlaneKind::Breakwater)
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
    let heard = context.ask(&Ask::get(surface.at(Purpose::Document)?.path.clone(), Shown::Ours)).await?;
    let Some(json) = heard.json().filter(|_| heard.is_success()) else {
        let cut = heard.body.len() >= Heard::BODY;
        let why = if cut { "It is too long to be read here." } else { "It is not served, or is no JSON." };
        let status = if cut { CheckStatus::Unknown } else { CheckStatus::Fail };
        return Ok(Outcome::new(status, REQUEST, heard.status.to_string(), why));
    };
    let none = serde_json::Map::new();
    let paths = json["paths"].as_object().unwrap_or(&none);
    let known: BTreeSet<_> = surface.routes.iter().map(KnownRoute::name).collect();
    let documented: BTreeSet<_> = paths
        .iter()
        .flat_map(|(path, methods)| methods.as_object().into_iter().flatten().map(move |(method, _)| (method, path)))
        .map(|(method, path)| plain(&format!("{} {path}", method.to_uppercase())))
        .collect();
    let missing: Vec<_> = known.difference(&documented).cloned().collect();
    let unknown: Vec<_> = documented.difference(&known).cloned().collect();
    let answer = format!("{} routes documented, {} known", documented.len(), known.len());
    Ok(if missing.is_empty() && unknown.is_empty() {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "Both are the same.")
    } else {
        let finding = format!("Not documented: {}; not known here: {}.", few(&missing), few(&unknown));
        Outcome::new(CheckStatus::Warn, REQUEST, answer, finding)
    })
}

/// The first of them.
fn few(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        _ => names.iter().take(5).cloned().collect::<Vec<_>>().join(", "),
    }
}
