//! The way from an answer to a noun: JSON first, then its shape. One function for each class of answer.

use crate::{
    surface::Dialect,
    translate::{self, GateRow, Health, Subscribed, TeamTold, Told, Us, Used},
};
use client_http::{Answer, incompatible};
use control_plane::Error;
use domain::{ApiKey, BillingPlan, DeadLetter, MadeApiKey, Preview, Queue, Run, RunSummary, Team, Template, Timestamp};
use serde_json::Value;

fn read<T>(answer: &Answer, what: &str, as_it: impl FnOnce(&Value) -> Option<T>) -> Result<T, Error> {
    let body: Value = answer.json(what)?;
    as_it(&body).ok_or_else(|| incompatible(format!("the answer to {what} has another shape than that of NOFX")))
}

pub(crate) fn list(answer: &Answer) -> Result<(Vec<RunSummary>, Dialect), Error> {
    read(answer, "the list of runs", translate::list)
}

/// The body of an answer about one run, once it is known to be that.
pub(crate) fn told(answer: &Answer) -> Result<Value, Error> {
    let body: Value = answer.json("a run")?;
    match Told::of(&body) {
        Some(_) => Ok(body),
        None => Err(incompatible("the answer to a run has another shape than that of NOFX")),
    }
}

/// The timeline, bare or wrapped.
pub(crate) fn timeline(answer: &Answer) -> Result<Value, Error> {
    read(answer, "the timeline", |body| {
        let rows = body.get("timeline").unwrap_or(body);
        rows.is_array().then(|| rows.clone())
    })
}

pub(crate) fn gates(answer: &Answer) -> Result<Vec<GateRow>, Error> {
    read(answer, "the gates", translate::gates)
}

/// The id of a new run, and as much of it as the answer tells.
pub(crate) fn started(answer: &Answer, sent: &Value) -> Result<(String, Option<Run>), Error> {
    let at = translate::answered_at(answer);
    read(answer, "the new run", |body| translate::started(body, sent, at))
}

pub(crate) fn planned(answer: &Answer) -> Result<Preview, Error> {
    read(answer, "the preview", translate::planned)
}

pub(crate) fn health(answer: &Answer) -> Result<Health, Error> {
    read(answer, "the health page", |body| translate::health(answer, body))
}

pub(crate) fn templates(answer: &Answer) -> Result<Vec<Template>, Error> {
    read(answer, "the templates", translate::templates)
}

pub(crate) fn dead_letters(answer: &Answer) -> Result<Vec<DeadLetter>, Error> {
    let by = translate::answered_at(answer).unwrap_or(Timestamp::from_millis(0));
    read(answer, "the dead letters", |body| translate::dead_letters(body, by))
}

/// Who the credential makes us.
pub(crate) fn us(answer: &Answer) -> Result<Us, Error> {
    read(answer, "who we are", translate::us)
}

pub(crate) fn teams(answer: &Answer) -> Result<Vec<Team>, Error> {
    read(answer, "the teams", translate::teams)
}

/// One team; `us` is the id of the user whom the credential makes us.
pub(crate) fn team(answer: &Answer, us: Option<&str>) -> Result<TeamTold, Error> {
    read(answer, "a team", |body| translate::team(body, us))
}

/// The id of a team that was made or changed; none if NOFX says so and shows no team, which is how it passes over what it
/// does not know.
pub(crate) fn kept_team(answer: &Answer) -> Result<Option<String>, Error> {
    read(answer, "a change of a team", translate::kept_team)
}

/// That something was done, where the answer says no more.
pub(crate) fn done(answer: &Answer) -> Result<(), Error> {
    read(answer, "an act", translate::done)
}

pub(crate) fn api_keys(answer: &Answer) -> Result<Vec<ApiKey>, Error> {
    read(answer, "the API keys", translate::api_keys)
}

pub(crate) fn made_key(answer: &Answer) -> Result<MadeApiKey, Error> {
    read(answer, "the new API key", translate::made_key)
}

pub(crate) fn queue(answer: &Answer) -> Result<Queue, Error> {
    read(answer, "the queue", translate::queue)
}

/// How many dead letters there are; the list may say so itself.
pub(crate) fn dead_letter_count(answer: &Answer) -> Result<u64, Error> {
    read(answer, "the dead letters", translate::dead_letter_count)
}

pub(crate) fn requeued(answer: &Answer) -> Result<u64, Error> {
    read(answer, "the dead letters that were put back", translate::requeued)
}

pub(crate) fn plans(answer: &Answer) -> Result<Vec<BillingPlan>, Error> {
    read(answer, "the plans", translate::plans)
}

pub(crate) fn subscribed(answer: &Answer) -> Result<Subscribed, Error> {
    read(answer, "the subscription", translate::subscribed)
}

pub(crate) fn used(answer: &Answer) -> Result<Used, Error> {
    read(answer, "the usage", translate::used)
}

/// That the payment service took an act. Nobody ever saw in which words NOFX says so.
pub(crate) fn settled(answer: &Answer) -> Result<(), Error> {
    read(answer, "an act on the subscription", |body| body.is_object().then_some(()))
}

/// Where a person goes on.
pub(crate) fn page(answer: &Answer) -> Result<String, Error> {
    let body: Value = answer.json("a page to go on at")?;
    translate::page(&body).ok_or_else(|| incompatible("NOFX names no page that it is safe to go on at"))
}
