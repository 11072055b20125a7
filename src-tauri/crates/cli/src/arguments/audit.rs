//! Arguments of the verbs on the audit of the built-in control plane.

use clap::Subcommand;
use domain::AuditLink;
use std::path::PathBuf;

/// What to do with the audit.
#[derive(Debug, Clone, Subcommand)]
pub enum AuditVerb {
    /// List what was done and refused, newest first.
    Ls {
        /// Only what concerns this team, by its id.
        #[arg(long, value_name = "TEAM")]
        team: Option<String>,
        /// Entries wanted, 1 to 1000.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
    },
    /// Check that no entry was edited, removed or moved. Prints the head of the chain, to be kept on another machine.
    Verify {
        /// A head that was kept: the chain must still contain exactly that entry.
        #[arg(long, value_name = "SEQ:HASH")]
        expect: Option<AuditLink>,
    },
    /// Write the audit, oldest entry first, one JSON document a line.
    Export {
        /// Only what comes after this entry.
        #[arg(long, default_value_t = 0, value_name = "SEQ")]
        after: u64,
        /// A new file for this user alone; nothing is overwritten. Standard output when left out.
        file: Option<PathBuf>,
    },
}
