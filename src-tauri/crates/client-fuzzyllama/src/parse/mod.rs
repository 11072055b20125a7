//! The readers of this crate without a wire, for tests that hold recorded answers.
//!
//! An answer is routed by what was asked to the code that reads it in earnest. Deliberately absent: any reading that
//! the client itself does not do.

mod work;

pub use crate::socket::{Opening, Packet, SocketNews, news, packets};
pub use crate::wire::{Claims, TokenKind, claims};

use crate::{
    error::{Refusal, refused},
    recognise,
    reply::{self, EventRow, GateRow, Health, Me, Project, Standing, Tokens},
    translate,
};
use client_http::{
    Answer,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use control_plane::{Error, RunFilter};
use domain::{
    AgentExecution, Blocker, Deliverable, Event, GateNeeds, Page, ProjectCosts, ProjectDocument, ProjectTask, Run,
    RunSummary, Step,
};
use serde_json::Value;

/// Areas of the API of which this client reads refusals only.
const AREAS: [&str; 33] = [
    "agents",
    "assets",
    "audit",
    "blockers",
    "code-generation",
    "costs",
    "decisions",
    "deliverables",
    "documents",
    "errors",
    "escalations",
    "events",
    "github",
    "handoffs",
    "health",
    "jobs",
    "journey",
    "live",
    "metrics",
    "notes",
    "phase-history",
    "proof-artifacts",
    "queries",
    "queue",
    "railway",
    "ready",
    "risks",
    "session-context",
    "specifications",
    "tasks",
    "universal-input",
    "users",
    "auth",
];

/// What an answer was read as.
#[derive(Debug, Clone)]
pub enum Parsed {
    /// A refusal, by what it means.
    Refused(Error),
    /// That the plane lives, in its own word.
    Alive(String),
    /// Who we are.
    Principal(String),
    /// New tokens.
    Tokens,
    /// A list of projects.
    Runs(Page<RunSummary>),
    /// One project, without gates.
    Run(Box<Run>),
    /// Gates, folded.
    Steps(Vec<Step>),
    /// The gate that a verdict was about; none if there is no current one.
    Gate(Option<String>),
    /// Whether an agent works.
    IsWorking(bool),
    /// An audit trail, as the timeline of this project.
    Events(Vec<Event>),
    /// What each gate asks for, of proofs without their gates.
    Needs(Vec<GateNeeds>),
    /// What has to be handed over.
    Deliverables(Vec<Deliverable>),
    /// Tasks.
    Tasks(Vec<ProjectTask>),
    /// What agents were set to do.
    Executions(Vec<AgentExecution>),
    /// Heads of documents.
    Documents(Vec<ProjectDocument>),
    /// What a project has cost.
    Costs(ProjectCosts),
    /// What stands in the way.
    Blockers(Vec<Blocker>),
    /// That work was begun on this project.
    Started(String),
    /// Whether the workflow took something in.
    Taken(bool),
    /// The title of an API.
    Title(Option<String>),
    /// A success of which this client makes no use; `None` if it is not JSON.
    Unused(Option<Value>),
    /// No part of this client ever reads such an answer.
    Nowhere,
}

/// Reads an answer. `project` is what events are told of.
///
/// # Errors
/// If the answer is not what such a request is answered with.
pub fn answer(
    method: &str,
    path: &str,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
    project: &Value,
) -> Result<Parsed, Error> {
    let answer = Answer { status, headers: header_map(headers), body: body.to_vec() };
    let (path, _) = path.split_once('?').unwrap_or((path, ""));
    let pieces: Vec<&str> = path.trim_matches('/').split('/').collect();
    let is_verdict = matches!(pieces.as_slice(), ["api", "gates", _, "approve"]);
    if !answer.is_success() {
        return Ok(Parsed::Refused(refused(&Refusal { is_verdict, ..Refusal::of(path, &answer) })));
    }
    if let Some(parsed) = work::read(method, pieces.strip_prefix(&["api"]).unwrap_or_default(), &answer, path)? {
        return Ok(parsed);
    }
    Ok(match (method, pieces.as_slice()) {
        ("GET", ["api", "health"]) => Parsed::Alive(translate::live(&reply::read::<Health>(&answer, path)?)?),
        ("GET", ["api", "docs-json"]) => Parsed::Title(recognise::title(&answer)),
        ("GET", ["api", "auth", "me"]) => Parsed::Principal(reply::read::<Me>(&answer, path)?.email),
        ("POST", ["api", "auth", "login" | "refresh" | "register"]) => {
            reply::read::<Tokens>(&answer, path).map(|_| Parsed::Tokens)?
        }
        ("GET", ["api", "projects"]) => {
            let projects: Vec<Project> = reply::read(&answer, path)?;
            Parsed::Runs(translate::page(&projects, &RunFilter::default())?)
        }
        ("GET" | "PATCH", ["api", "projects", _]) | ("POST", ["api", "projects"]) => {
            let project = reply::read::<Project>(&answer, path)?;
            Parsed::Run(Box::new(translate::run(&project, &[], &Standing::default())))
        }
        ("GET", ["api", "projects", _, "events"]) => {
            let rows: Vec<EventRow> = reply::read(&answer, path)?;
            let Ok(project) = serde_json::from_value::<Project>(project.clone()) else { return Ok(Parsed::Nowhere) };
            Parsed::Events(translate::events(&project, &rows))
        }
        ("GET", ["api", "projects", _, "status"]) => {
            Parsed::IsWorking(reply::read::<Standing>(&answer, path)?.is_agent_working)
        }
        ("GET", ["api", "gates"]) => {
            let rows: Vec<GateRow> = reply::read(&answer, path)?;
            let standing = Standing::default();
            let track = translate::Track { project: "project", owner: None, rows: &rows, standing: &standing };
            Parsed::Steps(track.steps())
        }
        ("GET", ["api", "gates", "current", _]) => {
            Parsed::Gate(reply::read::<Option<GateRow>>(&answer, path)?.map(|row| row.gate_type))
        }
        ("GET" | "PATCH", ["api", "gates", _]) | ("POST", ["api", "gates"] | ["api", "gates", _, "approve"]) => {
            Parsed::Gate(Some(reply::read::<GateRow>(&answer, path)?.gate_type))
        }
        (_, ["api", "gates" | "projects", ..]) => Parsed::Unused(answer.json(path).ok()),
        (_, ["api", area, ..]) if AREAS.contains(area) => Parsed::Unused(answer.json(path).ok()),
        _ => Parsed::Nowhere,
    })
}

/// What cannot be a header is left out: a wire would not have delivered it.
fn header_map(headers: &[(String, String)]) -> HeaderMap {
    let known = headers.iter().filter_map(|(name, value)| {
        Some((HeaderName::try_from(name.as_str()).ok()?, HeaderValue::try_from(value.as_str()).ok()?))
    });
    known.collect()
}
