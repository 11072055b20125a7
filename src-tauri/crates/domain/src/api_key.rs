//! API keys of a control plane: what is known of them. The key itself is a secret and seen only by whoever made it.

use crate::{secret::Secret, team::Permission, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A key that a plane accepts from us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct ApiKey {
    /// Its id on the plane.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The team that it works for; `None` for a key that works for all, or where its plane has no such bound.
    pub team: Option<String>,
    /// How it begins, by which its holder knows it again, where its plane tells that.
    pub prefix: Option<String>,
    /// What it was made for. Whether its plane heeds that is another matter.
    pub permissions: Vec<Permission>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
    /// When it ends; `None` if it does not, or where its plane does not tell.
    pub expires_at: Option<Timestamp>,
}

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// What it is called.
    pub name: String,
    /// The team that it is to work for, where a plane has more than one.
    pub team: Option<String>,
    /// What it is for.
    pub permissions: Vec<Permission>,
    /// When it is to end, where its plane lets keys end.
    pub expires_at: Option<Timestamp>,
}

/// A key that was made just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeApiKey {
    /// What is known of it from now on.
    pub key: ApiKey,
    /// The key itself, which its plane gives only this once.
    pub secret: Secret,
}
