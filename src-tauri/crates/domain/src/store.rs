//! Stores: what a store platform provisions. The work on one is a run, and the run tells of its store.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An e-commerce store, as its platform tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Store {
    /// What its owner calls it; not unique.
    pub name: String,
    /// What runs it, e.g. `woocommerce`.
    pub engine: String,
    /// Where it stands.
    pub status: StoreStatus,
    /// Its namespace on the cluster.
    pub namespace: String,
    /// Where it can be visited.
    pub urls: Vec<String>,
    /// Whose it is.
    pub owner: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Since when it stands where it stands, as far as its platform tells.
    pub since: Timestamp,
    /// When it was asked to go, although it is there: the platform made it ready over the request.
    pub deletion_lost_at: Option<Timestamp>,
}

/// Where a store stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum StoreStatus {
    /// It is being made, or waits for that.
    Provisioning,
    /// It can be visited.
    Ready,
    /// It could not be made, or not be removed.
    Failed,
    /// It is being removed, or waits for that.
    Deleting,
    /// Its platform does not have it any more.
    Gone,
}

impl Store {
    /// Under which name the run of a store tells of it in its metadata.
    pub const KEY: &str = "store";

    /// The store of which a run tells.
    pub fn of(metadata: &Map<String, Value>) -> Option<Self> {
        metadata.get(Self::KEY).and_then(|store| Self::deserialize(store).ok())
    }

    /// Tells of the store in the metadata of its run.
    pub fn tell(&self, metadata: &mut Map<String, Value>) {
        if let Ok(store) = serde_json::to_value(self) {
            metadata.insert(Self::KEY.to_owned(), store);
        }
    }
}
