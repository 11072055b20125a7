//! The socket: connections over polling, whom it lets in, and what it tells of the projects that are joined.
//!
//! The transport is up for everybody; only then the token is looked at. Agents and the workflow tell, routes for people
//! do not. Deliberately absent: the websocket, leaving a project, and a token in the first packet.

use super::{FuzzyLlama, World};
use crate::{Asked, Said};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

/// Where it is, whatever the method.
pub(super) const PATH: &str = "/socket.io/";

const SEPARATOR: &str = "\u{1e}";

/// Every connection.
#[derive(Debug)]
pub(super) struct Sockets {
    lines: BTreeMap<String, Line>,
    ping: Duration,
}

/// The real plane pings as seldom as its library does.
impl Default for Sockets {
    fn default() -> Self {
        Self { lines: BTreeMap::new(), ping: Duration::from_secs(25) }
    }
}

/// One connection.
#[derive(Debug)]
struct Line {
    /// Whose token came with the first request, if it was a good one.
    user: Option<String>,
    joined: BTreeSet<String>,
    unheard: Vec<String>,
    next_ping: Instant,
    is_ping_open: bool,
    has_news: Arc<Notify>,
}

impl Line {
    fn push(&mut self, packet: String) {
        self.unheard.push(packet);
        self.has_news.notify_one();
    }

    fn emit(&mut self, event: &str, data: &Value) {
        self.push(format!("42{}", json!([event, data])));
    }
}

/// What a poll finds.
enum Found {
    Said(String),
    Nothing(Instant, Arc<Notify>),
    /// There is no such connection, or no more, since a ping was not answered.
    Gone,
}

impl FuzzyLlama {
    /// Pings connections that begin from now on this often.
    pub fn ping_every(&self, interval: Duration) {
        self.0.lock().sockets.ping = interval;
    }

    /// Tells this of a project to all who joined it.
    pub fn tell(&self, project: &str, event: &str, data: Value) {
        self.0.lock().tell(project, event, data);
    }

    /// Answers a request to the socket, as soon as there is something to say.
    pub(super) async fn poll(&self, asked: &Asked) -> Said {
        let Some(sid) = asked.parameter("sid") else { return self.0.lock().connect(asked) };
        if asked.method == "POST" {
            return self.0.lock().take_in(sid, &asked.body);
        }
        loop {
            let found = self.0.lock().sockets.find(sid);
            match found {
                Found::Said(body) => return packets(&body),
                Found::Gone => return unknown(),
                // That the time is up is found out by looking again.
                Found::Nothing(until, news) => drop(timeout_at(until, news.notified()).await),
            }
        }
    }
}

fn packets(body: &str) -> Said {
    Said::text(200, "text/plain; charset=UTF-8", body)
}

fn unknown() -> Said {
    Said::json(400, &json!({ "code": 1, "message": "Session ID unknown" }))
}

impl Sockets {
    fn find(&mut self, sid: &str) -> Found {
        let Some(line) = self.lines.get_mut(sid) else { return Found::Gone };
        if Instant::now() >= line.next_ping {
            if line.is_ping_open {
                self.lines.remove(sid);
                return Found::Gone;
            }
            (line.next_ping, line.is_ping_open) = (Instant::now() + self.ping, true);
            line.unheard.push("2".to_owned());
        }
        match std::mem::take(&mut line.unheard) {
            unheard if unheard.is_empty() => Found::Nothing(line.next_ping, Arc::clone(&line.has_news)),
            unheard => Found::Said(unheard.join(SEPARATOR)),
        }
    }
}

impl World {
    fn connect(&mut self, asked: &Asked) -> Said {
        let (sid, ping) = (self.id(), self.sockets.ping);
        let line = Line {
            user: self.accounts.user_of(asked.header("authorization")).ok(),
            joined: BTreeSet::new(),
            unheard: Vec::new(),
            next_ping: Instant::now() + ping,
            is_ping_open: false,
            has_news: Arc::default(),
        };
        let millis = u64::try_from(ping.as_millis()).expect("a test is short");
        let opening = json!({
            "sid": sid, "upgrades": ["websocket"], "pingInterval": millis, "pingTimeout": millis, "maxPayload": 1_000_000,
        });
        self.sockets.lines.insert(sid, line);
        packets(&format!("0{opening}"))
    }

    fn take_in(&mut self, sid: &str, body: &[u8]) -> Said {
        for packet in String::from_utf8_lossy(body).split(SEPARATOR) {
            if !self.take_in_one(sid, packet) {
                return unknown();
            }
        }
        Said::text(200, "text/html", "ok")
    }

    /// Whether there is such a connection.
    fn take_in_one(&mut self, sid: &str, packet: &str) -> bool {
        let Some(line) = self.sockets.lines.get_mut(sid) else { return false };
        match packet {
            "3" => {
                line.is_ping_open = false;
                *self.asked.entry("socket pong".to_owned()).or_default() += 1;
            }
            "40" => {
                line.push(format!("40{}", json!({ "sid": format!("s{sid}") })));
                match line.user.clone() {
                    Some(user) => {
                        let data = json!({ "userId": self.accounts.id_of(&user), "socketId": format!("s{sid}") });
                        line.emit("connected", &data);
                    }
                    None => line.push("41".to_owned()),
                }
            }
            text => {
                let told = text
                    .strip_prefix("42")
                    .and_then(|json| serde_json::from_str::<Value>(json).ok())
                    .unwrap_or_default();
                if told[0] == "join:project" {
                    self.join(sid, told[1]["projectId"].as_str());
                }
            }
        }
        true
    }

    fn join(&mut self, sid: &str, project: Option<&str>) {
        *self.asked.entry("socket join:project".to_owned()).or_default() += 1;
        let user = self.sockets.lines.get(sid).and_then(|line| line.user.clone());
        let is_own = user.zip(project).is_some_and(|(user, project)| self.project(&user, project).is_ok());
        let Some(line) = self.sockets.lines.get_mut(sid) else { return };
        match project {
            None => line.emit("exception", &json!({ "status": "error", "message": "Internal server error" })),
            Some(id) if is_own => {
                line.joined.insert(id.to_owned());
                line.emit("project:joined", &json!({ "projectId": id }));
            }
            Some(_) => line.emit("error", &json!({ "message": "Project not found or access denied" })),
        }
    }

    /// Tells this of a project to all who joined it.
    pub(super) fn tell(&mut self, project: &str, event: &str, mut data: Value) {
        data["timestamp"] = self.now().into();
        for line in self.sockets.lines.values_mut().filter(|line| line.joined.contains(project)) {
            line.emit(event, &data);
        }
    }
}
