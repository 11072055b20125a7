//! What a plane shows to the outside, for whoever wants to see what it says to others: its routes as its client knows them, and
//! one request that is sent as it is written, also as a stranger.
//!
//! Nothing is judged here and nothing is repeated; an answer is an answer whatever its status. Deliberately absent: any way
//! to see the credential that a request was sent with.

use domain::Timestamp;
use std::time::Duration;

/// What a request to a route could do, if it were let in with an id that does not exist and without a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It reads.
    Reads,
    /// It writes, but has no effect without a thing that exists, a credential or a body.
    NeedsMore,
    /// It would act at once, so it must not be asked to see whether it is let in.
    ActsAtOnce,
}

/// What a route is for, where a probe wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Says whether the process answers at all.
    Live,
    /// Says whether the plane can do its work.
    Ready,
    /// Says who the caller is; cheap.
    WhoAmI,
    /// Lists runs by pages.
    List,
    /// Tells one run.
    One,
    /// Takes JSON, and can do nothing with a body that cannot be read.
    TakesJson,
    /// Tells measurements as Prometheus text.
    Metrics,
    /// Documents the API as `OpenAPI`.
    Document,
    /// Anything else.
    Other,
}

/// A route of a plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRoute {
    /// HTTP method.
    pub method: &'static str,
    /// Its path as the plane documents it, below the address of the plane, with parameters in braces.
    pub template: &'static str,
    /// The path with every parameter filled with an id that was never given.
    pub path: String,
    /// What a request could do.
    pub effect: Effect,
    /// Whether it should be answered only to somebody who is known.
    pub needs_credential: bool,
    /// What it is for.
    pub purpose: Purpose,
}

impl KnownRoute {
    /// Its method and its path as documented.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    /// Its path with this id in place of every parameter.
    pub fn path_of(&self, id: &str) -> String {
        let filled = |piece: &str| if piece.starts_with('{') { id.to_owned() } else { piece.to_owned() };
        self.template.split('/').map(filled).collect::<Vec<_>>().join("/")
    }
}

/// An id of no thing anywhere. It is a UUID, since some planes fail at anything else.
pub const NEVER_GIVEN: &str = "00000000-0000-4000-8000-00000000dead";

/// Conventions of a plane that a probe must know to judge its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manners {
    /// Header that carries a correlation id both ways.
    pub correlation: &'static str,
    /// Most items that one page may hold; `None` if pages are without bounds by design.
    pub page_limit: Option<u32>,
    /// Most bytes of a body that it should take.
    pub body_limit: usize,
}

/// Whom a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Us, as with every other call.
    Ours,
    /// Somebody who shows nothing.
    Nobody,
    /// Somebody with a credential that nobody ever had.
    Wrong,
}

/// One request, sent as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// HTTP method, also one that is none.
    pub method: String,
    /// Path and query below the address of the plane, encoded.
    pub path: String,
    /// Headers beside those that every call has; one of the same name takes its place.
    pub headers: Vec<(&'static str, String)>,
    /// A body, if there is one; its type is a header.
    pub body: Option<Vec<u8>>,
    /// Whom it comes from.
    pub shown: Shown,
}

impl Ask {
    /// Reads a path as somebody.
    pub fn get(path: impl Into<String>, shown: Shown) -> Self {
        Self::of("GET", path, shown)
    }

    /// Sends a method to a path as somebody.
    pub fn of(method: &str, path: impl Into<String>, shown: Shown) -> Self {
        Self { method: method.to_owned(), path: path.into(), headers: Vec::new(), body: None, shown }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With a body that says that it is JSON.
    #[must_use]
    pub fn json(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: Some(body.into()), ..self.header("content-type", "application/json") }
    }
}

/// What came back. Its body is foreign text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case, in the order in which they came; values without control characters and of 500 at most.
    pub headers: Vec<(String, String)>,
    /// The body up to 256 KiB; of a live stream nothing.
    pub body: Vec<u8>,
    /// Until the head of the answer was there.
    pub took: Duration,
    /// When the certificate ends that the plane showed, if it showed one that can be read.
    pub certificate_ends: Option<Timestamp>,
}

impl Heard {
    /// Most bytes of a body that are kept.
    pub const BODY: usize = 256 * 1024;

    /// The first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON, if it is some.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether it is 2xx.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}
