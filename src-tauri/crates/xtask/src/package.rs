//! `cargo xtask package`: the Debian package, made by the Tauri CLI that `npm ci` installed.

use crate::{failure::Failure, headline::headline, headline::note, node, process::Job, requirement, root};
use std::path::Path;

/// Builds the package and says where it is.
pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    headline("What this machine has");
    requirement::ensure(requirement::BUILD)?;
    node::ensure_node()?;
    node::ensure_packages(root)?;
    headline("Package");
    let tauri = root::ui(root).join("node_modules/.bin/tauri");
    Job::new(tauri, &["build", "--bundles", "deb"])
        .env("SQLX_OFFLINE", "true")
        .remedy("Read the output above.")
        .run()?;
    note(&format!("packages are in {}", root::built(root, true).join("bundle/deb").display()));
    Ok(())
}
