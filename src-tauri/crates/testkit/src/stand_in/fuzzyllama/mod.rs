//! A `FuzzyLlama` in memory: the same paths, checks, shapes and oddities, and agents that a test can direct.
//!
//! What a project's description says directs its agents, see [`projects::Script`] and [`projects::Undone`]. Its clock
//! ticks with every change. One file per area of routes; `routes` lists them. Deliberately absent: everything that
//! neither the client nor its tests ask for.

mod accounts;
mod agents;
mod blockers;
mod costs;
mod deliverables;
mod documents;
mod envelope;
mod gates;
mod projects;
mod proofs;
mod routes;
mod socket;
mod tasks;
mod workflow;

use crate::{Asked, Said, Service};
use accounts::Accounts;
use domain::Timestamp;
use envelope::{refusal, throttled};
use futures::future::BoxFuture;
use gates::Gate;
use parking_lot::Mutex;
use projects::Project;
use routes::route;
use serde_json::{Value, json};
use socket::Sockets;
use std::{collections::BTreeMap, sync::Arc};

/// The server.
#[derive(Debug)]
pub struct FuzzyLlama(Mutex<World>);

/// Everything that it knows.
#[derive(Debug, Default)]
struct World {
    ticks: u64,
    accounts: Accounts,
    projects: Vec<Project>,
    gates: Vec<Gate>,
    events: Vec<Value>,
    /// The rows of the other areas as they are answered, oldest first, but for what is embedded in them.
    executions: Vec<Value>,
    tasks: Vec<Value>,
    deliverables: Vec<Value>,
    documents: Vec<Value>,
    proofs: Vec<Value>,
    blockers: Vec<Value>,
    sockets: Sockets,
    /// Whether no key of an AI provider is configured.
    is_keyless: bool,
    /// How often each route was asked, by its pattern.
    asked: BTreeMap<String, u32>,
    /// Requests that each route bears.
    limit: Option<u32>,
    is_undescribed: bool,
    /// How many lists were asked for, and before how many of them none is answered.
    lists_asked: u32,
    lists_gathered: u32,
}

impl FuzzyLlama {
    /// A server with two users, one who is named `ops@example.com` with the password `Passw0rd1`, and one other.
    pub fn new() -> Arc<Self> {
        let mut world = World::default();
        world.accounts.add("ops@example.com", "Passw0rd1");
        world.accounts.add("other@example.com", "Passw0rd2");
        Arc::new(Self(Mutex::new(world)))
    }

    /// Lets every access token that was ever given expire.
    pub fn expire(&self) {
        self.0.lock().accounts.expire();
    }

    /// Forgets what lives in the memory of the process.
    pub fn restart(&self) {
        self.0.lock().accounts.forget_refresh_tokens();
    }

    /// Changes the password of the first user.
    pub fn change_password(&self) {
        self.0.lock().accounts.add("ops@example.com", "An0therOne");
    }

    /// Lets each route bear this many requests.
    pub fn limit(&self, requests: u32) {
        self.0.lock().limit = Some(requests);
    }

    /// Answers no list before this many more were asked for, so that they are all under way at once.
    pub fn gather(&self, lists: u32) {
        let mut world = self.0.lock();
        world.lists_gathered = world.lists_asked + lists;
    }

    /// Accepts no access token any more, however new.
    pub fn distrust(&self) {
        self.0.lock().accounts.distrust();
    }

    /// Has no key of an AI provider any more, so that no agent works.
    pub fn lose_key(&self) {
        self.0.lock().is_keyless = true;
    }

    /// Describes its API to nobody.
    pub fn hide_description(&self) {
        self.0.lock().is_undescribed = true;
    }

    /// How often a route was asked, e.g. `POST /api/auth/login`.
    pub fn asked(&self, route: &str) -> u32 {
        self.0.lock().asked.get(route).copied().unwrap_or(0)
    }

    /// How often anything was asked.
    pub fn asked_at_all(&self) -> u32 {
        self.0.lock().asked.values().sum()
    }

    /// An access token of the first user.
    pub fn access_token(&self) -> String {
        self.0.lock().accounts.access_token("ops@example.com")
    }

    /// A refresh token of the first user.
    pub fn refresh_token(&self) -> String {
        self.0.lock().accounts.refresh_token("ops@example.com")
    }

    /// The pattern of the route that is asked for, if there is one.
    pub(super) fn route_of(asked: &Asked) -> Option<&'static str> {
        let pieces: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
        route(&asked.method, &pieces).map(|(route, _)| route)
    }

    /// Answers as over the wire.
    pub fn say(&self, asked: &Asked) -> Said {
        let pieces: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
        let mut world = self.0.lock();
        let Some((route, is_open)) = route(&asked.method, &pieces) else {
            return refusal(404, &json!(format!("Cannot {} {}", asked.method, asked.path)), &asked.path);
        };
        let user = match (is_open, world.accounts.user_of(asked.header("authorization"))) {
            (true, _) => String::new(),
            (false, Ok(user)) => user,
            // The guard runs before the limiter, so what it refuses is not counted.
            (false, Err(text)) => {
                *world.asked.entry(format!("401 {route}")).or_default() += 1;
                return refusal(401, &json!(text), &asked.path);
            }
        };
        let count = world.asked.entry(route.to_owned()).or_default();
        *count += 1;
        let count = *count;
        if world.limit.is_some_and(|limit| count > limit) {
            return throttled(&asked.path);
        }
        let outcome = world.act(route, &pieces, asked, &user);
        match outcome {
            Ok((status, Value::Null)) => Said { status, headers: Vec::new(), body: Vec::new() },
            Ok((status, body)) => Said::json(status, &body),
            Err((status, message)) => refusal(status, &message, &asked.path),
        }
    }
}

impl Service for FuzzyLlama {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        Box::pin(async move {
            if asked.method == "GET" && asked.path == "/api/projects" {
                self.0.lock().lists_asked += 1;
                while self.0.lock().is_gathering() {
                    tokio::task::yield_now().await;
                }
            }
            if asked.path == socket::PATH { self.poll(&asked).await } else { self.say(&asked) }
        })
    }
}

/// A status with a body; null is sent as nothing at all.
type Outcome = Result<(u16, Value), (u16, Value)>;

impl World {
    const fn is_gathering(&self) -> bool {
        self.lists_asked < self.lists_gathered
    }

    /// The time; it goes on whenever somebody looks at it.
    fn now(&mut self) -> String {
        self.ticks += 1;
        let millis = i64::try_from(self.ticks * 7).expect("a test is short");
        Timestamp::from_millis(1_795_170_000_000 + millis).to_string()
    }

    fn id(&mut self) -> String {
        self.ticks += 1;
        format!("cmw{:022}", self.ticks)
    }

    fn note(&mut self, project: &str, event: &str, data: &Value, user: Option<&str>) {
        let (id, now) = (self.id(), self.now());
        let mut metadata = json!({ "timestamp": now, "correlationId": format!("corr-{id}") });
        if let Some(user) = user {
            metadata["userId"] = self.accounts.id_of(user).into();
        }
        self.events.push(json!({
            "id": id, "projectId": project, "eventType": event, "eventData": data, "metadata": metadata, "createdAt": now,
        }));
    }
}
