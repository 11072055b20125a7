//! Stores as a face sees them.

use super::Freshness;
use domain::{ConnectionId, Failure, RunId, RunStatus, Step, Store};
use serde::{Deserialize, Serialize};

/// Stores of every connection that provisions some.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct StoreList {
    /// Newest first, at most 500 of each connection.
    pub items: Vec<StoreView>,
    /// Whether there are more than these.
    pub more: bool,
}

/// A store, and the run that provisions it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct StoreView {
    /// Where it is.
    pub connection: ConnectionId,
    /// What that is called.
    pub connection_name: String,
    /// The run that provisions it.
    pub run: RunId,
    /// The store.
    pub store: Store,
    /// Where its provisioning stands.
    pub status: RunStatus,
    /// The steps of its provisioning, in order.
    pub steps: Vec<Step>,
    /// Why its provisioning failed.
    pub failure: Option<Failure>,
    /// How old this is.
    pub freshness: Freshness,
}

/// A store to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DeleteStore {
    /// Where it is.
    pub connection: ConnectionId,
    /// The run that provisioned it.
    pub run: RunId,
    /// Why, 1 to 500 characters.
    pub reason: String,
}
