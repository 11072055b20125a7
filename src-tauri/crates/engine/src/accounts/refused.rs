//! What was refused, as the audit keeps it.

use domain::{AuditOutcome, TeamId};

/// A refusal as the audit keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RefusedAct {
    /// Who, as people know them.
    pub actor: String,
    /// Who, without mistake.
    pub principal: String,
    /// What was asked for.
    pub act: String,
    /// Of what.
    pub target: Option<String>,
    /// In which team, if that may be told.
    pub team: Option<TeamId>,
    /// With which code it was refused.
    pub code: String,
}

impl RefusedAct {
    /// What came of it.
    pub(crate) fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Refused { code: self.code.clone() }
    }
}
