//! `cargo xtask crash`: the crash test in full length.

use crate::{failure::Failure, headline::headline, process::Job};
use std::path::Path;

/// How long.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Kills in all; `cargo xtask test` does fewer.
    #[arg(long, default_value_t = 300)]
    kills: u32,
    /// Repeats the random choices of an earlier run, which printed its seed.
    #[arg(long)]
    seed: Option<u64>,
}

/// Runs the crash test.
pub(crate) fn run(_root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    headline(&format!("Crash test, {} kills", arguments.kills));
    let job =
        Job::new("cargo", &["test", "--locked", "--package", "breakwater", "--test", "crash", "--", "--nocapture"])
            .env("SQLX_OFFLINE", "true")
            .env("BREAKWATER_CRASH_KILLS", arguments.kills.to_string())
            .remedy("An invariant does not hold; the output above names it, the seed, and the folder that was kept.");
    match arguments.seed {
        Some(seed) => job.env("BREAKWATER_CRASH_SEED", seed.to_string()).run(),
        None => job.run(),
    }
}
