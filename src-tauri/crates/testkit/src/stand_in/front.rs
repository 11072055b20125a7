//! What the originals do before and around their routes: the headers of every answer, the limits, and what becomes of a body
//! that cannot be read.
//!
//! Headers and refusals are those that were recorded. It stands before a stand-in only where a test wants it, because most
//! tests ask more often than the originals bear. Deliberately absent: the end of the time for which a limit counts.

use super::{Dialect, FuzzyLlama, Nofx, StorePlatform};
use crate::{Asked, Said, Service, recording, replay::OF_THE_CONNECTION};
use futures::future::BoxFuture;
use parking_lot::Mutex;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// Headers that one answer has for itself.
const OF_THE_ANSWER: [&str; 5] = ["content-type", "etag", "keep-alive", "x-request-id", "x-correlation-id"];

/// A stand-in with what the original has before it.
#[derive(Debug)]
pub struct Front<P> {
    plane: Arc<P>,
    rules: Rules,
    counted: Mutex<BTreeMap<String, u64>>,
}

#[derive(Debug)]
struct Rules {
    headers: Vec<(String, String)>,
    /// Bytes of a body that are read, and what is said to more.
    body: Option<(usize, Said)>,
    malformed: Option<Said>,
    foreign_origin: Option<Said>,
    /// Which limit a request counts in, and what is said when it is used up.
    limits: Option<(LimitOf, Said)>,
    /// Whether whoever has no credential is refused before anything is counted.
    guards_first: bool,
}

type LimitOf = fn(&Asked) -> Option<Limit>;

#[derive(Debug)]
struct Limit {
    name: String,
    header: &'static str,
    requests: u64,
    seconds: u64,
}

impl Front<Nofx> {
    /// Before a NOFX.
    pub fn nofx(plane: Arc<Nofx>) -> Arc<Self> {
        let said = |name| recorded("nofx", name);
        let rules = match plane.dialect {
            Dialect::Express => Rules {
                headers: said("fs-get-health.json").headers,
                body: Some((2 * 1024 * 1024, said("fs-body-too-large.json"))),
                malformed: Some(said("fs-runs-create-badjson.json")),
                foreign_origin: None,
                limits: Some((by_address, said("fs-rate-limited.json"))),
                guards_first: false,
            },
            Dialect::Serverless => Rules {
                // The functions were recorded in a host of another make than the one that they are published for.
                headers: without(said("fn-runs-list.json").headers, "x-powered-by"),
                body: None,
                malformed: None,
                foreign_origin: None,
                limits: None,
                guards_first: false,
            },
        };
        Self::with(plane, rules)
    }
}

impl Front<StorePlatform> {
    /// Before a store platform.
    pub fn store_platform(plane: Arc<StorePlatform>) -> Arc<Self> {
        let said = |name| recorded("store-platform", name);
        let rules = Rules {
            headers: said("list-empty.json").headers,
            body: Some((1024 * 1024, said("body-too-large.json"))),
            malformed: Some(said("body-invalid-json.json")),
            foreign_origin: Some(said("cors-denied.json")),
            limits: Some((of_stores, said("globalrl-exceeded.json"))),
            guards_first: false,
        };
        Self::with(plane, rules)
    }
}

impl Front<FuzzyLlama> {
    /// Before a `FuzzyLlama`, which refuses by itself what is more than its limit.
    pub fn fuzzyllama(plane: Arc<FuzzyLlama>) -> Arc<Self> {
        let head = recording("fuzzyllama", "health.headers.json").json().unwrap_or_default();
        let head = head.as_object().into_iter().flatten();
        let head = head.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        let too_large = serde_json::json!({
            "message": "request entity too large", "error": "Internal Server Error", "statusCode": 500,
            "timestamp": "2026-11-20T10:28:50.657Z", "path": "/api/projects",
        });
        let spent = Said::json(429, &Value::Null);
        plane.limit(100);
        let rules = Rules {
            headers: head.filter(is_of_every_answer).collect(),
            body: Some((100 * 1024, Said::json(500, &too_large))),
            malformed: Some(recorded("fuzzyllama", "register.badjson.json")),
            foreign_origin: None,
            limits: Some((by_route, spent)),
            guards_first: true,
        };
        Self::with(plane, rules)
    }
}

impl<P: Service> Front<P> {
    fn with(plane: Arc<P>, rules: Rules) -> Arc<Self> {
        Arc::new(Self { plane, rules, counted: Mutex::default() })
    }

    /// How many more requests this limit bears after this one; `None` if it bears not even that.
    fn count(&self, limit: &Limit) -> Option<u64> {
        let mut counted = self.counted.lock();
        let count = counted.entry(limit.name.clone()).or_default();
        let left = limit.requests.checked_sub(*count + 1)?;
        *count += 1;
        Some(left)
    }
}

impl<P: Service> Service for Front<P> {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        Box::pin(async move {
            if let Some(said) = self.rules.unread(&asked) {
                return self.rules.headed(said);
            }
            let limits = self.rules.limits.as_ref();
            let limit = limits.and_then(|(limit_of, spent)| Some((limit_of(&asked)?, spent)));
            let Some((limit, spent)) = limit else {
                return self.rules.headed(Arc::clone(&self.plane).answer(asked).await);
            };
            if self.rules.guards_first {
                let said = self.rules.headed(Arc::clone(&self.plane).answer(asked).await);
                let is_counted = !matches!(said.status, 401 | 429);
                return if is_counted { limit.told(said, self.count(&limit).unwrap_or(0)) } else { said };
            }
            match self.count(&limit) {
                Some(left) => limit.told(self.rules.headed(Arc::clone(&self.plane).answer(asked).await), left),
                None => limit.told(self.rules.headed(spent.clone()), 0),
            }
        })
    }
}

impl Rules {
    /// What is said before anybody looks which route it is.
    fn unread(&self, asked: &Asked) -> Option<Said> {
        let is_foreign = asked.header("origin").is_some();
        if let Some(said) = self.foreign_origin.as_ref().filter(|_| is_foreign) {
            return Some(said.clone());
        }
        if !asked.header("content-type").is_some_and(|kind| kind.contains("json")) || asked.body.is_empty() {
            return None;
        }
        if let Some((_, said)) = self.body.as_ref().filter(|(most, _)| asked.body.len() > *most) {
            return Some(said.clone());
        }
        self.malformed.as_ref().filter(|_| asked.json().is_none()).cloned()
    }

    fn headed(&self, mut said: Said) -> Said {
        for (name, value) in &self.headers {
            if !said.headers.iter().any(|(known, _)| known == name) {
                said.headers.push((name.clone(), value.clone()));
            }
        }
        said
    }
}

impl Limit {
    fn told(&self, mut said: Said, left: u64) -> Said {
        for (name, value) in [("limit", self.requests), ("remaining", left), ("reset", self.seconds)] {
            let name = format!("{}-{name}", self.header);
            said.headers.retain(|(known, _)| *known != name);
            said = said.header(&name, value.to_string());
        }
        said
    }
}

/// NOFX counts by who asks, and nothing but the address says that of somebody whom it does not know.
#[expect(clippy::unnecessary_wraps, reason = "others of this kind count some requests in no limit")]
fn by_address(asked: &Asked) -> Option<Limit> {
    let forwarded = asked.header("x-forwarded-for").map(ToOwned::to_owned);
    let name = forwarded.unwrap_or_else(|| asked.peer.ip().to_string());
    Some(Limit { name, header: "ratelimit", requests: 1000, seconds: 900 })
}

/// The platform counts neither its health nor its list.
fn of_stores(asked: &Asked) -> Option<Limit> {
    let limit = |name: &str, requests| {
        let name = format!("{name} {}", asked.peer.ip());
        Some(Limit { name, header: "ratelimit", requests, seconds: 900 })
    };
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/" | "/api/stores") | ("OPTIONS", _) => None,
        (_, path) if path.starts_with("/health") => None,
        ("POST", "/api/stores") => limit("create", 10),
        _ => limit("any", 1000),
    }
}

/// `FuzzyLlama` counts each route apart, and only routes.
fn by_route(asked: &Asked) -> Option<Limit> {
    let name = FuzzyLlama::route_of(asked)?.to_owned();
    Some(Limit { name, header: "x-ratelimit", requests: 100, seconds: 60 })
}

fn is_of_every_answer((name, _): &(String, String)) -> bool {
    let name = name.as_str();
    !OF_THE_CONNECTION.contains(&name)
        && !OF_THE_ANSWER.contains(&name)
        && !name.contains("ratelimit")
        && name != "retry-after"
}

fn without(mut headers: Vec<(String, String)>, name: &str) -> Vec<(String, String)> {
    headers.retain(|(known, _)| known != name);
    headers
}

/// An answer as it was recorded, with the headers that every answer has, and its type.
fn recorded(kind: &str, name: &str) -> Said {
    let exchange = recording(kind, name).exchange().expect("a recording of an exchange");
    let kind = exchange.header("content-type").unwrap_or_default().to_owned();
    let headers = exchange.headers.into_iter().filter(is_of_every_answer);
    let headers = headers.chain([("content-type".to_owned(), kind)]).collect();
    Said { status: exchange.status, headers, body: exchange.body }
}
