//! What a plane keeps.

mod audit_chain;
mod audit_complete;
mod backup;
mod log_complete;
mod migrations;

pub(crate) use audit_chain::AuditChain;
pub(crate) use audit_complete::AuditComplete;
pub(crate) use backup::Backup;
pub(crate) use log_complete::LogComplete;
pub(crate) use migrations::Migrations;
