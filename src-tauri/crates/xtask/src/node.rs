//! Node, the packages of the UI, and its built form.

use crate::{failure::Failure, fingerprint, headline, process, process::Job, root};
use std::{path::Path, time::Duration};

/// What Vite asks for: 20.19 and later, or 22.12 and later.
const OLDEST: (u32, u32) = (20, 19);

/// Sees to it that Node is there and new enough.
pub(crate) fn ensure_node() -> Result<(), Failure> {
    let remedy = "Install Node 20.19 or later (https://nodejs.org, or your version manager), then call this again.";
    let version = process::answer("node", &["--version"])
        .ok_or_else(|| Failure::by_hand("there is no `node` on the PATH", remedy))?;
    if !process::succeeds("npm", &["--version"]) {
        return Err(Failure::by_hand("there is no `npm` on the PATH", remedy));
    }
    if parse(&version).is_none_or(|found| found < OLDEST || (found.0 == 21) || (found.0 == 22 && found.1 < 12)) {
        return Err(Failure::by_hand(format!("Node {version} is too old"), remedy));
    }
    headline::note(&format!("node {version}"));
    Ok(())
}

/// Installs the packages of the UI, unless the lock file is the one that they were installed from.
pub(crate) fn ensure_packages(root: &Path) -> Result<(), Failure> {
    let ui = root::ui(root);
    let hash = fingerprint::of(&[ui.join("package-lock.json")], &[])?;
    let stamp = ui.join("node_modules").join(".stamp");
    if fingerprint::is_fresh(&stamp, &hash) {
        headline::note("UI packages: unchanged since they were installed");
        return Ok(());
    }
    Job::new("npm", &["ci", "--no-audit", "--no-fund"])
        .within(&ui)
        .limit(Duration::from_mins(15))
        .remedy("Check the network and `npm config get registry`, then call this again.")
        .run()?;
    fingerprint::keep(&stamp, &hash)
}

/// Builds the UI, unless its sources are those that it was built from.
pub(crate) fn ensure_built(root: &Path) -> Result<(), Failure> {
    let ui = root::ui(root);
    let hash = fingerprint::of(std::slice::from_ref(&ui), &["node_modules", "dist", "e2e", "coverage"])?;
    let dist = ui.join("dist");
    let stamp = dist.join(".stamp");
    if fingerprint::is_fresh(&stamp, &hash) && dist.join("index.html").is_file() {
        headline::note("UI: unchanged since it was built");
        return Ok(());
    }
    script(root, "build", "Read the output above; the page must build before the window can show it.").run()?;
    fingerprint::keep(&stamp, &hash)
}

/// One script of the UI.
pub(crate) fn script(root: &Path, name: &str, remedy: &str) -> Job {
    Job::new("npm", &["run", "--silent", name]).within(&root::ui(root)).limit(Duration::from_mins(15)).remedy(remedy)
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn versions_of_node_are_read() {
        assert_eq!(parse("v20.20.2"), Some((20, 20)), "with the v that node prints");
        assert_eq!(parse("nightly"), None, "anything else is not a version");
    }
}
