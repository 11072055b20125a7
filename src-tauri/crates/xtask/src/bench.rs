//! `cargo xtask bench`: builds the measurements optimised and runs them.

use crate::{failure::Failure, headline::headline, node, process::Job, requirement};
use std::path::Path;

/// The window is measured on a display and a session bus of its own, so that figures do not depend on the desktop.
const DISPLAY: [&str; 5] =
    ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1600x1000x24", "dbus-run-session", "--"];

/// Where the reliability layer is measured: a workspace of its own, with the peers that it is measured against.
pub(crate) const RELIABILITY: &str = "src-tauri/benches/reliability/Cargo.toml";

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What is measured.
    #[arg(value_enum, default_value_t = Subject::House)]
    subject: Subject,
    /// Of the house: scenes to be measured, by a part of their name: `-- api queue`; all of them when none is named.
    /// Of the reliability layer: how many samples to take of each call.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Subject {
    /// The whole: control plane, terminal, window.
    House,
    /// The reliability layer beside its peers.
    Reliability,
}

/// Builds and runs the measurements.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    match arguments.subject {
        Subject::House => house(root, arguments),
        Subject::Reliability => reliability(arguments),
    }
}

fn reliability(arguments: &Arguments) -> Result<(), Failure> {
    headline("Bench of the reliability layer");
    let mut words =
        vec!["run", "--release", "--locked", "--manifest-path", RELIABILITY, "--target-dir", "target", "--"];
    words.extend(arguments.rest.iter().map(String::as_str));
    Job::new("cargo", &words).remedy("Read the output above.").run()
}

fn house(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
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
