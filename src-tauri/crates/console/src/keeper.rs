//! Where the session of a person is kept: the keychain, or the memory of this process, in one piece.
//!
//! Whoever exchanges its refresh token holds a file of the data directory locked, because the window and every command of
//! the terminal go on with the same session. A session that is over stays kept, marked so: it shows the plane that this
//! device is known, and nobody tries it again. Deliberately absent: any exchange, and any person to be asked.

use crate::{keychain, parts::SyncMode};
use control_plane::{Error, Session, SessionKeeper, Turn};
use credentials::{CredentialStore, Error as StoreError, MemoryStore};
use domain::{Clock, ConnectionId, CredentialState, Secret, Timestamp};
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tokio::time::{Instant, sleep};
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};

/// Longer than an exchange and the keychain may take together.
const PATIENCE: Duration = Duration::from_secs(100);
/// Between two looks whether it is our turn.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Where the session of one connection is kept.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub(crate) connection: ConnectionId,
    /// Whether the keychain has it, as opposed to the memory of this process only.
    pub(crate) in_keychain: bool,
    pub(crate) keychain: Arc<dyn CredentialStore>,
    pub(crate) memory: Arc<MemoryStore>,
    pub(crate) data_dir: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    /// Waits at the end of the console for whoever is in the middle of an exchange.
    pub(crate) tasks: TaskTracker,
    pub(crate) mode: SyncMode,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) session: Session,
    pub(crate) is_over: bool,
    pub(crate) place: CredentialState,
}

/// The one secret that it is kept as.
#[derive(Serialize, Deserialize)]
struct Document {
    access: String,
    access_expires_at: Timestamp,
    refresh: String,
    #[serde(default)]
    over: bool,
}

/// A turn; the lock is let go of with the file.
#[derive(Debug)]
struct Held {
    _lock: File,
    _end: TaskTrackerToken,
}

impl Keeper {
    fn name(&self) -> String {
        format!("connection:{}:session", self.connection)
    }

    /// The file that is locked during a turn.
    pub(crate) fn lock(&self) -> PathBuf {
        self.data_dir.join(format!("session-{}.lock", self.connection))
    }

    /// What was kept last, over or not.
    pub(crate) async fn last(&self) -> Result<Option<Kept>, StoreError> {
        let name = self.name();
        if let Some(kept) = self.memory.get(&name).await?.and_then(|secret| read(&secret, CredentialState::Session)) {
            return Ok(Some(kept));
        }
        if !self.in_keychain {
            return Ok(None);
        }
        let found = self.keychain.get(&name).await?;
        Ok(found.and_then(|secret| read(&secret, CredentialState::Keychain)))
    }

    /// Keeps a session where it belongs, or fails.
    pub(crate) async fn put(&self, session: &Session) -> Result<(), StoreError> {
        self.write(session, false).await
    }

    async fn write(&self, session: &Session, over: bool) -> Result<(), StoreError> {
        let (name, secret) = (self.name(), written(session, over)?);
        if !self.in_keychain {
            return self.memory.set(&name, &secret).await;
        }
        self.keychain.set(&name, &secret).await?;
        self.memory.delete(&name).await
    }

    /// The same, but in memory if the keychain does not take it: what came of an exchange is all that there is.
    async fn save(&self, session: &Session, over: bool) -> Result<(), Error> {
        let Err(error) = self.write(session, over).await else { return Ok(()) };
        tracing::warn!(connection = %self.connection, %error, "a session is kept for as long as this process lives only");
        let saved = async { self.memory.set(&self.name(), &written(session, over)?).await };
        saved.await.map_err(|error| self.unavailable(&error))
    }

    /// Forgets it.
    pub(crate) async fn forget(&self) -> Result<(), StoreError> {
        if self.last().await?.is_none() {
            return Ok(());
        }
        // Whoever is in the middle of an exchange would keep what came of it. Without a turn it is forgotten all the same.
        let _turn = self.turn().await.ok();
        self.memory.delete(&self.name()).await?;
        if self.in_keychain { self.keychain.delete(&self.name()).await } else { Ok(()) }
    }

    fn unavailable(&self, error: &StoreError) -> Error {
        Error::CredentialUnavailable { reason: error.to_string(), remedy: keychain::remedy(self.mode, error.remedy()) }
    }
}

#[async_trait::async_trait]
impl SessionKeeper for Keeper {
    async fn turn(&self) -> Result<Turn, Error> {
        let failed = |error: &std::io::Error| Error::CredentialUnavailable {
            reason: format!("the session cannot be held: {}", error.kind()),
            remedy: "Check that the data directory can be written.".to_owned(),
        };
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(self.lock());
        let file = open.map_err(|error| failed(&error))?;
        let until = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Box::new(Held { _lock: file, _end: self.tasks.token() })),
                Err(TryLockError::WouldBlock) if Instant::now() < until => sleep(LOOK_EVERY).await,
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::CredentialUnavailable {
                        reason: "another process has held the session for too long".to_owned(),
                        remedy: "End other windows and commands of Breakwater, then try again.".to_owned(),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(failed(&error)),
            }
        }
    }

    async fn session(&self) -> Result<Option<Session>, Error> {
        let kept = self.last().await.map_err(|error| self.unavailable(&error))?;
        Ok(kept.filter(|kept| !kept.is_over).map(|kept| kept.session))
    }

    async fn keep(&self, session: &Session) -> Result<(), Error> {
        self.save(session, false).await
    }

    async fn end(&self) -> Result<(), Error> {
        match self.last().await.map_err(|error| self.unavailable(&error))? {
            // Another process may have signed in anew since the keychain did not take this one.
            Some(kept) if self.in_keychain && kept.place == CredentialState::Session => {
                self.memory.delete(&self.name()).await.map_err(|error| self.unavailable(&error))
            }
            Some(kept) => self.save(&kept.session, true).await,
            None => Ok(()),
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

fn written(session: &Session, over: bool) -> Result<Secret, StoreError> {
    let document = Document {
        access: session.access.expose().to_owned(),
        access_expires_at: session.access_expires_at,
        refresh: session.refresh.expose().to_owned(),
        over,
    };
    serde_json::to_string(&document).map(Secret::new).map_err(|_| StoreError::Failed)
}

/// What another program left there is no session.
fn read(secret: &Secret, place: CredentialState) -> Option<Kept> {
    let document: Document = serde_json::from_str(secret.expose()).ok()?;
    let session = Session {
        access: Secret::new(document.access),
        access_expires_at: document.access_expires_at,
        refresh: Secret::new(document.refresh),
    };
    Some(Kept { session, is_over: document.over, place })
}
