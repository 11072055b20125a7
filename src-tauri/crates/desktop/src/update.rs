//! Updates: silent until the configuration names a public key and an endpoint; then asked for once at the start.
//!
//! What is found is logged. Deliberately absent: installing by itself, which would end runs under way.

use tauri::{AppHandle, Wry};
use tauri_plugin_updater::UpdaterExt as _;

/// Whether the configuration names where updates come from and by which key they are signed.
pub(crate) fn is_configured(context: &tauri::Context<Wry>) -> bool {
    let Some(updater) = context.config().plugins.0.get("updater") else { return false };
    let has_key = updater["pubkey"].as_str().is_some_and(|key| !key.is_empty());
    let has_endpoint = updater["endpoints"].as_array().is_some_and(|endpoints| !endpoints.is_empty());
    has_key && has_endpoint
}

/// Asks once whether there is something newer.
pub(crate) async fn look(app: AppHandle) {
    let found = match app.updater() {
        Ok(updater) => updater.check().await,
        Err(error) => Err(error),
    };
    match found {
        Ok(Some(update)) => tracing::info!(version = update.version, "a newer version is there"),
        Ok(None) => tracing::info!("this is the newest version"),
        Err(error) => tracing::warn!(%error, "updates could not be looked for"),
    }
}
