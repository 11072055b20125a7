//! What every part of the console shares: the given parts, the links, the announcements.

use crate::{
    announce::Announcer,
    breakers::diary::Post,
    drill::Drills,
    error::Error,
    keeper::Keeper,
    keychain,
    link::Link,
    notices,
    pace::Pace,
    parts::{BrowserReturn, BuiltInConnection, Connector, PreferenceStore, SyncMode},
    readiness::{on_change::Occasions, probing::Probing},
    view::BuiltInPlane,
};
use cache::{Cache, Reader, Writer};
use control_plane::Credential;
use credentials::{CredentialStore, MemoryStore};
use domain::{Clock, Connection, ConnectionId, CredentialState, Timestamp};
use parking_lot::RwLock;
use std::{path::PathBuf, sync::Arc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What every part of the console shares.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) cache: Cache,
    pub(crate) read: Reader,
    pub(crate) write: Writer,
    pub(crate) credentials: Arc<dyn CredentialStore>,
    pub(crate) session: Arc<MemoryStore>,
    pub(crate) connectors: Arc<dyn Connector>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) started_at: Timestamp,
    pub(crate) built_in: RwLock<Option<BuiltInConnection>>,
    pub(crate) actor: String,
    pub(crate) data_dir: PathBuf,
    pub(crate) home_dir: Option<PathBuf>,
    pub(crate) version: String,
    pub(crate) preferences: Option<Arc<dyn PreferenceStore>>,
    pub(crate) updates_configured: bool,
    pub(crate) browser_return: Option<Arc<dyn BrowserReturn>>,
    pub(crate) mode: SyncMode,
    pub(crate) pace: Pace,
    pub(crate) announcer: Announcer,
    /// Where the console's own breakers put what happens to them.
    pub(crate) diary: Post,
    pub(crate) drills: Drills,
    pub(crate) links: RwLock<Vec<Arc<Link>>>,
    /// Connections that something happened to since they were last probed.
    pub(crate) occasions: Arc<Occasions>,
    /// What an operator is told, and what they look at.
    pub(crate) notices: notices::Desk,
    /// Rounds of probes that are under way.
    pub(crate) probing: Probing,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
    /// One at a time may add, edit or remove a connection, so that no two get the same name.
    pub(crate) settings: tokio::sync::Mutex<()>,
}

impl Core {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Runs that ended before this moment are not kept in the cache.
    pub(crate) fn kept_from(&self) -> Timestamp {
        self.now().minus(self.pace.keep_for)
    }

    pub(crate) fn links(&self) -> Vec<Arc<Link>> {
        self.links.read().clone()
    }

    /// The connection with this id or name.
    pub(crate) fn link(&self, id_or_name: &ConnectionId) -> Result<Arc<Link>, Error> {
        let links = self.links.read();
        let by_id = links.iter().find(|link| link.id == *id_or_name);
        by_id
            .or_else(|| links.iter().find(|link| link.name() == id_or_name.as_str()))
            .cloned()
            .ok_or_else(|| Error::NotFound { what: format!("the connection {id_or_name}") })
    }

    /// The connection that was named, or else the built-in one, or else the only one.
    pub(crate) fn link_or_default(&self, named: Option<&ConnectionId>) -> Result<Arc<Link>, Error> {
        if let Some(named) = named {
            return self.link(named);
        }
        let links = self.links.read();
        if let Some(link) = links.iter().find(|link| link.connection().built_in) {
            return Ok(Arc::clone(link));
        }
        match links.as_slice() {
            [only] => Ok(Arc::clone(only)),
            [] => Err(Error::NotFound { what: "a connection".to_owned() }),
            _ => Err(Error::invalid(
                "connection",
                "required",
                "there is no built-in control plane here",
                "Name a connection.",
            )),
        }
    }

    /// Sees to it that a cache which was found damaged is built anew at the next start.
    pub(crate) async fn notice_damage(&self, error: &Error) {
        if !matches!(error, Error::Cache(cache::Error::Damaged)) {
            return;
        }
        match self.cache.distrust().await {
            Ok(()) => tracing::error!("the cache is damaged; the next start builds a new one"),
            Err(error) => tracing::error!(%error, "the cache is damaged, and cannot be marked so"),
        }
    }

    /// Whether this connection may be asked, and whether there is anybody to be asked. Contacts nothing.
    pub(crate) fn may_contact(&self, link: &Link) -> Result<(), Error> {
        let is_missing =
            || self.built_in.read().as_ref().is_some_and(|built_in| built_in.how == BuiltInPlane::NotRunning);
        match self.mode {
            SyncMode::CacheOnly => Err(Error::NotContacted),
            // Whoever stays keeps looking; for one question it is known already that nobody is there.
            SyncMode::OnDemand if link.connection().built_in && is_missing() => Err(Error::NotRunning),
            SyncMode::OnDemand | SyncMode::Live => Ok(()),
        }
    }

    /// What a connection is called with and where it was found. A keychain that cannot be asked is an error and not a missing
    /// token: whoever is told to enter one again would do so in vain. A session that is over counts as missing, and still
    /// comes along: somebody may sign in anew at any time.
    pub(crate) async fn credential_of(
        &self,
        connection: &Connection,
    ) -> Result<(Option<Credential>, CredentialState), Error> {
        if connection.built_in || connection.credential == CredentialState::NotNeeded {
            return Ok((None, CredentialState::NotNeeded));
        }
        let name = credential_name(&connection.id);
        if let Ok(Some(token)) = self.session.get(&name).await {
            return Ok((Some(token.into()), CredentialState::Session));
        }
        let keeper = self.keeper(&connection.id, connection.credential);
        match keeper.last().await {
            Ok(Some(kept)) => {
                let state = if kept.is_over { CredentialState::Missing } else { kept.place };
                return Ok((Some(Credential::Session(Arc::new(keeper))), state));
            }
            Err(error) if connection.credential == CredentialState::Keychain => {
                return Err(self.unreadable(connection, &error));
            }
            Ok(None) | Err(_) => {}
        }
        if connection.credential == CredentialState::Session {
            return Ok((None, CredentialState::Missing));
        }
        match self.credentials.get(&name).await {
            Ok(Some(token)) => Ok((Some(token.into()), CredentialState::Keychain)),
            Ok(None) => Ok((None, CredentialState::Missing)),
            // Without a token that was ever put there, there is nothing to unlock it for.
            Err(_) if connection.credential != CredentialState::Keychain => Ok((None, CredentialState::Missing)),
            Err(error) => Err(self.unreadable(connection, &error)),
        }
    }

    fn unreadable(&self, connection: &Connection, error: &credentials::Error) -> Error {
        tracing::warn!(connection = %connection.id, %error, "the credential of a connection cannot be read");
        let remedy = keychain::remedy(self.mode, error.remedy());
        Error::TokenUnreadable { reason: error.to_string(), remedy }
    }

    /// Where the session of a connection is kept, given where its credential was put.
    pub(crate) fn keeper(&self, connection: &ConnectionId, recorded: CredentialState) -> Keeper {
        Keeper {
            connection: connection.clone(),
            in_keychain: recorded != CredentialState::Session,
            keychain: Arc::clone(&self.credentials),
            memory: Arc::clone(&self.session),
            data_dir: self.data_dir.clone(),
            clock: Arc::clone(&self.clock),
            tasks: self.tasks.clone(),
            mode: self.mode,
        }
    }
}

/// Under which name the token of a connection is kept.
pub(crate) fn credential_name(connection: &ConnectionId) -> String {
    format!("connection:{connection}")
}
