//! The plan for a repository, made from what is really there: git, formatting, tests, and a person's word at the end.
//!
//! Only files at the top of the folder are looked at, and only commands that they call for are planned. Formatting is a
//! warning, since it breaks nothing; tests are critical. The steps change nothing but the build folders of their tools.

use crate::tools::fault;
use domain::Fault;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Variables that the tools of the field need beyond the usual ones.
const ENVIRONMENT: [&str; 16] = [
    "PATH",
    "HOME",
    "LANG",
    "TERM",
    "USER",
    "TMPDIR",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "GOPATH",
    "GOCACHE",
    "GOMODCACHE",
    "NVM_DIR",
    "VIRTUAL_ENV",
    "JAVA_HOME",
    "CI",
];
/// Longest file that is read to find out what it calls for.
const READ_CAP: u64 = 1024 * 1024;

/// One check that the folder calls for.
#[derive(Debug)]
struct CheckStep {
    name: &'static str,
    tool: &'static str,
    argv: Vec<&'static str>,
    critical: bool,
}

/// Plans the checks of the folder.
pub(super) async fn plan(folder: PathBuf) -> Result<Value, Vec<Fault>> {
    let looked = tokio::task::spawn_blocking(move || look(&folder)).await;
    looked.unwrap_or_else(|_| Err(vec![fault("folder", "unreadable", "The folder could not be read.", "Try again.")]))
}

fn look(folder: &Path) -> Result<Value, Vec<Fault>> {
    let refuse = |rule: &str, message: String, remedy: &str| Err(vec![fault("folder", rule, message, remedy)]);
    if !folder.is_absolute() {
        return refuse(
            "relative_path",
            "The folder is not a full path.".to_owned(),
            "Write the full path of the folder.",
        );
    }
    match std::fs::metadata(folder) {
        Err(error) => {
            let message = format!("The folder {} cannot be opened: {}.", folder.display(), error.kind());
            return refuse("not_found", message, "Pick a folder that is there.");
        }
        Ok(found) if !found.is_dir() => {
            return refuse("not_a_folder", format!("{} is not a folder.", folder.display()), "Pick a folder.");
        }
        Ok(_) => {}
    }
    let Some(path) = folder.to_str() else {
        return refuse("not_text", "The path of the folder is not valid text.".to_owned(), "Rename the folder.");
    };
    let checks = checks(folder);
    if checks.is_empty() {
        let message = format!("There is nothing to verify in {path}: no git repository and no known project file.");
        let remedy = "Pick the top folder of a repository: one with .git, Cargo.toml, package.json, pyproject.toml, go.mod or a Makefile.";
        return refuse("nothing_to_verify", message, remedy);
    }
    Ok(document(folder, path, &checks))
}

fn document(folder: &Path, path: &str, checks: &[CheckStep]) -> Value {
    let title = folder.file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned());
    let mut steps: Vec<Value> = checks
        .iter()
        .map(|check| {
            json!({
                "name": check.name,
                "tool": check.tool,
                "inputs": {"argv": check.argv, "cwd": path, "env": {"GIT_OPTIONAL_LOCKS": "0", "CI": "true"}, "env_allow": ENVIRONMENT},
                "severity": if check.critical { "critical" } else { "warning" },
                "timeout": "30m",
                "on_restart": "rerun",
            })
        })
        .collect();
    let names: Vec<&str> = checks.iter().map(|check| check.name).collect();
    steps.push(json!({
        "name": "sign off",
        "tool": "manual:sign-off",
        "inputs": {"question": format!("The checks of {title} have ended. Do you sign it off?"), "expires_in": "24h"},
        "depends_on": names,
    }));
    let goal: String = format!("Verify the repository {title}").chars().filter(|c| !c.is_control()).take(500).collect();
    json!({"goal": goal, "steps": steps, "metadata": {"template": "verify-repository", "folder": path}})
}

/// What the folder calls for, cheapest first.
fn checks(folder: &Path) -> Vec<CheckStep> {
    let has = |name: &str| folder.join(name).is_file();
    let mut checks = Vec::new();
    let mut add = |name, tool, argv: &[&'static str], critical| {
        checks.push(CheckStep { name, tool, argv: argv.to_vec(), critical });
    };
    if folder.ancestors().any(|folder| folder.join(".git").exists()) {
        add("git status", "shell", &["git", "status", "--short", "--branch"], true);
        add("whitespace and conflict marks", "gate:diff", &["git", "diff", "--check"], false);
    }
    if has("Cargo.toml") {
        add("Rust formatting", "gate:format-rust", &["cargo", "fmt", "--all", "--check"], false);
        add("Rust tests", "gate:test-rust", &["cargo", "test", "--workspace"], true);
    }
    if let Some(package) = read(folder, "package.json").and_then(|text| serde_json::from_str::<Value>(&text).ok()) {
        for (script, name, tool, critical) in [
            ("format:check", "JavaScript formatting", "gate:format-js", false),
            ("lint", "JavaScript lint", "gate:lint-js", false),
            ("test", "JavaScript tests", "gate:test-js", true),
        ] {
            // The line that `npm init` writes is no test.
            let written = package["scripts"][script].as_str().filter(|line| !line.contains("no test specified"));
            if written.is_some() {
                add(name, tool, npm(script), critical);
            }
        }
    }
    if has("pytest.ini")
        || has("conftest.py")
        || mentions(folder, "pyproject.toml", "pytest")
        || mentions(folder, "setup.cfg", "pytest")
    {
        add("Python tests", "gate:test-python", &["python3", "-m", "pytest", "-q"], true);
    }
    if mentions(folder, "pyproject.toml", "[tool.ruff") {
        add("Python formatting", "gate:format-python", &["ruff", "format", "--check", "."], false);
    }
    if has("go.mod") {
        add("Go vet", "gate:vet-go", &["go", "vet", "./..."], false);
        add("Go tests", "gate:test-go", &["go", "test", "./..."], true);
    }
    if ["Makefile", "makefile", "GNUmakefile"]
        .iter()
        .any(|name| read(folder, name).is_some_and(|text| has_target(&text, "test")))
    {
        add("make test", "gate:test-make", &["make", "test"], true);
    }
    checks
}

fn npm(script: &str) -> &'static [&'static str] {
    match script {
        "format:check" => &["npm", "run", "format:check"],
        "lint" => &["npm", "run", "lint"],
        _ => &["npm", "test"],
    }
}

/// Whether a Makefile has this target: its name at the start of a line, among others or alone, before a colon.
fn has_target(makefile: &str, target: &str) -> bool {
    makefile.lines().filter(|line| !line.starts_with(['\t', '#', '.', ' '])).any(|line| {
        let targets = line.split_once(':').filter(|(_, rest)| !rest.starts_with('=') && !rest.starts_with(":="));
        targets.is_some_and(|(targets, _)| targets.split_whitespace().any(|name| name == target))
    })
}

fn mentions(folder: &Path, file: &str, word: &str) -> bool {
    read(folder, file).is_some_and(|text| text.contains(word))
}

/// A text file at the top of the folder, unless it is too long to be what it is named after.
fn read(folder: &Path, file: &str) -> Option<String> {
    let path = folder.join(file);
    let fits = std::fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() <= READ_CAP);
    fits.then(|| std::fs::read_to_string(path).ok()).flatten()
}
