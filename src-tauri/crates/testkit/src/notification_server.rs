//! A notification server of a desktop, as the specification of freedesktop has it, that shows nothing and notes everything.

use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};
use zbus::{Connection, object_server::SignalEmitter, zvariant::OwnedValue};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// A banner as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownBanner {
    /// Its number.
    pub id: u32,
    /// The number of the banner whose place it took; 0 for none.
    pub replaces: u32,
    /// Its first line.
    pub title: String,
    /// What stands below.
    pub body: String,
    /// Names of actions, each followed by its words.
    pub actions: Vec<String>,
    /// Names of hints, sorted.
    pub hints: Vec<String>,
}

#[derive(Debug, Default)]
struct Notes {
    shown: Vec<ShownBanner>,
    closed: Vec<u32>,
}

#[derive(Debug, Clone, Default)]
struct Service(Arc<Mutex<Notes>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[expect(clippy::unused_self, reason = "the specification asks the server")]
    fn get_capabilities(&self) -> Vec<String> {
        vec!["actions".to_owned(), "body".to_owned(), "body-markup".to_owned()]
    }

    #[expect(clippy::too_many_arguments, reason = "as the specification has it")]
    fn notify(
        &self,
        app_name: String,
        replaces: u32,
        app_icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        expire_timeout: i32,
    ) -> u32 {
        // What is the same for every banner of a program is not noted.
        let _ = (app_name, app_icon, expire_timeout);
        let mut hints: Vec<_> = hints.into_keys().collect();
        hints.sort();
        let mut notes = self.0.lock();
        let next = u32::try_from(notes.shown.len()).unwrap_or(u32::MAX).saturating_add(1);
        let id = if replaces > 0 { replaces } else { next };
        notes.shown.push(ShownBanner { id, replaces, title, body, actions, hints });
        id
    }

    fn close_notification(&self, id: u32) {
        self.0.lock().closed.push(id);
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}

/// A notification server on a bus, for as long as this lives.
#[derive(Debug)]
pub struct NotificationServer {
    notes: Arc<Mutex<Notes>>,
    connection: Connection,
}

impl NotificationServer {
    /// Takes the name of the notification server on this bus.
    pub async fn on(connection: Connection) -> zbus::Result<Self> {
        let service = Service::default();
        let notes = Arc::clone(&service.0);
        connection.object_server().at(PATH, service).await?;
        connection.request_name(NAME).await?;
        Ok(Self { notes, connection })
    }

    /// Everything that was shown, in order.
    pub fn shown(&self) -> Vec<ShownBanner> {
        self.notes.lock().shown.clone()
    }

    /// What was taken away, in order.
    pub fn closed(&self) -> Vec<u32> {
        self.notes.lock().closed.clone()
    }

    /// Somebody clicks on a banner, which closes it as most desktops do.
    pub async fn click(&self, id: u32) -> zbus::Result<()> {
        const DISMISSED: u32 = 2;
        let emitter = SignalEmitter::new(&self.connection, PATH)?;
        Service::action_invoked(&emitter, id, "default").await?;
        Service::notification_closed(&emitter, id, DISMISSED).await
    }
}
