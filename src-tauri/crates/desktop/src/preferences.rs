//! Preferences in the store plugin: one JSON file in the data directory.

use console::{PreferenceStore, view::Preferences};
use domain::{CorrelationId, WireError};
use serde_json::Value;
use std::{fmt, path::Path, sync::Arc};
use tauri::{AppHandle, Wry};
use tauri_plugin_store::{Store, StoreBuilder};
use uuid::Uuid;

/// Preferences of the window.
#[derive(Clone)]
pub struct WindowPreferences(Arc<Store<Wry>>);

impl fmt::Debug for WindowPreferences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WindowPreferences")
    }
}

impl WindowPreferences {
    pub(crate) fn open(app: &AppHandle, data_dir: &Path) -> Result<Self, tauri_plugin_store::Error> {
        StoreBuilder::new(app, data_dir.join("preferences.json")).disable_auto_save().build().map(Self)
    }
}

#[async_trait::async_trait]
impl PreferenceStore for WindowPreferences {
    async fn all(&self) -> Result<Preferences, WireError> {
        Ok(Preferences(self.0.entries().into_iter().collect()))
    }

    async fn set(&self, key: &str, value: Option<&Value>) -> Result<(), WireError> {
        match value {
            Some(value) => self.0.set(key, value.clone()),
            None => {
                self.0.delete(key);
            }
        }
        let store = Arc::clone(&self.0);
        let saved = tokio::task::spawn_blocking(move || store.save()).await;
        match saved {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(not_saved(&error.to_string())),
            Err(error) => Err(not_saved(&error.to_string())),
        }
    }
}

fn not_saved(detail: &str) -> WireError {
    tracing::warn!(detail, "preferences could not be saved");
    WireError {
        code: "internal".to_owned(),
        message: "the preference holds for now, but could not be saved".to_owned(),
        hint: Some("Check that the data directory can be written and the disk has room.".to_owned()),
        retry_after_ms: None,
        correlation_id: CorrelationId::new(Uuid::now_v7().to_string()),
        faults: Vec::new(),
    }
}
