//! What no control plane could give back, carried over when the cache has to be built anew: connections, preferences,
//! drills and the record of acts.
//!
//! All are read from the old file as far as that can be read. Connections are also kept in a small file beside the
//! cache, because without them nobody knows where to read the rest again, nor which tokens in the keychain are ours.
//! Deliberately absent: secrets. The file says where a token is, never what it is.

use crate::{
    error::Error,
    file,
    query::Act,
    table::{
        act, connection,
        drill::{self, KeptDrill},
        preference,
    },
    writer::Writer,
};
use domain::Connection;
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Acts that are carried over, newest first; of a damaged file perhaps only some can be read.
const ACTS: [u32; 3] = [1_000, 100, 10];
/// Drills that are carried over.
const DRILLS: u32 = 200;

/// What is carried over.
#[derive(Debug, Default)]
pub(crate) struct Keepsakes {
    connections: Vec<Connection>,
    preferences: BTreeMap<String, Value>,
    acts: Vec<Act>,
    drills: Vec<KeptDrill>,
}

/// The file beside the cache.
pub(crate) fn file_of(cache: &Path) -> PathBuf {
    cache.with_file_name("connections.json")
}

/// What there is beside a cache that is new.
pub(crate) async fn beside(cache: &Path) -> Keepsakes {
    let path = file_of(cache);
    let read = tokio::task::spawn_blocking(move || fs::read(path)).await;
    let Ok(Ok(bytes)) = read else { return Keepsakes::default() };
    let connections = serde_json::from_slice(&bytes).unwrap_or_else(|error| {
        tracing::warn!(%error, "the file of connections cannot be read");
        Vec::new()
    });
    Keepsakes { connections, ..Keepsakes::default() }
}

/// What can be read of a cache that cannot be used, and what is beside it.
pub(crate) async fn of_broken(cache: &Path) -> Keepsakes {
    let mut found = beside(cache).await;
    let options = SqliteConnectOptions::new().filename(cache);
    let Ok(mut old) = SqliteConnection::connect_with(&options).await else { return found };
    // The old file is newer than the one beside it wherever both can be read.
    if let Ok(connections) = connection::all(&mut old).await {
        found.connections = connections;
    }
    found.preferences = preference::all(&mut old).await.unwrap_or_default();
    found.drills = drill::newest(&mut old, DRILLS).await.unwrap_or_default();
    for limit in ACTS {
        if let Ok(acts) = act::newest(&mut old, limit).await {
            found.acts = acts;
            break;
        }
    }
    // What cannot be closed is set aside all the same.
    let _ = old.close().await;
    found
}

impl Keepsakes {
    /// Puts it into a new cache.
    pub(crate) async fn restore(&self, writer: &Writer) -> Result<(), Error> {
        let mut batch = writer.batch().await?;
        let mut pen = batch.pen();
        let known = connection::all(pen.connection()).await?;
        pen.changed_nothing();
        // Another process may have opened the new file meanwhile, and every start adds its built-in plane.
        let is_new = |kept: &&Connection| known.iter().all(|known| known.id != kept.id && known.name != kept.name);
        for connection in self.connections.iter().filter(is_new) {
            batch.add_connection(connection).await?;
        }
        for (key, value) in &self.preferences {
            batch.set_preference(key, Some(value)).await?;
        }
        for act in self.acts.iter().rev() {
            batch.record_act(act).await?;
        }
        for drill in &self.drills {
            batch.put_drill(&drill.id, drill.started_at, &drill.document).await?;
        }
        batch.commit().await
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.connections.is_empty() && self.preferences.is_empty() && self.acts.is_empty() && self.drills.is_empty()
    }
}

/// Writes the file beside the cache, all of it or nothing. A failure leaves the earlier one.
pub(crate) async fn write(path: &Path, connections: Vec<Connection>) {
    let path = path.to_owned();
    let written = tokio::task::spawn_blocking(move || replace(&path, &connections)).await;
    if let Ok(Err(error)) = written {
        tracing::warn!(%error, "the file of connections is not written");
    }
}

fn replace(path: &Path, connections: &[Connection]) -> io::Result<()> {
    let new = path.with_extension("json.new");
    let mut file = file::private(&new)?;
    file.write_all(&serde_json::to_vec_pretty(connections)?)?;
    file.sync_all()?;
    fs::rename(new, path)
}

#[cfg(test)]
mod tests {
    use super::{Keepsakes, beside};
    use crate::Cache;
    use std::fs;

    const TWO: &str = r#"[
        {"id": "local", "name": "local", "kind": "breakwater", "base_url": "unix:plane.sock", "environment": "local",
         "read_only": false, "built_in": true, "credential": "not_needed", "created_at": "2026-01-01T00:00:00.000Z"},
        {"id": "con_1", "name": "staging", "kind": "breakwater", "base_url": "https://plane.example.com",
         "environment": "staging", "read_only": false, "built_in": false, "credential": "keychain",
         "created_at": "2026-01-01T00:00:00.000Z"}
    ]"#;

    #[tokio::test]
    async fn what_another_process_was_quicker_to_add_does_not_keep_out_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache.db");
        fs::write(folder.path().join("connections.json"), TWO).unwrap();
        let kept = beside(&path).await;
        let quicker = Keepsakes { connections: kept.connections[..1].to_vec(), ..Keepsakes::default() };
        fs::remove_file(folder.path().join("connections.json")).unwrap();
        let cache = Cache::open(&path).await;
        quicker.restore(&cache.writer()).await.unwrap();
        kept.restore(&cache.writer()).await.unwrap();
        assert_eq!(cache.reader().connections().await.unwrap().len(), 2, "the other connection is there as well");
    }
}
