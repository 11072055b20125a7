//! The way from an answer to a noun: JSON first, then its shape. One function for each class of answer.

use crate::{
    surface::Dialect,
    translate::{self, GateRow, Health, Told},
};
use client_http::{Answer, incompatible, plain};
use control_plane::Error;
use domain::{DeadLetter, Preview, Run, RunSummary, Template, Timestamp};
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

/// Who the credential makes us, by e-mail address or else by id.
pub(crate) fn principal(answer: &Answer) -> Result<String, Error> {
    read(answer, "who we are", |body| {
        let user = translate::Row::of(body)?.row("user")?;
        user.word("email").or_else(|| user.word("id")).map(plain)
    })
}
