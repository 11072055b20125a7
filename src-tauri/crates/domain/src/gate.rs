//! Gates: steps that wait for a verdict, by a command or by a person.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A verdict that is waited for, or was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Gate {
    /// Who decides.
    pub subject: GateSubject,
    /// Where it stands.
    pub state: GateState,
    /// What is asked, in the words of the plan.
    pub question: String,
    /// When the verdict was asked for.
    pub asked_at: Timestamp,
    /// When it fails closed, if nobody decides before.
    pub expires_at: Option<Timestamp>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
}

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateSubject {
    /// A command with pass criteria.
    Command,
    /// A person.
    Person,
}

/// Where a gate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateState {
    /// Undecided.
    Open,
    /// Yes.
    Approved,
    /// No.
    Rejected,
    /// Nobody decided in time, which counts as no.
    Expired,
}

/// What a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Yes.
    Approve,
    /// No; needs a reason.
    Reject,
}
