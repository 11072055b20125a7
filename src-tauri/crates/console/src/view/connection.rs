//! Connections as a face sees and asks for them.

use domain::{
    Connection, ConnectionId, ConnectionStatus, ControlPlaneKind, Environment, Permission, Spending, Team, Timestamp,
    WireError,
};
use serde::{Deserialize, Serialize};

/// A connection and how well it is being watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ConnectionView {
    /// What the operator set up.
    #[serde(flatten)]
    pub connection: Connection,
    /// How well it is being watched.
    pub status: ConnectionStatus,
    /// Runs of it in the cache.
    pub cached_runs: u64,
    /// What we asked of it lately; `None` before the first call of this start.
    pub spending: Option<Spending>,
    /// How often it is asked for news, in milliseconds; `None` while it tells by itself.
    pub asks_every_ms: Option<u64>,
    /// Who we are to it, as it told last; `None` where it tells nothing of that, and after signing out.
    pub who: Option<Who>,
}

/// Who we are to a control plane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Who {
    /// Who the credential makes us.
    pub principal: String,
    /// What we may do to the plane itself.
    pub may: Vec<Permission>,
    /// Teams that we belong to, with our role in each.
    pub teams: Vec<Team>,
}

/// Somebody signs in on a connection.
#[derive(Clone, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Its id or its name.
    pub connection: ConnectionId,
    /// With what.
    pub by: SignInBy,
    /// Keep the session in memory only: what a person may choose when there is no keychain.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub session_only: bool,
}

/// With what somebody signs in. It goes to the plane and is kept nowhere.
#[derive(Clone, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SignInBy {
    /// An account that is there.
    Password {
        /// Whose.
        email: String,
        /// Its password.
        password: String,
    },
    /// An invitation to a team.
    Invitation {
        /// What it came with.
        token: String,
        /// What the person is called; needed from somebody who has no account yet.
        #[serde(default)]
        #[ts(optional)]
        name: Option<String>,
        /// A new password, or the one of the account that is there.
        password: String,
    },
    /// At the identity provider of the plane: waits for the browser of a sign-in that was begun.
    Browser,
}

/// How people may sign in on a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct WaysIn {
    /// By e-mail address and password.
    pub password: bool,
    /// What the identity provider is called, if people may sign in there.
    pub provider: Option<String>,
}

/// A sign-in that goes on in the browser of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct BegunInBrowser {
    /// The page to open there.
    pub url: String,
    /// When it can no longer be finished.
    pub expires_at: Timestamp,
}

/// Somebody signs out on a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct SignOut {
    /// Its id or its name.
    pub connection: ConnectionId,
    /// End every session of this person, on every device.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub everywhere: bool,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("connection", &self.connection).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for SignInBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInBy(…)")
    }
}

/// Names a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ConnectionRef {
    /// Its id or its name.
    pub connection: ConnectionId,
}

/// A connection to be added.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct AddConnection {
    /// Unique, 1 to 60 characters.
    pub name: String,
    /// `http://` or `https://`, host, optional port and path.
    pub base_url: String,
    /// What it speaks; found out when left out.
    #[serde(default)]
    #[ts(optional)]
    pub kind: Option<ControlPlaneKind>,
    /// How dangerous it is.
    pub environment: Environment,
    /// Whether acts are refused; by default only for production.
    #[serde(default)]
    #[ts(optional)]
    pub read_only: Option<bool>,
    /// The token; goes to the keychain and is never given back.
    #[serde(default, skip_serializing)]
    #[ts(optional)]
    pub token: Option<String>,
    /// Keep the token in memory only: what a person may choose when there is no keychain.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub session_only: bool,
}

/// Changes to a connection; what is left out stays.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct EditConnection {
    /// Its id or its name.
    pub connection: ConnectionId,
    /// New name.
    #[serde(default)]
    #[ts(optional)]
    pub name: Option<String>,
    /// New address.
    #[serde(default)]
    #[ts(optional)]
    pub base_url: Option<String>,
    /// New environment.
    #[serde(default)]
    #[ts(optional)]
    pub environment: Option<Environment>,
    /// New lock.
    #[serde(default)]
    #[ts(optional)]
    pub read_only: Option<bool>,
    /// New token.
    #[serde(default, skip_serializing)]
    #[ts(optional)]
    pub token: Option<String>,
    /// Keep the new token in memory only.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub session_only: bool,
    /// How often it is asked where it tells nothing by itself, in milliseconds, 1 s to 10 min; 0 leaves it to the console.
    #[serde(default)]
    #[ts(optional)]
    pub poll_every_ms: Option<u32>,
}

/// A connection to be tested: one that exists, or an address before it is added.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct TestConnection {
    /// Its id or its name.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// An address that is not a connection yet.
    #[serde(default)]
    #[ts(optional)]
    pub base_url: Option<String>,
    /// How dangerous it will be; a token goes by plain HTTP to another machine only where this is `local`.
    #[serde(default)]
    #[ts(optional)]
    pub environment: Option<Environment>,
    /// The token to test with. When left out, the stored one is used, but only where it was entered for.
    #[serde(default, skip_serializing)]
    #[ts(optional)]
    pub token: Option<String>,
}

/// What a test found, hop by hop, up to the first that failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ConnectionTest {
    /// Whether every hop passed.
    pub passed: bool,
    /// What it speaks, and how that was recognised.
    pub kind: Option<ControlPlaneKind>,
    /// Name, address, certificate, liveness, sign-in, in this order.
    pub hops: Vec<Hop>,
    /// Why it did not pass.
    pub error: Option<WireError>,
}

/// One hop on the way to a control plane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Hop {
    /// What was tried, e.g. `Name`, `Connect`, `Certificate`, `Live`, `Sign in`.
    pub name: String,
    /// How it went.
    pub result: HopResult,
    /// What was seen.
    pub detail: String,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<u64>,
}

/// How a hop went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum HopResult {
    /// It works.
    Pass,
    /// It does not.
    Fail,
    /// A person has to do something.
    Needed,
    /// An earlier hop failed, so it was not tried.
    NotTried,
}

macro_rules! debug_without_token {
    ($($name:ident),+) => { $(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field("has_token", &self.token.is_some()).finish_non_exhaustive()
            }
        }
    )+ };
}
debug_without_token!(AddConnection, EditConnection, TestConnection);
