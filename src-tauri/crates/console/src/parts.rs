//! What the composition root gives to make a console.
//!
//! The console knows neither a wire format nor a clock nor a keychain of its own: everything that touches the world
//! comes through here, so that a test can give its own.

use crate::{
    drill::DrillStage,
    pace::Pace,
    view::{BuiltInPlane, Hop, Preferences},
};
use cache::Cache;
use control_plane::{CameBack, ControlPlane, Credential};
use credentials::{CredentialStore, MemoryStore};
use domain::{Clock, ControlPlaneKind, WireError};
use serde_json::Value;
use std::{io, path::PathBuf, sync::Arc};

/// What the composition root gives to make a console.
#[derive(Debug)]
pub struct ConsoleParts {
    /// The console's picture of its control planes.
    pub cache: Cache,
    /// Where tokens are kept: the OS keychain.
    pub credentials: Arc<dyn CredentialStore>,
    /// Where tokens are kept that a person chose to keep for this session only.
    pub session_credentials: MemoryStore,
    /// Makes ports to control planes.
    pub connectors: Arc<dyn Connector>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// The built-in control plane, if this console has one.
    pub built_in: Option<BuiltInConnection>,
    /// Who acts here, for the record of acts, e.g. the name of the user.
    pub actor: String,
    /// Where this program keeps what it keeps.
    pub data_dir: PathBuf,
    /// The home folder of the user, where choosing a folder starts.
    pub home_dir: Option<PathBuf>,
    /// Version of this program.
    pub version: String,
    /// Where preferences are kept; `None` keeps them in the cache.
    pub preferences: Option<Arc<dyn PreferenceStore>>,
    /// Whether updates are configured.
    pub updates_configured: bool,
    /// Where a browser comes back to from an identity provider; `None` where none can.
    pub browser_return: Option<Arc<dyn BrowserReturn>>,
    /// Builds the scene of drills; `None` where none can be played.
    pub drills: Option<Arc<dyn DrillStage>>,
    /// Whether connections are watched all the time.
    pub sync: SyncMode,
    /// How fast things go.
    pub pace: Pace,
}

/// Whether connections are watched all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncMode {
    /// They are, and reads are answered from the cache at once: windows and web.
    Live,
    /// Nothing runs by itself: a read asks the control plane first and falls back to the cache. For the terminal.
    OnDemand,
    /// Nothing runs by itself and nothing is contacted: whatever is read comes from the cache at once.
    CacheOnly,
}

impl SyncMode {
    pub(crate) const fn is_live(self) -> bool {
        matches!(self, Self::Live)
    }
}

/// The built-in control plane as it is reached from here.
#[derive(Debug, Clone)]
pub struct BuiltInConnection {
    /// Its address, e.g. `unix:` and a path.
    pub address: String,
    /// Where it runs at the start; [`Console::built_in_plane_is`](crate::Console::built_in_plane_is) tells of a change.
    pub how: BuiltInPlane,
    /// Starts it here when the process that had it is gone; `None` where this process does not stay.
    pub starter: Option<Arc<dyn PlaneStarter>>,
}

/// Starts the built-in control plane in this process, unless another one serves it by then.
#[async_trait::async_trait]
pub trait PlaneStarter: Send + Sync + std::fmt::Debug {
    /// Answers where it runs from now on. Harmless if it runs already.
    async fn start(&self) -> Result<BuiltInPlane, NotStarted>;
}

/// Why the built-in control plane does not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NotStarted {
    /// For a person.
    pub reason: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// Makes ports to control planes and finds out what an address speaks. Lives in the composition root, the only place
/// that knows every kind of client.
#[async_trait::async_trait]
pub trait Connector: Send + Sync + std::fmt::Debug {
    /// A port; makes no call. The error is for a person.
    fn connect(
        &self,
        kind: ControlPlaneKind,
        address: &str,
        credential: Option<Credential>,
    ) -> Result<Arc<dyn ControlPlane>, ConnectError>;

    /// Tries an address hop by hop: `Name`, `Connect`, `Certificate`, `Live`, `Sign in`; hops after the first that
    /// failed are given as not tried.
    async fn probe(&self, address: &str, credential: Option<Credential>) -> Probe;
}

/// Listens for browsers that come back from an identity provider.
#[async_trait::async_trait]
pub trait BrowserReturn: Send + Sync + std::fmt::Debug {
    /// Begins to listen at a free port that only this machine reaches.
    async fn listen(&self) -> io::Result<Box<dyn AwaitedReturn>>;
}

/// A listener for one browser; it ends when this is dropped.
#[async_trait::async_trait]
pub trait AwaitedReturn: Send + std::fmt::Debug {
    /// Where the browser is to be led: `http://127.0.0.1:PORT/PATH`.
    fn address(&self) -> &str;

    /// Waits for the browser that comes with this `state`; whoever comes with another one is sent away.
    async fn came_back(self: Box<Self>, state: &str) -> Result<CameBack, NotLetIn>;
}

/// The identity provider let nobody in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the identity provider did not let anybody in: {error}")]
pub struct NotLetIn {
    /// Its word for why, e.g. `access_denied`; at most 60 letters, digits and `_`.
    pub error: String,
}

/// Why no port could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// This program has no client for this kind.
    #[error("this version has no client for this kind of control plane")]
    KindNotSupported,
    /// The client refuses the address.
    #[error("the address cannot be used: {detail}")]
    AddressRefused {
        /// Why; holds no credential.
        detail: String,
    },
}

/// What trying an address found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What it speaks, if that was recognised.
    pub kind: Option<ControlPlaneKind>,
    /// By what that was recognised, one sentence.
    pub because: Option<String>,
    /// Hop by hop.
    pub hops: Vec<Hop>,
}

/// Where preferences are kept. Keys and sizes have been judged before they come here.
#[async_trait::async_trait]
pub trait PreferenceStore: Send + Sync + std::fmt::Debug {
    /// All of them.
    async fn all(&self) -> Result<Preferences, WireError>;

    /// Keeps one; `None` forgets it.
    async fn set(&self, key: &str, value: Option<&Value>) -> Result<(), WireError>;
}
