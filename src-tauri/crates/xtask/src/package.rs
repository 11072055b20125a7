//! `cargo xtask package`: the Debian package, made by the Tauri CLI.
//!
//! The CLI is fetched for this verb alone: it is no dependency of the page, and its lock entries differ by platform.

use crate::{failure::Failure, headline::headline, headline::note, node, process::Job, requirement, root};
use std::path::Path;

/// Builds the package and says where it is.
pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    headline("What this machine has");
    requirement::ensure(requirement::BUILD)?;
    node::ensure_node()?;
    node::ensure_packages(root)?;
    headline("Package");
    Job::new("npm", &["exec", "--yes", "--package=@tauri-apps/cli@^2.12", "--", "tauri", "build", "--bundles", "deb"])
        .env("SQLX_OFFLINE", "true")
        .remedy("Read the output above.")
        .run()?;
    note(&format!("packages are in {}", root::built(root, true).join("bundle/deb").display()));
    Ok(())
}
