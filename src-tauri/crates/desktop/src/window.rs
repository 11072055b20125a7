//! The application and its window.

use crate::{
    command::{self, MAIN},
    notices,
    preferences::WindowPreferences,
    update,
};
use console::Console;
use std::{path::PathBuf, time::Duration};
use tauri::{
    App, AppHandle, Manager as _, RunEvent, Url, WebviewUrl, WebviewWindowBuilder, Wry, webview::NewWindowResponse,
};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// How long the end waits until banners are taken away.
const TAKEN_AWAY: Duration = Duration::from_millis(500);

/// What `tauri::generate_context!` makes; only the root package can call it.
pub type Context = tauri::Context<Wry>;

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum DesktopError {
    /// The toolkit refused, e.g. because there is no display.
    #[error("the window cannot be opened: {0}")]
    Toolkit(#[from] tauri::Error),
    /// The preferences cannot be opened.
    #[error("the preferences cannot be opened: {0}")]
    Preferences(#[from] tauri_plugin_store::Error),
}

/// How the window is to be made.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where preferences are kept.
    pub data_dir: PathBuf,
    /// Names the instance on the session bus, e.g. `dev.breakwater.console.d1f3`; `None` allows any number of them.
    pub single_instance: Option<String>,
    /// Carries everything that is not drawing.
    pub runtime: Handle,
}

/// The application with its plugins, before there is a console or a window.
pub struct Prepared {
    app: App,
    preferences: WindowPreferences,
    updates: bool,
    runtime: Handle,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").field("updates", &self.updates).finish_non_exhaustive()
    }
}

/// Makes the application. If another instance of the same name is there, that one comes to the front and this process
/// ends here with exit code 0. Must be called on the main thread.
pub fn prepare(context: Context, settings: &Settings) -> Result<Prepared, DesktopError> {
    tauri::async_runtime::set(settings.runtime.clone());
    let updates = update::is_configured(&context);
    let mut builder = tauri::Builder::default();
    if let Some(name) = &settings.single_instance {
        let plugin = tauri_plugin_single_instance::Builder::new().dbus_id(name).callback(|app, _, _| focus(app));
        builder = builder.plugin(plugin.build());
    }
    builder = builder.plugin(tauri_plugin_store::Builder::new().build());
    if updates {
        builder = builder.plugin(tauri_plugin_updater::Builder::new().build());
    }
    let app = builder.invoke_handler(tauri::generate_handler![command::call]).build(context)?;
    let preferences = WindowPreferences::open(app.handle(), &settings.data_dir)?;
    Ok(Prepared { app, preferences, updates, runtime: settings.runtime.clone() })
}

impl Prepared {
    /// Where the console keeps its preferences.
    pub fn preferences(&self) -> WindowPreferences {
        self.preferences.clone()
    }

    /// Whether updates are configured.
    pub const fn updates_configured(&self) -> bool {
        self.updates
    }

    /// Shows the console until the window is closed or `shutdown` is asked for.
    pub fn open(self, console: Console, shutdown: &CancellationToken) -> Result<(), DesktopError> {
        let Self { app, updates, runtime, .. } = self;
        app.manage(console.clone());
        WebviewWindowBuilder::new(&app, MAIN, WebviewUrl::default())
            .title("Breakwater")
            .inner_size(1440.0, 900.0)
            .min_inner_size(1024.0, 700.0)
            .on_new_window(|url, _| {
                elsewhere(&url);
                NewWindowResponse::Deny
            })
            .build()?;
        let ended = CancellationToken::new();
        runtime.spawn(command::tell(console.clone(), app.handle().clone(), ended.clone()));
        let noticing = runtime.spawn(notices::show(console, app.handle().clone(), ended.clone()));
        runtime.spawn(close_on(app.handle().clone(), shutdown.clone(), ended.clone()));
        if updates {
            runtime.spawn(update::look(app.handle().clone()));
        }
        app.run_return(move |_, event| {
            if let RunEvent::Exit = event {
                ended.cancel();
            }
        });
        // No banner is left behind that would lead nowhere; a bus that hangs is not waited for.
        runtime.block_on(async { tokio::time::timeout(TAKEN_AWAY, noticing).await.is_ok() });
        Ok(())
    }
}

/// Opens what leads out of the console, a store or a page to pay on, in the browser of the system. There it has no way to
/// what this window may do.
fn elsewhere(url: &Url) {
    if !is_for_a_browser(url) {
        return tracing::warn!(scheme = url.scheme(), "a link that leads nowhere safe is not followed");
    }
    if let Err(error) = tauri_plugin_opener::open_url(url.as_str(), None::<&str>) {
        tracing::warn!(%error, "no browser opens a link");
    }
}

/// Other schemes would start whatever a machine has registered for them.
fn is_for_a_browser(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "http") && url.username().is_empty() && url.password().is_none()
}

async fn close_on(app: AppHandle, shutdown: CancellationToken, ended: CancellationToken) {
    tokio::select! {
        () = shutdown.cancelled() => app.exit(0),
        () = ended.cancelled() => {}
    }
}

pub(crate) fn focus(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        // A window manager may refuse; there is nothing else to do about it.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

#[cfg(test)]
mod tests {
    use super::is_for_a_browser;
    use tauri::Url;

    #[test]
    fn only_what_a_browser_shows_is_opened_in_one() {
        for (address, expected) in [
            ("https://pay.example/session/1", true),
            ("http://203.0.113.7:30400/", true),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
            ("tauri://localhost/", false),
            ("mailto:ops@example.com", false),
            ("https://user:secret@pay.example/", false),
        ] {
            let url: Url = address.parse().unwrap();
            assert_eq!(is_for_a_browser(&url), expected, "{address}");
        }
    }
}
