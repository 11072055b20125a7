//! API keys of a control plane: what is known of them. The key itself is a secret and seen only by whoever made it.

use crate::{secret::Secret, team::Permission, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A key that a plane accepts from us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ApiKey {
    /// Its id on the plane.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it was made for. Whether its plane heeds that is another matter.
    pub permissions: Vec<Permission>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
}

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub permissions: Vec<Permission>,
}

/// A key that was made just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeApiKey {
    /// What is known of it from now on.
    pub key: ApiKey,
    /// The key itself, which its plane gives only this once.
    pub secret: Secret,
}
