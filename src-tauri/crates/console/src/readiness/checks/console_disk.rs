//! How much space is left where this program keeps its data.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use domain::CheckStatus;

/// Bytes that are enough for a long while.
const GOOD: u64 = 1024 * 1024 * 1024;
/// Bytes below which writes are about to fail.
const BEARABLE: u64 = 100 * 1024 * 1024;

static FACTS: Facts = Facts {
    id: "console.disk",
    title: "There is disk space",
    proves: "Neither the cache nor the built-in plane will fail to write soon.",
    subject: Subject::Console,
    remedy: "Delete what is not needed from that disk.",
    owner: "operator",
};

/// How much space is left where this program keeps its data.
pub(crate) struct ConsoleDisk;

#[async_trait::async_trait]
impl Check for ConsoleDisk {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        const REQUEST: &str = "free space of the data directory (statvfs)";
        let Some(free) = free_bytes(&context.core.data_dir) else {
            return Outcome::new(
                CheckStatus::Unknown,
                REQUEST,
                "no number",
                "The system does not tell the free space.",
            );
        };
        judged(REQUEST, free)
    }
}

/// Whether so many free bytes are enough.
pub(super) fn judged(request: &str, free: u64) -> Outcome {
    let status = match free {
        GOOD.. => CheckStatus::Pass,
        BEARABLE.. => CheckStatus::Warn,
        _ => CheckStatus::Fail,
    };
    let mebibytes = free / 1024 / 1024;
    let shown = if mebibytes < 10 * 1024 { format!("{mebibytes} MiB") } else { format!("{} GiB", mebibytes / 1024) };
    let finding = format!("{shown} are free; 1 GiB or more is good.");
    Outcome::new(status, request, format!("{mebibytes} MiB free"), finding)
}

#[cfg(unix)]
fn free_bytes(folder: &std::path::Path) -> Option<u64> {
    let facts = rustix::fs::statvfs(folder).ok()?;
    Some(facts.f_bavail.saturating_mul(facts.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_folder: &std::path::Path) -> Option<u64> {
    None
}
