//! What a freedesktop shows of us: banners of its notification server and the number on its launcher, both over the session bus.
//!
//! The bus is spoken to directly, because a click has to be heard and a banner taken away again. Deliberately absent: a tray
//! icon, which needs a library of the system that nothing else here needs.

use console::view::Banner;
use futures::StreamExt as _;
use std::collections::HashMap;
use zbus::{Connection, zvariant::Value};

/// By which a desktop knows this program; the packages install a file of that name.
const DESKTOP_ENTRY: &str = "Breakwater";
/// The action that a click on the banner itself carries out.
const CLICK: &str = "default";
/// Banners that are remembered at most: a server that never says that one is closed fills nothing.
const REMEMBERED: usize = 200;
/// The server decides how long a banner stays.
const AS_LONG_AS_USUAL: i32 = -1;

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[expect(clippy::too_many_arguments, reason = "the specification has so many")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// The session bus, and the banners that are shown there.
#[derive(Debug)]
pub(crate) struct Bus {
    connection: Connection,
    server: NotificationsProxy<'static>,
    clicks: ActionInvokedStream,
    closings: NotificationClosedStream,
    shown: HashMap<u32, Banner>,
    reads_markup: bool,
}

impl Bus {
    /// Joins the session bus; an error where there is none, or no notification server on it.
    pub(crate) async fn join() -> zbus::Result<Self> {
        Self::over(Connection::session().await?).await
    }

    pub(crate) async fn over(connection: Connection) -> zbus::Result<Self> {
        let server = NotificationsProxy::new(&connection).await?;
        let clicks = server.receive_action_invoked().await?;
        let closings = server.receive_notification_closed().await?;
        let reads_markup = server.get_capabilities().await?.iter().any(|can| can == "body-markup");
        Ok(Self { connection, server, clicks, closings, shown: HashMap::new(), reads_markup })
    }

    /// Shows a banner in the place of an earlier one of the same cause.
    pub(crate) async fn show(&mut self, banner: &Banner) -> zbus::Result<()> {
        let earlier = self.id_of(&banner.cause).unwrap_or(0);
        let body = if self.reads_markup { escaped(&banner.text) } else { banner.text.clone() };
        let sound = if banner.sound {
            ("sound-name", Value::from("dialog-warning"))
        } else {
            ("suppress-sound", Value::from(true))
        };
        let hints =
            HashMap::from([("desktop-entry", Value::from(DESKTOP_ENTRY)), ("urgency", Value::from(1_u8)), sound]);
        let actions = [CLICK, "Show"];
        let shown = self.server.notify(
            "Breakwater",
            earlier,
            "breakwater",
            &banner.title,
            &body,
            &actions,
            hints,
            AS_LONG_AS_USUAL,
        );
        let id = shown.await?;
        self.shown.remove(&earlier);
        if self.shown.len() >= REMEMBERED {
            self.shown.clear();
        }
        self.shown.insert(id, banner.clone());
        Ok(())
    }

    /// Takes the banner of a cause away, if it is still there.
    pub(crate) async fn take_away(&mut self, cause: &str) -> zbus::Result<()> {
        let Some(id) = self.id_of(cause) else { return Ok(()) };
        self.shown.remove(&id);
        self.server.close_notification(id).await
    }

    /// Takes every banner away: there is nobody any more whom a click would lead anywhere.
    pub(crate) async fn leave(&mut self) {
        for id in std::mem::take(&mut self.shown).into_keys() {
            // The desktop is told as far as it listens.
            let _ = self.server.close_notification(id).await;
        }
    }

    /// Puts a number on the launcher, or takes it away if it is 0. Desktops without such a launcher do not listen.
    pub(crate) async fn badge(&self, count: u64) -> zbus::Result<()> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let properties = HashMap::from([("count", Value::from(count)), ("count-visible", Value::from(count > 0))]);
        let launcher = format!("application://{DESKTOP_ENTRY}.desktop");
        let (path, interface) = ("/dev/breakwater/console", "com.canonical.Unity.LauncherEntry");
        self.connection.emit_signal(None::<&str>, path, interface, "Update", &(launcher, properties)).await
    }

    /// Where the next click leads; `None` once the bus is gone. Safe to cancel.
    pub(crate) async fn clicked(&mut self) -> Option<String> {
        loop {
            tokio::select! {
                // A click comes before the closing that follows from it.
                biased;
                click = self.clicks.next() => {
                    let click = click?;
                    let Ok(click) = click.args() else { continue };
                    if let Some(banner) = self.shown.get(click.id()).filter(|_| click.action_key() == CLICK) {
                        return Some(banner.route.clone());
                    }
                }
                closing = self.closings.next() => {
                    let closing = closing?;
                    if let Ok(closing) = closing.args() {
                        self.shown.remove(closing.id());
                    }
                }
            }
        }
    }

    fn id_of(&self, cause: &str) -> Option<u32> {
        self.shown.iter().find(|(_, banner)| banner.cause == cause).map(|(id, _)| *id)
    }
}

/// What a server reads as markup, as text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
