//! Recorded answers, read as the client would read them. For tests.

use crate::{error::refused, reading, runs::found, surface::Dialect};
use client_http::{
    Answer,
    header::{HeaderMap, HeaderName, HeaderValue},
    incompatible,
};
use control_plane::Error;
use domain::{
    ApiKey, BillingPlan, DeadLetter, Event, Gate, MadeApiKey, Preview, Queue, Run, RunId, RunSummary, Subscription,
    Team, TeamPeople, Template, UsageLine,
};
use serde_json::Value;

/// What an answer was read as.
#[derive(Debug, Clone, PartialEq)]
pub enum Parsed {
    /// A list of runs, and the dialect that lists so.
    Runs(Vec<RunSummary>, Dialect),
    /// One run.
    Run(Box<Run>),
    /// A timeline.
    Events(Vec<Event>),
    /// The id of a new run, and as much of it as the answer tells.
    Started(String, Option<Box<Run>>),
    /// What a plan would do.
    Preview(Box<Preview>),
    /// The gates of a run.
    Gates(Vec<Gate>),
    /// Dead letters.
    DeadLetters(Vec<DeadLetter>),
    /// Templates.
    Templates(Vec<Template>),
    /// A health page: the dialect, and what it says of readiness.
    Health(Dialect, Result<String, Error>),
    /// Who the credential makes us.
    Principal(String),
    /// Teams.
    Teams(Vec<Team>),
    /// One team.
    People(Box<TeamPeople>),
    /// The id of a team that was made or changed, if the answer shows it.
    KeptTeam(Option<String>),
    /// API keys.
    ApiKeys(Vec<ApiKey>),
    /// A new API key.
    MadeKey(Box<MadeApiKey>),
    /// The queue.
    Queue(Box<Queue>),
    /// How many dead letters were put back.
    Requeued(u64),
    /// What can be subscribed to.
    Plans(Vec<BillingPlan>),
    /// The tier, and the subscription.
    Subscribed(Option<String>, Option<Subscription>),
    /// What was used.
    Used(Vec<UsageLine>),
    /// Where a person goes on.
    Page(String),
    /// An act was carried out; the answer says no more.
    Done,
    /// It was refused.
    Refused(Error),
    /// It was accepted, and is not what the client understands.
    Unreadable(Error),
    /// The client never asks this.
    NeverAsked,
}

/// Reads an answer. A refusal is read whatever was asked.
pub fn answer(method: &str, path: &str, status: u16, headers: &[(String, String)], body: &[u8]) -> Parsed {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str())) {
            map.insert(name, value);
        }
    }
    let answer = Answer { status, headers: map, body: body.to_vec() };
    let path = path.split('?').next().unwrap_or_default();
    let path = path.strip_prefix("/api").filter(|rest| rest.starts_with('/')).unwrap_or(path);
    let pieces: Vec<_> = path.split('/').filter(|piece| !piece.is_empty()).collect();
    let optional = matches!(
        pieces[..],
        ["runs", _, "gates"] | ["auth", "api-keys", ..] | ["billing" | "builder" | "dev" | "gates" | "teams", ..]
    );
    if !answer.is_success() {
        return Parsed::Refused(refused(&answer, path, optional));
    }
    let read = match (method, &pieces[..]) {
        ("GET", ["runs"]) => reading::list(&answer).map(|(runs, dialect)| Parsed::Runs(runs, dialect)),
        ("POST", ["runs"]) => {
            reading::started(&answer, &Value::Null).map(|(id, run)| Parsed::Started(id, run.map(Box::new)))
        }
        ("POST", ["runs", "preview"]) => reading::planned(&answer).map(Box::new).map(Parsed::Preview),
        ("GET", ["runs", _]) => reading::told(&answer).and_then(|told| run(told, Value::Null)),
        ("GET", ["runs", id, "timeline"]) => reading::timeline(&answer).and_then(|timeline| events(id, timeline)),
        ("GET", ["runs", _, "gates"]) => {
            reading::gates(&answer).map(|gates| Parsed::Gates(gates.into_iter().map(|gate| gate.gate).collect()))
        }
        ("POST", ["runs", _, "steps", _, "retry"] | ["gates", _, "approve"]) => Ok(Parsed::Done),
        ("GET", ["dev", "dlq"]) => reading::dead_letters(&answer).map(Parsed::DeadLetters),
        ("GET", ["builder", "templates"]) => reading::templates(&answer).map(Parsed::Templates),
        ("GET", ["health"]) => reading::health(&answer).map(|health| Parsed::Health(health.dialect, health.ready)),
        ("GET", ["auth", "me"]) => reading::us(&answer).map(|us| Parsed::Principal(us.name)),
        (method, pieces) => of_an_account(method, pieces, &answer),
    };
    read.unwrap_or_else(Parsed::Unreadable)
}

/// Reads an answer of the parts that not everybody may ask for.
fn of_an_account(method: &str, pieces: &[&str], answer: &Answer) -> Result<Parsed, Error> {
    match (method, pieces) {
        ("GET", ["teams"]) => reading::teams(answer).map(Parsed::Teams),
        ("GET", ["teams", _]) => reading::team(answer, None).map(|told| Parsed::People(Box::new(told.people))),
        ("POST", ["teams"]) | ("PATCH", ["teams", _]) => reading::kept_team(answer).map(Parsed::KeptTeam),
        ("DELETE", ["teams", ..] | ["auth", "api-keys", _])
        | ("PATCH", ["teams", _, "members", _])
        | ("POST", ["teams", _, "invites" | "leave" | "transfer-ownership"]) => {
            reading::done(answer).map(|()| Parsed::Done)
        }
        ("GET", ["auth", "api-keys"]) => reading::api_keys(answer).map(Parsed::ApiKeys),
        ("POST", ["auth", "api-keys"]) => reading::made_key(answer).map(Box::new).map(Parsed::MadeKey),
        ("GET", ["dev", "queue"]) => reading::queue(answer).map(Box::new).map(Parsed::Queue),
        ("POST", ["dev", "dlq", "rehydrate"]) => reading::requeued(answer).map(Parsed::Requeued),
        ("GET", ["billing", "plans"]) => reading::plans(answer).map(Parsed::Plans),
        ("GET", ["billing", "subscription"]) => {
            reading::subscribed(answer).map(|told| Parsed::Subscribed(told.tier, told.subscription))
        }
        ("GET", ["billing", "usage"]) => reading::used(answer).map(|told| Parsed::Used(told.lines)),
        ("POST", ["billing", "checkout" | "portal"]) => reading::page(answer).map(Parsed::Page),
        ("POST", ["billing", "cancel" | "resume"]) => reading::settled(answer).map(|()| Parsed::Done),
        _ => Ok(Parsed::NeverAsked),
    }
}

/// Reads a run with its steps and its timeline, each as the bytes of an answer.
pub fn history(run_answer: &[u8], timeline: &[u8], gates: &[u8]) -> (Parsed, Parsed) {
    let json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or(Value::Null);
    let found = found(json(run_answer), json(timeline), &json(gates));
    let run = found.run().map(Box::new).map(Parsed::Run);
    let events = found.run().and_then(|run| found.events(&run.summary.id)).map(Parsed::Events);
    (run.unwrap_or_else(Parsed::Unreadable), events.unwrap_or_else(Parsed::Unreadable))
}

fn run(told: Value, timeline: Value) -> Result<Parsed, Error> {
    Ok(Parsed::Run(Box::new(found(told, timeline, &Value::Null).run()?)))
}

fn events(id: &str, timeline: Value) -> Result<Parsed, Error> {
    if !timeline.is_array() {
        return Err(incompatible("this is no timeline"));
    }
    let run = serde_json::json!({ "run": { "id": id, "status": "queued" } });
    Ok(Parsed::Events(found(run, timeline, &Value::Null).events(&RunId::new(id))?))
}
