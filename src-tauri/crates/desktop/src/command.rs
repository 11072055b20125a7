//! The one command of the page, and the one channel of events.

use console::{Console, view::ConsoleEvent};
use domain::WireError;
use serde_json::Value;
use tauri::{AppHandle, Emitter as _, State};
use tokio_util::sync::CancellationToken;

/// The name of the only window.
pub(crate) const MAIN: &str = "main";

/// Carries out a command that `rpc` declares. Only the main window may call it; its capability says so.
#[tauri::command]
pub(crate) async fn call(console: State<'_, Console>, command: String, request: Value) -> Result<Value, WireError> {
    rpc::dispatch(&console, &command, request).await
}

/// Tells the page what happens, until the console ends.
pub(crate) async fn tell(console: Console, app: AppHandle, ended: CancellationToken) {
    let mut events = console.events(None);
    loop {
        let next = tokio::select! {
            () = ended.cancelled() => return,
            next = events.next() => next,
        };
        let Some((_, event)) = next else { return };
        send(&app, &event);
    }
}

fn send(app: &AppHandle, event: &ConsoleEvent) {
    if let Err(error) = app.emit_to(MAIN, "console", event) {
        tracing::warn!(%error, "the page could not be told of an event");
    }
}
