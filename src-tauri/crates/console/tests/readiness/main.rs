//! Readiness: every probe against a real plane, against the same plane with one protection broken at a time, and against the
//! stand-ins of other planes. What came of it is in the text files beside this one; `UPDATE_READINESS=1` writes them anew.
#![expect(clippy::unwrap_used, reason = "set-up that fails is a failed test")]

mod broken;
mod desk;
mod encrypted;
mod foreign;
mod healthy;
mod machine;
mod mutations;
mod plane;
mod progress;
mod states;
mod table;
mod ways;
