//! Answers of `FuzzyLlama` as nouns: a project is a run, each of its nine gates a step, its audit trail the timeline.
//!
//! Deliberately absent: anything that would have to be asked for; whoever calls this has asked already.

mod event;
mod gate;
mod list;
mod needs;
mod project;
mod run;
mod work;

pub(crate) use event::events;
pub(crate) use gate::{Track, number_of, rows_of, step_name};
pub(crate) use list::page;
pub(crate) use needs::needs;
pub(crate) use run::run;
pub(crate) use work::{blockers, costs, deliverables, documents, executions, tasks};

use crate::reply::{Health, Me};
use client_http::{incompatible, plain};
use control_plane::{Error, PlaneFacts, PlaneIdentity};

/// Who the plane is and who we are to it. It tells no version of itself anywhere that is cheap to ask.
pub(crate) fn identity(health: &Health, me: &Me) -> Result<PlaneIdentity, Error> {
    live(health)?;
    Ok(PlaneIdentity {
        version: "not told".to_owned(),
        principal: Some(plain(&me.email)),
        may: Vec::new(),
        teams: Vec::new(),
        server_time: Some(health.timestamp),
        credential_ends: None,
    })
}

/// Joins the two probes. Only a plane that cannot be asked at all is an error; each probe keeps its own outcome.
pub(crate) fn facts(health: Result<Health, Error>, me: Result<Me, Error>) -> Result<PlaneFacts, Error> {
    if let Err(error @ (Error::Unreachable { .. } | Error::TimedOut)) = health {
        return Err(error);
    }
    Ok(PlaneFacts {
        live: health.and_then(|health| live(&health)),
        // Signing in reads the database, which is as near as one comes to readiness here.
        ready: me.map(|_| "no readiness is offered; sign-in works".to_owned()),
        queue_depth: None,
        oldest_queued_ms: None,
        dead_letters: None,
    })
}

/// The word of a plane that lives.
pub(crate) fn live(health: &Health) -> Result<String, Error> {
    match health.status.as_str() {
        "ok" => Ok("200 ok".to_owned()),
        _ => Err(incompatible("the health of the plane is not told in words that are known here")),
    }
}
