//! The stages in their order.
//!
//! All Rust is compiled for testing once, with one profile and one set of features: every stage that calls cargo uses
//! [`SELECTION`], so that nothing is built twice. The UI comes first because the executable embeds it.

use super::{count::Count, stage::Stage};
use crate::{bench::RELIABILITY, failure::Failure, fuzz, node, openapi_fuzz, process, process::Job, requirement, root};
use std::{path::Path, time::Duration};

/// What cargo is always asked for, so that features unify in the same way each time.
const SELECTION: &[&str] = &["--locked", "--workspace", "--all-features"];

pub(super) const ALL: &[Stage] = &[
    Stage { name: "tools", title: "what this machine has", needs: &[], work: tools },
    Stage { name: "format", title: "cargo fmt", needs: &["tools"], work: format },
    Stage { name: "packages", title: "npm ci", needs: &["tools"], work: packages },
    Stage { name: "ui-check", title: "types of the page", needs: &["packages"], work: ui_check },
    Stage { name: "ui-unit", title: "unit tests of the page", needs: &["packages"], work: ui_unit },
    Stage { name: "ui-build", title: "the page, as it is embedded", needs: &["packages"], work: ui_build },
    Stage { name: "clippy", title: "cargo clippy, warnings are errors", needs: &["tools"], work: clippy },
    Stage { name: "build", title: "everything, for testing", needs: &["ui-build"], work: build },
    Stage { name: "codegen", title: "generated files are fresh", needs: &["build"], work: codegen },
    Stage { name: "test", title: "unit, conformance, journeys, architecture", needs: &["build"], work: tests },
    Stage { name: "openapi", title: "the plane against its own document", needs: &["build"], work: openapi },
    Stage { name: "browser", title: "the page in Chromium, against a real server", needs: &["build"], work: browser },
    Stage { name: "window", title: "the real window under Xvfb", needs: &["build"], work: window },
];

pub(super) fn names() -> Vec<&'static str> {
    ALL.iter().map(|stage| stage.name).collect()
}

fn cargo(verb: &str, further: &[&str]) -> Job {
    let mut words = vec![verb];
    words.extend(SELECTION);
    words.extend(further);
    let colour = if std::io::IsTerminal::is_terminal(&std::io::stdout()) { "always" } else { "never" };
    Job::new("cargo", &words).env("SQLX_OFFLINE", "true").env("CARGO_TERM_COLOR", colour).limit(Duration::from_mins(30))
}

fn counted(job: Job) -> Result<Option<Count>, Failure> {
    let mut count = Count::default();
    job.run_watched(|line| count.take(line))?;
    count.at_least_one()
}

fn tools(root: &Path) -> Result<Option<Count>, Failure> {
    requirement::ensure(requirement::BUILD)?;
    requirement::ensure(requirement::FACES)?;
    openapi_fuzz::ensure_schemathesis(root)?;
    node::ensure_node()?;
    for (component, probe) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if !process::succeeds("cargo", &[probe, "--version"]) {
            Job::new("rustup", &["component", "add", component])
                .remedy(format!(
                    "Install {component} for your toolchain; with rustup: rustup component add {component}"
                ))
                .run()?;
        }
    }
    Ok(None)
}

/// Workspaces of their own, which are built for one purpose each.
const APART: [&str; 2] = [RELIABILITY, fuzz::MANIFEST];

fn format(_root: &Path) -> Result<Option<Count>, Failure> {
    Job::new("cargo", &["fmt", "--all", "--check"]).remedy("Call: cargo fmt --all").run()?;
    for manifest in APART {
        let remedy = format!("Call: cargo fmt --manifest-path {manifest}");
        Job::new("cargo", &["fmt", "--manifest-path", manifest, "--check"]).remedy(remedy).run()?;
    }
    Ok(None)
}

fn packages(root: &Path) -> Result<Option<Count>, Failure> {
    node::ensure_packages(root).map(|()| None)
}

fn ui_check(root: &Path) -> Result<Option<Count>, Failure> {
    node::script(root, "check", "Mend the types named above.").run().map(|()| None)
}

fn ui_unit(root: &Path) -> Result<Option<Count>, Failure> {
    counted(node::script(root, "test", "Mend the test named above; one file: cd ui && npx vitest run FILE"))
}

fn ui_build(root: &Path) -> Result<Option<Count>, Failure> {
    node::ensure_built(root).map(|()| None)
}

fn clippy(_root: &Path) -> Result<Option<Count>, Failure> {
    cargo("clippy", &["--all-targets", "--", "-D", "warnings"]).remedy("Mend what is named above.").run()?;
    for manifest in APART {
        let words =
            ["clippy", "--locked", "--manifest-path", manifest, "--target-dir", "target", "--", "-D", "warnings"];
        Job::new("cargo", &words).remedy("Mend what is named above.").run()?;
    }
    Ok(None)
}

fn build(_root: &Path) -> Result<Option<Count>, Failure> {
    cargo("test", &["--no-run"]).remedy("Mend what is named above.").run()?;
    Ok(None)
}

fn codegen(_root: &Path) -> Result<Option<Count>, Failure> {
    counted(cargo("test", &["--test", "schema"]).remedy("Call `cargo xtask codegen` and commit what it wrote."))
}

fn tests(_root: &Path) -> Result<Option<Count>, Failure> {
    counted(cargo("test", &["--no-fail-fast"]).remedy("Mend the tests named above; one crate: cargo test -p CRATE"))
}

fn openapi(root: &Path) -> Result<Option<Count>, Failure> {
    openapi_fuzz::briefly(root).map(|()| None)
}

/// A drill alone takes three minutes of it, as it does for whoever plays it.
const BROWSER_LIMIT: Duration = Duration::from_mins(25);

fn browser(root: &Path) -> Result<Option<Count>, Failure> {
    counted(
        node::script(root, "e2e", "Read the output above; pictures of failures are in target/browser.")
            .limit(BROWSER_LIMIT)
            .env("BREAKWATER_BIN", root::executable(root, false)),
    )
}

/// The display, the session bus and whatever that starts (a keyring, for one) are the test's own: nothing of the desktop
/// or the home folder that this runs in is touched.
fn window(root: &Path) -> Result<Option<Count>, Failure> {
    let mut words =
        vec!["--auto-servernum", "--server-args=-screen 0 1600x1000x24", "dbus-run-session", "--", "cargo", "test"];
    words.extend(SELECTION);
    words.extend(["--test", "window", "--", "--ignored", "--nocapture", "--test-threads=1"]);
    let mut job = Job::new("xvfb-run", &words)
        .env("SQLX_OFFLINE", "true")
        .limit(Duration::from_mins(10))
        .remedy("Read the output above; the screenshot is in target/window.");
    let home = root::built(root, false).join("window-home");
    for (variable, name) in HOMES {
        let folder = home.join(name);
        make_private(&folder).map_err(|error| Failure::io(&folder, &error))?;
        job = job.env(variable, folder);
    }
    counted(job)
}

const HOMES: [(&str, &str); 4] = [
    ("XDG_DATA_HOME", "data"),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_CACHE_HOME", "cache"),
    ("XDG_RUNTIME_DIR", "runtime"),
];

/// A folder that only we can enter, as a runtime folder must be.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
