//! `cargo xtask bench`: builds the measurements optimised and runs them.

use crate::{failure::Failure, headline::headline, node, process::Job, requirement};
use std::path::Path;

/// The window is measured on a display and a session bus of its own, so that figures do not depend on the desktop.
const DISPLAY: [&str; 5] =
    ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1600x1000x24", "dbus-run-session", "--"];

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Scenes to be measured, by a part of their name: `-- api queue`. All of them when none is named.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Builds and runs the measurements.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    headline("Bench");
    requirement::ensure(requirement::BUILD)?;
    requirement::ensure(requirement::FACES)?;
    node::ensure_node()?;
    node::ensure_packages(root)?;
    node::ensure_built(root)?;
    let cargo = ["cargo", "bench", "--locked", "--package", "breakwater", "--bench", "house", "--"];
    let words = DISPLAY.iter().chain(&cargo).copied().chain(arguments.rest.iter().map(String::as_str));
    let words: Vec<_> = words.collect();
    Job::new(words[0], &words[1..]).env("SQLX_OFFLINE", "true").remedy("Read the output above.").run()
}
