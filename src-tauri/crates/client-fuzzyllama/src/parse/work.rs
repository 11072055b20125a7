//! Answers about the work on a project besides its gates.

use super::Parsed;
use crate::{
    reply::{self, BlockerRow, DeliverableRow, DocumentRow, ExecutionRow, ProofRow, Started, Taken, TaskRow},
    translate,
};
use client_http::Answer;
use control_plane::Error;
use serde::de::DeserializeOwned;

/// Reads an answer from below `/api`; none if it is about something else.
pub(super) fn read(method: &str, pieces: &[&str], answer: &Answer, path: &str) -> Result<Option<Parsed>, Error> {
    Ok(Some(match (method, pieces) {
        ("GET", ["proof-artifacts"] | ["proof-artifacts", "gate", _]) => needs(&reply::read::<Vec<_>>(answer, path)?),
        ("GET", ["proof-artifacts", _]) | ("POST", ["proof-artifacts"]) => needs(&one(answer, path)?),
        ("GET", ["deliverables"]) => deliverables(reply::read(answer, path)?),
        ("GET" | "PATCH", ["deliverables", _])
        | ("POST", ["deliverables"] | ["deliverables", _, "complete" | "in-progress" | "in-review"]) => {
            deliverables(one(answer, path)?)
        }
        ("GET", ["tasks"]) => tasks(reply::read(answer, path)?),
        ("GET" | "PATCH", ["tasks", _]) | ("POST", ["tasks"]) => tasks(one(answer, path)?),
        ("GET", ["agents", "history"]) => executions(reply::read(answer, path)?),
        ("GET", ["agents", "executions", _]) => executions(one(answer, path)?),
        ("GET", ["documents"]) => documents(reply::read(answer, path)?),
        ("GET" | "PATCH", ["documents", _]) | ("POST", ["documents"]) => documents(one(answer, path)?),
        ("GET", ["costs", "project", _]) => Parsed::Costs(translate::costs(&reply::read(answer, path)?)),
        ("GET", ["blockers"] | ["blockers", "active", _]) => blockers(reply::read(answer, path)?),
        ("GET" | "PATCH", ["blockers", _]) | ("POST", ["blockers"] | ["blockers", _, "resolve" | "escalate"]) => {
            blockers(one(answer, path)?)
        }
        ("POST", ["agents", "workflow", "start"]) => Parsed::Started(reply::read::<Started>(answer, path)?.project_id),
        ("POST", ["agents", "workflow", "gate-approved" | "retry-gate", _]) => {
            Parsed::Taken(reply::read::<Taken>(answer, path)?.success)
        }
        _ => return Ok(None),
    }))
}

fn one<T: DeserializeOwned>(answer: &Answer, path: &str) -> Result<Vec<T>, Error> {
    Ok(vec![reply::read(answer, path)?])
}

fn needs(rows: &[ProofRow]) -> Parsed {
    Parsed::Needs(translate::needs(None, &[], rows))
}

fn deliverables(rows: Vec<DeliverableRow>) -> Parsed {
    Parsed::Deliverables(translate::deliverables(rows))
}

fn tasks(rows: Vec<TaskRow>) -> Parsed {
    Parsed::Tasks(translate::tasks(rows))
}

fn executions(rows: Vec<ExecutionRow>) -> Parsed {
    Parsed::Executions(translate::executions(rows))
}

fn documents(rows: Vec<DocumentRow>) -> Parsed {
    Parsed::Documents(translate::documents(rows))
}

fn blockers(rows: Vec<BlockerRow>) -> Parsed {
    Parsed::Blockers(translate::blockers(rows))
}
