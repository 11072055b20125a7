//! Banners of the desktop, the number on the launcher and in the title, and where a click leads.
//!
//! What is told, and when, is decided by the console. Where no desktop listens (no session bus, no notification server, or
//! a system that is no freedesktop), the number in the title is left.

use crate::{command::MAIN, window::focus};
use console::{
    Console,
    view::{ConsoleEvent, Tag},
};
use tauri::{AppHandle, Manager as _};
use tokio_util::sync::CancellationToken;

#[cfg(target_os = "linux")]
use crate::bus::Bus;
#[cfg(not(target_os = "linux"))]
use crate::no_bus::Bus;

/// Shows what the console tells, until it ends.
pub(crate) async fn show(console: Console, app: AppHandle, ended: CancellationToken) {
    let mut events = console.events(None);
    let mut desktop = Desktop { console, app, bus: None, number: None };
    desktop.join().await;
    desktop.count().await;
    loop {
        tokio::select! {
            () = ended.cancelled() => break,
            next = events.next() => match next {
                Some((_, event)) => desktop.hear(event).await,
                None => break,
            },
            route = clicked(&mut desktop.bus) => match route {
                Some(route) => desktop.go(&route),
                None => desktop.bus = None,
            },
        }
    }
    if let Some(bus) = &mut desktop.bus {
        bus.leave().await;
    }
}

/// Where the next click leads; never, where no desktop listens.
async fn clicked(bus: &mut Option<Bus>) -> Option<String> {
    match bus {
        Some(bus) => bus.clicked().await,
        None => std::future::pending().await,
    }
}

struct Desktop {
    console: Console,
    app: AppHandle,
    bus: Option<Bus>,
    /// What stands in the title.
    number: Option<u64>,
}

impl Desktop {
    async fn join(&mut self) {
        match Bus::join().await {
            Ok(bus) => self.bus = Some(bus),
            Err(error) => tracing::info!(%error, "this desktop shows no banners"),
        }
    }

    async fn hear(&mut self, event: ConsoleEvent) {
        match event {
            ConsoleEvent::Banner { banner } => {
                if self.bus.is_none() {
                    self.join().await;
                }
                let Some(bus) = &mut self.bus else { return };
                if let Err(error) = bus.show(&banner).await {
                    tracing::warn!(%error, "a banner is not shown");
                    self.bus = None;
                }
            }
            ConsoleEvent::BannerOver { cause } => {
                let Some(bus) = &mut self.bus else { return };
                if let Err(error) = bus.take_away(&cause).await {
                    tracing::debug!(%error, "a banner is not taken away");
                }
            }
            ConsoleEvent::Stale { tags } if tags.iter().any(|tag| matches!(tag, Tag::Notices | Tag::Acts)) => {
                self.count().await;
            }
            ConsoleEvent::Resync => self.count().await,
            ConsoleEvent::Stale { .. } | ConsoleEvent::Log { .. } => {}
        }
    }

    /// Puts the number of what is not resolved on the launcher and into the title.
    async fn count(&mut self) {
        let Ok(notices) = self.console.notices(()).await else { return };
        let number = notices.unresolved;
        if self.number.replace(number) == Some(number) {
            return;
        }
        if let Some(window) = self.app.get_webview_window(MAIN) {
            let title = if number == 0 { "Breakwater".to_owned() } else { format!("({number}) Breakwater") };
            // The window may be closing.
            let _ = window.set_title(&title);
        }
        if let Some(bus) = &self.bus
            && let Err(error) = bus.badge(number).await
        {
            tracing::debug!(%error, "the launcher is not told of the number");
        }
    }

    /// Brings the window to the front and shows there what a banner was about.
    fn go(&self, route: &str) {
        focus(&self.app);
        let (Some(window), Ok(route)) = (self.app.get_webview_window(MAIN), serde_json::to_string(route)) else {
            return;
        };
        if let Err(error) = window.eval(format!("location.hash = {route}")) {
            tracing::warn!(%error, "the window does not go where a click leads");
        }
    }
}
