//! A `FuzzyLlama` in memory: the same paths, checks, shapes and oddities, and agents that a test can direct.
//!
//! What a project's description says directs its agents, see [`projects::Script`]. Its clock ticks with every change.
//! Deliberately absent: everything that the client never asks for.

mod accounts;
mod gates;
mod projects;

use crate::{Asked, Said, Service};
use accounts::Accounts;
use domain::Timestamp;
use futures::future::BoxFuture;
use gates::Gate;
use parking_lot::Mutex;
use projects::Project;
use serde_json::{Map, Value, json};
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

    /// Answers as over the wire.
    pub fn say(&self, asked: &Asked) -> Said {
        let pieces: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
        let mut world = self.0.lock();
        let (route, is_open) = route(&asked.method, &pieces);
        let Some(route) = route else {
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
            self.say(&asked)
        })
    }
}

/// A status with a body; null is sent as nothing at all.
type Outcome = Result<(u16, Value), (u16, Value)>;

impl World {
    const fn is_gathering(&self) -> bool {
        self.lists_asked < self.lists_gathered
    }

    fn act(&mut self, route: &str, pieces: &[&str], asked: &Asked, user: &str) -> Outcome {
        let body = asked.json().unwrap_or(Value::Null);
        let piece = |at: usize| pieces.get(at).copied().unwrap_or_default();
        match route {
            "GET /api/health" => Ok((200, json!({ "status": "ok", "timestamp": self.now() }))),
            "GET /api/docs-json" if self.is_undescribed => Err((404, json!("Cannot GET /api/docs-json"))),
            "GET /api/docs-json" => {
                let info = json!({ "title": "FuzzyLlama API", "description": "", "version": "1.0", "contact": {} });
                Ok((200, json!({ "openapi": "3.0.0", "paths": {}, "info": info, "tags": [], "servers": [] })))
            }
            "POST /api/auth/login" => self.accounts.login(&body),
            "POST /api/auth/refresh" => self.accounts.refresh(&body),
            "GET /api/auth/me" => Ok((200, self.accounts.me(user))),
            "GET /api/projects" => Ok((200, self.list(user))),
            "POST /api/projects" => self.create_project(user, &body),
            "GET /api/projects/:id" => self.get_project(user, piece(2)),
            "GET /api/projects/:id/status" => self.status(user, piece(2)),
            "GET /api/projects/:id/events" => self.events_of(user, piece(2)),
            "GET /api/gates" => self.gates_of(user, asked.parameter("projectId")),
            "GET /api/gates/current/:id" => self.current_gate(user, piece(3)),
            "POST /api/gates/:id/approve" => self.decide(user, piece(2), &body),
            _ => Err((500, json!("no such route"))),
        }
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

/// The pattern of a route, and whether anybody may ask it.
fn route(method: &str, pieces: &[&str]) -> (Option<&'static str>, bool) {
    let open = match (method, pieces) {
        ("GET", ["api", "health"]) => Some("GET /api/health"),
        ("GET", ["api", "docs-json"]) => Some("GET /api/docs-json"),
        ("POST", ["api", "auth", "login"]) => Some("POST /api/auth/login"),
        ("POST", ["api", "auth", "refresh"]) => Some("POST /api/auth/refresh"),
        _ => None,
    };
    if open.is_some() {
        return (open, true);
    }
    let guarded = match (method, pieces) {
        ("GET", ["api", "auth", "me"]) => "GET /api/auth/me",
        ("GET", ["api", "projects"]) => "GET /api/projects",
        ("POST", ["api", "projects"]) => "POST /api/projects",
        ("GET", ["api", "projects", _]) => "GET /api/projects/:id",
        ("GET", ["api", "projects", _, "status"]) => "GET /api/projects/:id/status",
        ("GET", ["api", "projects", _, "events"]) => "GET /api/projects/:id/events",
        ("GET", ["api", "gates"]) => "GET /api/gates",
        ("GET", ["api", "gates", "current", _]) => "GET /api/gates/current/:id",
        ("POST", ["api", "gates", _, "approve"]) => "POST /api/gates/:id/approve",
        _ => return (None, false),
    };
    (Some(guarded), false)
}

/// The envelope of a refusal, without a word for the status where the guard speaks.
fn refusal(status: u16, message: &Value, path: &str) -> Said {
    let mut body =
        json!({ "message": message, "statusCode": status, "timestamp": "2026-11-20T10:00:00.000Z", "path": path });
    if message != "Unauthorized" {
        body["error"] = match status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            _ => "Internal Server Error",
        }
        .into();
    }
    Said::json(status, &body)
}

/// The plane spreads a text over an object here.
fn throttled(path: &str) -> Said {
    let text = "ThrottlerException: Too Many Requests";
    let mut body: Map<String, Value> =
        text.chars().enumerate().map(|(at, letter)| (at.to_string(), letter.to_string().into())).collect();
    body.insert("timestamp".to_owned(), "2026-11-20T10:00:00.000Z".into());
    body.insert("path".to_owned(), path.into());
    Said::json(429, &Value::Object(body)).header("retry-after", "60")
}
