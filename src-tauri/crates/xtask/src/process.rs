//! Runs one program in the open: its output is on the terminal, its time is bounded, and its failure says what to do.

use crate::{failure::Failure, headline, watchdog};
use std::{
    env,
    ffi::OsStr,
    io::{BufRead as _, BufReader, Read, Write as _},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long output is waited for after the program itself has ended: something that it left behind may hold the pipe.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// One program to be run.
#[derive(Debug)]
pub(crate) struct Job {
    command: Command,
    limit: Duration,
    remedy: String,
}

impl Job {
    /// A program with a limit of an hour and a general remedy.
    pub(crate) fn new(program: impl AsRef<OsStr>, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments);
        // `cargo run` describes the package of this very program in the environment. Build scripts that look at such
        // variables would be run again each time somebody calls cargo by hand in between.
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(describes_package)) {
            command.env_remove(name);
        }
        Self { command, limit: Duration::from_hours(1), remedy: "Read the output above.".to_owned() }
    }

    /// Runs it in this folder.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Gives it one more environment variable.
    pub(crate) fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Stops it, and all that it started, after this time.
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// What to do when it fails.
    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }

    /// Runs it on this terminal, so that its own progress is seen.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        let words = self.announce();
        let mut child = self.command.spawn().map_err(|error| not_started(&words, &error))?;
        let status = wait(&mut child, self.limit)
            .map_err(|trouble| Failure::new(format!("`{words}` {trouble}"), &self.remedy))?;
        judge(&words, status, &self.remedy)
    }

    /// Runs it while each line of its output is shown and also given to `watch`.
    pub(crate) fn run_watched(mut self, mut watch: impl FnMut(&str)) -> Result<(), Failure> {
        let words = self.announce();
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
        let mut child = self.command.spawn().map_err(|error| not_started(&words, &error))?;
        let (lines, shown) = mpsc::channel();
        forward(child.stdout.take(), lines.clone());
        forward(child.stderr.take(), lines);
        let limit = self.limit;
        let (ended, end) = mpsc::channel();
        thread::spawn(move || ended.send(wait(&mut child, limit)));
        let mut outcome = None;
        let mut last_words = None;
        loop {
            match shown.recv_timeout(Duration::from_millis(100)) {
                Ok(line) => {
                    println!("{line}");
                    watch(&line);
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if outcome.is_none() {
                        outcome = end.try_recv().ok();
                        last_words = outcome.as_ref().map(|_| Instant::now() + LAST_WORDS);
                    }
                    if last_words.is_some_and(|until| Instant::now() > until) {
                        break;
                    }
                }
            }
        }
        let outcome = match outcome {
            Some(outcome) => outcome,
            None => end.recv().map_err(|_| Failure::new(format!("`{words}` was lost"), &self.remedy))?,
        };
        let status = outcome.map_err(|trouble| Failure::new(format!("`{words}` {trouble}"), &self.remedy))?;
        judge(&words, status, &self.remedy)
    }

    fn announce(&self) -> String {
        let mut words = self.command.get_program().to_string_lossy().into_owned();
        for argument in self.command.get_args() {
            words.push(' ');
            words.push_str(&argument.to_string_lossy());
        }
        headline::note(&format!("$ {words}"));
        let _ = std::io::stdout().flush();
        words
    }
}

/// Whether a program answers to these arguments with success, silently.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let silent =
        Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    silent.is_ok_and(|status| status.success())
}

/// What a program prints, if it succeeds.
pub(crate) fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program of this name is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn describes_package(variable: &str) -> bool {
    let further = ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_MANIFEST_LINKS", "CARGO_PRIMARY_PACKAGE"];
    let names = ["CARGO_CRATE_NAME", "CARGO_BIN_NAME"];
    variable.starts_with("CARGO_PKG_") || further.contains(&variable) || names.contains(&variable)
}

fn not_started(words: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{words}` could not be started: {error}"), "Install that program, or put it on the PATH.")
}

fn judge(words: &str, status: ExitStatus, remedy: &str) -> Result<(), Failure> {
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{words}` ended with {status}"), remedy)) }
}

fn wait(child: &mut Child, limit: Duration) -> Result<ExitStatus, String> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(status);
        }
        if started.elapsed() > limit {
            watchdog::stop_tree(child);
            return Err(format!("was stopped: it took longer than {}", headline::duration(limit)));
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn forward(from: Option<impl Read + Send + 'static>, to: mpsc::Sender<String>) {
    let Some(from) = from else { return };
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
            if to.send(text).is_err() {
                return;
            }
            line.clear();
        }
    });
}

#[cfg(all(test, unix))]
mod tests {
    use super::Job;
    use std::time::{Duration, Instant};

    #[test]
    fn a_program_over_its_limit_is_stopped_with_all_that_it_started() {
        let started = Instant::now();
        let failure = Job::new("sh", &["-c", "sleep 600 & sleep 600"])
            .limit(Duration::from_millis(200))
            .remedy("wait less")
            .run_watched(|_| ())
            .expect_err("a sleep of ten minutes is over the limit");
        assert!(started.elapsed() < Duration::from_mins(1), "the limit ends it, not the sleep");
        assert_eq!(failure.remedy(), "wait less", "the failure says what to do");
    }

    #[test]
    fn lines_of_both_streams_are_seen() {
        let mut seen = Vec::new();
        let job = Job::new("sh", &["-c", "echo out; echo err >&2"]);
        job.run_watched(|line| seen.push(line.to_owned())).expect("echo succeeds");
        seen.sort();
        assert_eq!(seen, ["err", "out"], "both streams are watched");
    }
}
