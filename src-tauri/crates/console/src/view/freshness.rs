//! The age of what is shown, and what stands in the way of something newer.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

/// How old what is shown is, and whether it can still be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Freshness {
    /// When it was last read from, or confirmed by, the control plane.
    pub read_at: Option<Timestamp>,
    /// Whether it can be trusted now.
    pub state: FreshnessState,
    /// What stands in the way of reading it anew, where that is more than an absence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub obstacle: Option<Obstacle>,
}

/// What stands in the way of reading something anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// Nothing is contacted, as was asked for.
    NotContacted,
    /// The built-in control plane is not running.
    NotRunning,
    /// The control plane does not accept the credential.
    SignedOut,
    /// The keychain does not give the credential.
    Keychain,
    /// The control plane answers something that we do not understand.
    Incompatible,
    /// The control plane no longer has it.
    Gone,
}

/// Whether what is shown can be trusted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum FreshnessState {
    /// The connection is watched; this is how it is.
    Live,
    /// The connection answers late; this is how it was a moment ago.
    Stale,
    /// The connection cannot be reached; this is how it was when last seen.
    Offline,
}
