//! `cargo xtask silence`: the network goes away under open screens, for minutes, and comes back.

use crate::{failure::Failure, headline::headline, node, process::Job, root};
use std::{path::Path, time::Duration};

/// Besides the silence: until the screens are open, and until they have been read.
const AROUND: Duration = Duration::from_mins(5);

/// How long.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Minutes without network; `cargo xtask test` does it for seconds.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
}

/// Builds what it takes, and plays it in the browser.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    node::ensure_node()?;
    node::ensure_packages(root)?;
    node::ensure_built(root)?;
    Job::new("cargo", &["build", "--locked", "--package", "breakwater"]).env("SQLX_OFFLINE", "true").run()?;
    headline(&format!("Silence, {} minutes", arguments.minutes));
    let lasts = Duration::from_secs(60 * arguments.minutes);
    node::script(root, "silence", "A screen did not tell what it does not know; its picture is in target/browser.")
        .env("BREAKWATER_BIN", root::executable(root, false))
        .env("BREAKWATER_SILENCE_SECONDS", lasts.as_secs().to_string())
        .limit(lasts + AROUND)
        .run()
}
