//! The audit: reading it, checking its chain, and recording what was refused.

use super::Engine;
use crate::{
    Error,
    accounts::{Piece, RefusedAct, Scope, verify},
};
use domain::{AuditEntry, AuditLink, AuditState, CorrelationId, Page};

/// Most entries on one page.
const ENTRIES: u32 = 1_000;

impl Engine {
    /// One page of what was done and refused in these teams, newest first.
    pub async fn audit(&self, scope: &Scope, before: Option<u64>, limit: u32) -> Result<Page<AuditEntry>, Error> {
        let limit = limit.clamp(1, ENTRIES);
        let before = before.unwrap_or(u64::MAX);
        let teams = match scope {
            Scope::Everywhere => None,
            Scope::Teams(teams) => Some(teams.as_slice()),
        };
        let mut items = self.accounts().audit_before(teams, before, limit + 1).await?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > wanted;
        items.truncate(wanted);
        let next = items.last().filter(|_| more).map(|entry| entry.seq.to_string());
        Ok(Page { items, next })
    }

    /// Entries after a place, oldest first, as an export reads them: at most `limit` and at most 1,000; none at the end. An
    /// entry that cannot be read is an error as soon as it would be the first.
    pub async fn audit_after(&self, after: u64, limit: u32) -> Result<Vec<AuditEntry>, Error> {
        let Piece { entries, unreadable } = self.accounts().audit(after, limit.min(ENTRIES)).await?;
        match unreadable.filter(|_| entries.is_empty()) {
            Some(place) => Err(Error::Storage { detail: format!("entry {place} of the audit cannot be read") }),
            None => Ok(entries),
        }
    }

    /// Reads the whole audit and checks its chain; `expected` must be an entry of it.
    pub async fn verify_audit(&self, expected: Option<&AuditLink>) -> Result<AuditState, Error> {
        let (end, lost) = self.accounts().audit_end().await?;
        // What is written meanwhile comes after the end that is looked for.
        let written = end.seq;
        let chunk = |after: u64| {
            let accounts = self.accounts();
            async move {
                let left = u32::try_from(written.saturating_sub(after)).unwrap_or(ENTRIES).min(ENTRIES);
                if left == 0 { Ok(Piece::default()) } else { accounts.audit(after, left).await }
            }
        };
        let state = verify(chunk, (&end, lost), expected).await?;
        if !state.whole {
            return Ok(state);
        }
        // An entry and the end that the plane remembers are written together, so that an entry is never seen before its end.
        let beyond = self.accounts().audit_place_after(written).await?;
        let (now, _) = self.accounts().audit_end().await?;
        let forged = beyond.filter(|place| *place > now.seq);
        let broken =
            forged.map(|place| format!("entry {place} was not written by this plane, whose last entry is {}", now.seq));
        Ok(AuditState { whole: broken.is_none(), broken, ..state })
    }

    /// Takes note of a refusal. Returns at once; refusals that come faster than they can be written are counted together.
    pub fn record_refusal(&self, refused: RefusedAct, correlation_id: &CorrelationId) {
        self.house.refusals.note(refused, correlation_id);
    }

    /// Acts that could not be recorded in the audit since the last one that was.
    pub async fn unrecorded_acts(&self) -> Result<u64, Error> {
        Ok(self.accounts().audit_end().await?.1)
    }
}
