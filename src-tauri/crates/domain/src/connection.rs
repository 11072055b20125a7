//! Connections: control planes as one operator reaches them.

use crate::{capability::Capabilities, failure::WireError, id::ConnectionId, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A control plane as this operator reaches it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Connection {
    /// Unique in this console.
    pub id: ConnectionId,
    /// Unique in this console, 1 to 60 characters.
    pub name: String,
    /// What it speaks.
    pub kind: ControlPlaneKind,
    /// Where it is: `http://`, `https://`, or `unix:` and a path for the built-in one.
    pub base_url: String,
    /// How dangerous it is.
    pub environment: Environment,
    /// Whether acts are refused here.
    pub read_only: bool,
    /// Whether it is the built-in one, which can be neither removed nor re-addressed.
    pub built_in: bool,
    /// Where its credential is.
    pub credential: CredentialState,
    /// When it was added.
    pub created_at: Timestamp,
    /// By what it was recognised as what it speaks, one sentence; `None` if somebody said so.
    #[serde(default)]
    pub recognised_by: Option<String>,
    /// How often it is asked for news where it tells nothing by itself, in milliseconds, 1 s to 10 min; `None` leaves that
    /// to the console.
    #[serde(default)]
    pub poll_every_ms: Option<u32>,
}

/// What we asked of a plane lately, and what it says that we may still ask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Spending {
    /// Requests that only read, in the last 15 minutes.
    pub reads: u32,
    /// Requests that change something, in the last 15 minutes.
    pub acts: u32,
    /// What is left; `None` while the plane says nothing of a limit.
    pub left: Option<Allowance>,
}

/// What a plane says that we may still ask. Where it counts by route, that with the least left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Allowance {
    /// Requests in its window.
    pub limit: u32,
    /// How many of them are left.
    pub remaining: u32,
    /// When the window ends, in milliseconds from now.
    pub resets_in_ms: u64,
}

/// What a control plane speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum ControlPlaneKind {
    /// Ours, built in or remote.
    Breakwater,
    /// NOFX, either dialect.
    Nofx,
    /// The Kubernetes store platform.
    StorePlatform,
    /// `FuzzyLlama`.
    Fuzzyllama,
}

/// How dangerous a control plane is. It decides the colour of the frame and whether acts start locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Customers feel it.
    Prod,
    /// Colleagues feel it.
    Staging,
    /// Only you feel it.
    Local,
    /// Nobody feels it: it is the plane of a drill, and nothing of it leaves this machine.
    Drill,
}

/// Where a credential is. Never the credential itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum CredentialState {
    /// None is needed: the built-in plane knows its own user.
    NotNeeded,
    /// In the OS keychain.
    Keychain,
    /// In the memory of this process only.
    Session,
    /// It is needed and not there.
    Missing,
}

/// How well a connection is being watched right now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ConnectionStatus {
    /// Which connection.
    pub connection: ConnectionId,
    /// How well.
    pub state: ConnectionState,
    /// Since when.
    pub since: Timestamp,
    /// When the plane was last heard; `None` if never.
    pub last_seen_at: Option<Timestamp>,
    /// Round trip of the newest answer, in milliseconds.
    pub latency_ms: Option<u64>,
    /// What the plane calls its version.
    pub server_version: Option<String>,
    /// How far the plane's clock is ahead of ours, in milliseconds.
    pub clock_skew_ms: Option<i64>,
    /// Why it is not live.
    pub error: Option<WireError>,
    /// What it can do; empty until it has been reached once.
    pub capabilities: Capabilities,
}

/// How well a connection is being watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// First contact is being made.
    Connecting,
    /// Events arrive as they happen.
    Live,
    /// Asked at intervals.
    Polled,
    /// It answers, but later than it should.
    Late,
    /// It cannot be reached.
    Offline,
    /// It refuses our credential.
    SignedOut,
    /// It answers something that we do not understand.
    Incompatible,
}
