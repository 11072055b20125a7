//! The audit as whoever keeps the plane reads it: entries of every team, the chain against an entry that was kept
//! elsewhere, and an export in pieces. The port has less, since no other kind of plane could do more.

use crate::{BreakwaterClient, wire::Call};
use control_plane::{CallContext, Error};
use control_plane_api::Operation;
use domain::{AuditEntry, AuditLink, AuditState, Page, PageRequest};

impl BreakwaterClient {
    /// The newest entries, newest first; of this team, or all that the caller may see. `limit` is 1 to 1,000.
    pub async fn newest_of_audit(
        &self,
        context: &CallContext,
        team: Option<&str>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Error> {
        let mut call = Call::to(Operation::Audit).page(&PageRequest { after: None, limit });
        if let Some(team) = team {
            call = call.query("team", team);
        }
        Ok(self.wire.send::<Page<AuditEntry>>(context, call).await?.items)
    }

    /// Lets the plane check its whole audit; `expected` must be an entry of it.
    pub async fn check_audit(&self, context: &CallContext, expected: Option<&AuditLink>) -> Result<AuditState, Error> {
        let mut call = Call::to(Operation::VerifyAudit);
        if let Some(expected) = expected {
            call = call.query("expect", &expected.to_string());
        }
        self.wire.send(context, call).await
    }

    /// Entries after a place, oldest first, 1 to 10,000 at most; none at the end.
    pub async fn export_audit(&self, context: &CallContext, after: u64, limit: u32) -> Result<Vec<AuditEntry>, Error> {
        self.wire.lines(context, Call::to(Operation::ExportAudit).after(after, limit)).await
    }
}
