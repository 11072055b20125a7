//! `cargo xtask run`: from a clone to the open console.

use crate::{failure::Failure, headline::headline, headline::note, node, process::Job, requirement, root};
use std::{env, path::Path, process::Command};

/// How to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Build optimised: slower to build, quicker and smaller to run.
    #[arg(long)]
    release: bool,
    /// Serve the console on loopback even though there is a display.
    #[arg(long)]
    serve: bool,
    /// Handed to `breakwater`, e.g. `-- --data-dir DIR`.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Installs what is missing, builds what changed, and starts the console.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    headline("What this machine has");
    requirement::ensure(requirement::BUILD)?;
    node::ensure_node()?;
    headline("UI");
    node::ensure_packages(root)?;
    node::ensure_built(root)?;
    headline("Console");
    // The same selection as the tests build with, so that neither builds again what the other has built.
    let mut words = vec!["build", "--locked", "--workspace", "--all-features", "--bin", "breakwater"];
    if arguments.release {
        words.push("--release");
    }
    Job::new("cargo", &words).env("SQLX_OFFLINE", "true").remedy("Read the output above.").run()?;
    start(root, arguments)
}

fn start(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let executable = root::executable(root, arguments.release);
    let mut command = Command::new(&executable);
    let is_set = |name| env::var_os(name).is_some_and(|value: std::ffi::OsString| !value.is_empty());
    let has_display = !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    if arguments.serve || !has_display {
        headline("Starting (loopback)");
        if !has_display {
            note("there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open");
        }
        note("open the address below in a browser on this machine; Ctrl-C ends it");
        command.arg("serve");
    } else {
        headline("Starting (window)");
    }
    command.args(&arguments.rest);
    replace(command)
        .map_err(|error| Failure::new(format!("{}: {error}", executable.display()), "Build again: cargo xtask run"))
}

/// Becomes the console, so that Ctrl-C and exit code are its own.
#[cfg(unix)]
fn replace(mut command: Command) -> std::io::Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

#[cfg(not(unix))]
fn replace(mut command: Command) -> std::io::Result<()> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}
