//! The audit of a control plane: who did what, or was refused, in an order that cannot be changed unseen.
//!
//! Each entry carries a hash over itself and over the hash of the entry before it. Deliberately absent: what was sent, which
//! may hold a secret; before and after are the few facts that an act changes.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{fmt, str::FromStr};

/// One act, or one refusal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct AuditEntry {
    /// Its place in the chain, from 1, without a gap.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// The team that it concerns; `None` for what concerns the plane.
    pub team: Option<String>,
    /// Who, as people know them.
    pub actor: String,
    /// Who, without mistake.
    pub principal: String,
    /// What, e.g. `run.cancel`.
    pub act: String,
    /// To what it was done.
    pub target: Option<String>,
    /// What came of it.
    pub outcome: AuditOutcome,
    /// Why, as the actor said.
    pub reason: Option<String>,
    /// Joins it to the request.
    pub correlation_id: String,
    /// How often the same was refused one after the other; 1 for an act.
    pub times: u32,
    /// How it was before, where the act changes something that has a before.
    pub before: Option<Value>,
    /// How it is now.
    pub after: Option<Value>,
    /// SHA-256 over all of the above and the hash of the entry before, in hex.
    pub hash: String,
}

/// What came of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was done.
    Done,
    /// It was refused.
    Refused {
        /// With this code.
        code: String,
    },
}

/// Whether the chain of the audit is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct AuditState {
    /// Whether nothing was edited, removed or moved.
    pub whole: bool,
    /// Entries that were read.
    pub entries: u64,
    /// The place where the chain breaks first, and how, one sentence.
    pub broken: Option<String>,
    /// Hash of the last entry; whoever keeps it elsewhere can see later that the chain still leads to it.
    pub head: String,
    /// Acts that could not be recorded since the last entry.
    pub lost: u64,
}

impl AuditState {
    /// The last entry, to be kept elsewhere and asked for later; `None` while there is no entry.
    pub fn link(&self) -> Option<AuditLink> {
        (self.entries > 0).then(|| AuditLink { seq: self.entries, hash: self.head.clone() })
    }
}

/// A place in the chain and the hash of the entry there; as text `SEQ:HASH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLink {
    /// Place, from 1; 0 before the first entry.
    pub seq: u64,
    /// SHA-256 in hex; empty before the first entry.
    pub hash: String,
}

/// A text is not the place and the hash of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write SEQ:HASH, the number of an entry and its hash of 64 hex digits")]
pub struct NotAuditLink;

impl FromStr for AuditLink {
    type Err = NotAuditLink;

    fn from_str(text: &str) -> Result<Self, NotAuditLink> {
        let (seq, hash) = text.split_once(':').ok_or(NotAuditLink)?;
        let seq = seq.parse().ok().filter(|seq| *seq > 0).ok_or(NotAuditLink)?;
        if hash.len() != 64 || !hash.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(NotAuditLink);
        }
        Ok(Self { seq, hash: hash.to_ascii_lowercase() })
    }
}

impl fmt::Display for AuditLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::{AuditLink, NotAuditLink};

    #[test]
    fn a_link_is_read_back_as_it_was_written() {
        let link = AuditLink { seq: 12, hash: "0a".repeat(32) };
        assert_eq!(link.to_string().parse(), Ok(link), "what was kept elsewhere can be given back");
        for text in ["", "12", "12:", "0:", ":0a", "x:0a", "-1:0a", "12:zz"] {
            let padded = text.replace("0a", &"0a".repeat(32)).replace("zz", &"zz".repeat(32));
            assert_eq!(padded.parse::<AuditLink>(), Err(NotAuditLink), "{padded:?} names no entry");
        }
    }
}
