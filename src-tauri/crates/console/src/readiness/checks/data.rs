//! What a plane keeps.

mod audit_chain;
mod audit_complete;
mod log_complete;

pub(crate) use audit_chain::AuditChain;
pub(crate) use audit_complete::AuditComplete;
pub(crate) use log_complete::LogComplete;
