//! `cargo xtask openapi-fuzz`: Schemathesis before a real plane on loopback. It reads the OpenAPI document that the plane
//! serves and asks for everything in it with whatever that allows, and with what it does not; every answer is held against
//! the document.
//!
//! The plane counts for itself what it answered, and with what: an answer of 500 and above is a failure whoever overlooked it.
//! Streams are left out, since they have no end, and so is signing out as the person who asks for everything else.

use crate::{
    failure::Failure,
    headline::{headline, note},
    process::{self, Job},
    requirement, root,
};
use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// How much.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Requests, at least.
    #[arg(long, default_value_t = 100_000)]
    requests: u64,
    /// Where the made-up requests begin; the same number makes the same ones.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Requests of the short form, which every test run makes.
const BRIEFLY: u64 = 2_000;
/// The one version that this is known to work with.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// What is asked, and what is expected of every answer.
const CONFIGURATION: &str = "src-tauri/crates/server/examples/hammered.toml";
/// Operations of the document, roughly: so many requests is one more for each.
const OPERATIONS: u64 = 40;
/// Most made-up requests of each operation before the plane is asked how many there were.
const ROUND: u64 = 500;

/// Asks so many requests of a plane.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    ensure_schemathesis(root)?;
    headline("A plane to be hammered at");
    let words = ["build", "--locked", "--workspace", "--all-features", "--example", "hammered"];
    Job::new("cargo", &words).env("SQLX_OFFLINE", "true").remedy("Mend what is named above.").run()?;
    hammer(root, arguments.requests, arguments.seed)
}

/// The short form; the plane is built already.
pub(crate) fn briefly(root: &Path) -> Result<(), Failure> {
    hammer(root, BRIEFLY, 1)
}

/// Installs Schemathesis below `target`, unless it is there in this version.
pub(crate) fn ensure_schemathesis(root: &Path) -> Result<(), Failure> {
    requirement::ensure(requirement::OPENAPI)?;
    let (program, python) = (program(root, "schemathesis"), program(root, "python"));
    let version = process::answer(&program.to_string_lossy(), &["--version"]).unwrap_or_default();
    if SCHEMATHESIS.rsplit("==").next().is_some_and(|wanted| version.ends_with(wanted)) {
        note(&format!("{SCHEMATHESIS}: there already"));
        return Ok(());
    }
    let remedy = "Check the network and `pip config list`, then call this again.";
    Job::new("python3", &["-m", "venv", "--clear", &folder(root).to_string_lossy()]).remedy(remedy).run()?;
    Job::new(python, &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", SCHEMATHESIS])
        .limit(Duration::from_mins(10))
        .remedy(remedy)
        .run()
}

fn folder(root: &Path) -> PathBuf {
    root.join("target/openapi-fuzz/python")
}

fn program(root: &Path, name: &str) -> PathBuf {
    folder(root).join("bin").join(name)
}

/// Everybody in turn, until there were enough requests.
fn hammer(root: &Path, requests: u64, seed: u64) -> Result<(), Failure> {
    let plane = Plane::start(root)?;
    let mut round = seed;
    loop {
        let missing = requests.saturating_sub(plane.answered()?);
        let examples = (missing / OPERATIONS / 2).clamp(1, ROUND);
        // The owner may nearly everything, so that what is asked is looked at; the key is turned away often.
        ask(root, &plane, &plane.owner, examples, round, &["--exclude-operation-id-regex", "^sign_out"])?;
        ask(root, &plane, &plane.key, examples, round, &[])?;
        round += 1;
        let answered = plane.answered()?;
        note(&format!("{answered} requests answered so far"));
        if answered >= requests {
            return Ok(());
        }
    }
}

fn ask(root: &Path, plane: &Plane, token: &str, examples: u64, seed: u64, further: &[&str]) -> Result<(), Failure> {
    let document = format!("{}/api/v1/openapi.json", plane.url);
    let (examples, seed) = (examples.to_string(), seed.to_string());
    let configuration = root.join(CONFIGURATION);
    let configuration = configuration.to_string_lossy();
    let mut words = vec!["--no-color", "--config-file", &configuration, "run", &document];
    // One worker: two threads that make up requests at once upset the parser of CPython 3.11.
    words.extend(["-n", &examples, "--seed", &seed, "-w", "1"]);
    words.extend(further);
    // It leaves notes of its own in the folder that it runs in.
    Job::new(program(root, "schemathesis"), &words)
        .within(&folder(root))
        .env("HAMMERED_TOKEN", token)
        .env("NO_PROXY", "127.0.0.1")
        .limit(Duration::from_hours(2))
        .remedy("Mend the server, or its document if that is wrong; the output above says how to ask the same again.")
        .run()
}

/// A plane that runs until this is dropped.
struct Plane {
    child: Child,
    url: String,
    owner: String,
    key: String,
}

impl Plane {
    fn start(root: &Path) -> Result<Self, Failure> {
        let path = root::built(root, false).join("examples").join(format!("hammered{}", std::env::consts::EXE_SUFFIX));
        let mut command = Command::new(&path);
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.map_err(|error| Failure::io(&path, &error))?;
        let mut lines = BufReader::new(child.stdout.take().ok_or_else(silent)?).lines();
        let mut line = || lines.next().and_then(Result::ok).ok_or_else(silent);
        let (url, owner, key) = (line()?, line()?, line()?);
        note(&format!("a plane at {url}"));
        Ok(Self { child, url, owner, key })
    }

    /// How many requests it has answered; a failure if it had a defect.
    fn answered(&self) -> Result<u64, Failure> {
        let (url, header) = (format!("{}/metrics", self.url), format!("Authorization: Bearer {}", self.key));
        let text = process::answer("curl", &["--silent", "--fail", "--noproxy", "*", "--header", &header, &url]);
        let text = text.ok_or_else(|| Failure::new("the plane does not answer any more", "Read the output above."))?;
        let counted = count(&text);
        match counted.defects.as_slice() {
            [] => Ok(counted.answered),
            defects => Err(Failure::new(
                format!("the plane could not answer: {}", defects.join(", ")),
                "Look for these operations in the output above.",
            )),
        }
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        // It ends with its standard input; what does not end then is ended.
        drop(self.child.stdin.take());
        std::thread::sleep(Duration::from_millis(500));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn silent() -> Failure {
    Failure::new("the plane said nothing", "Start it by hand and read what it says: target/debug/examples/hammered")
}

/// What the plane's measurements say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    answered: u64,
    /// The measurements of answers from 500 on.
    defects: Vec<String>,
}

fn count(text: &str) -> Counted {
    let mut counted = Counted::default();
    for line in text.lines().filter(|line| line.starts_with("breakwater_http_requests_total{")) {
        let number = line.rsplit(' ').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
        counted.answered += number;
        if line.contains("status=\"5") && number > 0 {
            counted.defects.push(line.to_owned());
        }
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn answers_are_summed_and_defects_are_named() {
        let list = r#"breakwater_http_requests_total{method="GET",route="/api/v1/runs",status="200"} 7"#;
        let defect = r#"breakwater_http_requests_total{method="GET",route="/api/v1/runs",status="503"} 2"#;
        let counted = count(&format!("# TYPE x counter\n{list}\n{defect}\nbreakwater_runs{{status=\"500\"}} 9\n"));
        assert_eq!((counted.answered, counted.defects), (9, vec![defect.to_owned()]), "only answers count");
    }
}
