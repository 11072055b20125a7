//! `cargo xtask bench`: builds the measurements optimised and runs them.

use crate::{failure::Failure, headline::headline, node, process::Job, requirement};
use std::path::Path;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Handed to the measurements, e.g. `-- --only api-list`.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Builds and runs the measurements.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    headline("Bench");
    requirement::ensure(requirement::BUILD)?;
    node::ensure_node()?;
    node::ensure_packages(root)?;
    node::ensure_built(root)?;
    Job::new("cargo", &["build", "--locked", "--release", "--package", "breakwater"])
        .env("SQLX_OFFLINE", "true")
        .run()?;
    let mut words = vec!["bench", "--locked", "--package", "breakwater", "--bench", "house"];
    if !arguments.rest.is_empty() {
        words.push("--");
        words.extend(arguments.rest.iter().map(String::as_str));
    }
    Job::new("cargo", &words).env("SQLX_OFFLINE", "true").remedy("Read the output above.").run()
}
