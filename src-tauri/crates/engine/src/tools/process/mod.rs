//! Runs one program to its end, whichever end that is: by itself, by an order to stop, or by our own death.
//!
//! The program gets no standard input unless the plan gives it one, only the environment that it is allowed, and a process
//! group of its own. Its output is streamed line by line. Nothing outlives the attempt: what the program leaves behind in
//! its group is ended, and a pipe that somebody still holds is not waited for. Deliberately absent: a shell.

pub(crate) mod capture;
mod group;
pub(crate) mod setting;
#[cfg(test)]
mod tests;

use super::{LogSink, ToolFailure, orphans, redact::Redactor};
use capture::{Kept, Lines, Recorder, trim_tail};
use domain::LogStream;
use group::Group;
use parking_lot::Mutex;
use std::{path::PathBuf, process::ExitStatus, process::Stdio, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// The variable that marks every process of an attempt.
pub(crate) const MARKER: &str = "BREAKWATER_ATTEMPT";
/// How long a program that is told to stop may tidy up.
const GRACE: Duration = Duration::from_secs(2);
/// How long pipes are read on after the program has ended.
const PIPE_GRACE: Duration = Duration::from_secs(1);

/// What to run and how.
#[derive(Debug)]
pub(crate) struct Program {
    /// The program and its arguments; not empty.
    pub(crate) argv: Vec<String>,
    /// Where it runs.
    pub(crate) cwd: Option<PathBuf>,
    /// All of its environment but the marker.
    pub(crate) env: Vec<(String, String)>,
    /// What it reads, if anything.
    pub(crate) stdin: Option<String>,
    /// Value of the marker.
    pub(crate) marker: String,
    /// Most output that is logged, in bytes.
    pub(crate) output_cap: usize,
    /// Whether to keep the standard output whole, up to the same cap.
    pub(crate) capture: bool,
}

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit code, unless a signal ended it.
    pub(crate) exit_code: Option<i32>,
    /// How long it took.
    pub(crate) took: Duration,
    /// What is kept of its output.
    pub(crate) kept: Kept,
}

/// Runs the program until it ends. Told to stop, it ends the whole group and answers with a failure.
pub(crate) async fn run(
    program: Program,
    log: Arc<dyn LogSink>,
    redactor: Redactor,
    cancel: &CancellationToken,
) -> Result<Ended, ToolFailure> {
    let started = tokio::time::Instant::now();
    let mut child = spawn(&program).await?;
    let recorder = Mutex::new(Recorder::new(log, redactor, program.output_cap, program.capture));
    let status = attend(&mut child, &program, &recorder, cancel).await;

    let recorder = recorder.into_inner();
    recorder.state_loss();
    let Some(status) = status else { return Err(ToolFailure::cancelled()) };
    let mut kept = recorder.into_kept();
    trim_tail(&mut kept.stdout_tail);
    Ok(Ended { exit_code: status.code(), took: started.elapsed(), kept })
}

/// Stays with the program until nothing of it is left. Answers `None` if it was told to stop.
async fn attend(
    child: &mut Child,
    program: &Program,
    recorder: &Mutex<Recorder>,
    cancel: &CancellationToken,
) -> Option<ExitStatus> {
    let mut group = Group::led_by(child.id());
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async {
        if let (Some(mut pipe), Some(text)) = (stdin, program.stdin.as_deref()) {
            // A program that does not read all of it breaks the pipe; that is its own affair.
            let _broken_pipe = pipe.write_all(text.as_bytes()).await;
        }
    };
    let pumps = async {
        tokio::join!(feed, pump(stdout, LogStream::Stdout, recorder), pump(stderr, LogStream::Stderr, recorder));
    };
    tokio::pin!(pumps);

    let mut drained = false;
    let status = loop {
        tokio::select! {
            biased;
            () = cancel.cancelled() => break None,
            status = child.wait() => break status.ok(),
            () = &mut pumps, if !drained => drained = true,
        }
    };
    if status.is_none() {
        recorder.lock().system("Told to stop: ending the process group.");
        group.terminate();
        let all_ended = async {
            if !drained {
                pumps.as_mut().await;
                drained = true;
            }
            child.wait().await
        };
        if timeout(GRACE, all_ended).await.is_err() {
            recorder.lock().system("It did not end within 2 s and is killed.");
        }
    } else if !drained {
        drained = timeout(PIPE_GRACE, pumps.as_mut()).await.is_ok();
    }

    let leftovers = group.kill();
    let _reaped = child.start_kill();
    let _status = child.wait().await;
    group.release();
    if status.is_some() && leftovers {
        recorder.lock().system(LEFT_BEHIND);
    }
    if !drained {
        let _rest = timeout(PIPE_GRACE, pumps.as_mut()).await;
    }
    // Descendants that left the group on purpose still carry the marker. Nobody would read what they print, and the next
    // start would end them anyway, at a moment that nobody could explain.
    if orphans::kill_attempt(&program.marker).await > 0 && status.is_some() && !leftovers {
        recorder.lock().system(LEFT_BEHIND);
    }
    status
}

const LEFT_BEHIND: &str = "Processes that the program left behind were ended.";

async fn spawn(program: &Program) -> Result<Child, ToolFailure> {
    if let Some(cwd) = &program.cwd
        && !tokio::fs::metadata(cwd).await.is_ok_and(|found| found.is_dir())
    {
        let message = format!("The folder {} does not exist on this machine.", cwd.display());
        return Err(not_started(message, "Correct cwd in the inputs of the step."));
    }
    let (name, arguments) = program.argv.split_first().ok_or_else(|| {
        not_started("There is no program to start.".to_owned(), "Name the program as the first element of argv.")
    })?;
    let mut command = Command::new(name);
    command.args(arguments).env_clear().envs(program.env.iter().map(|(name, value)| (name, value)));
    command.env(MARKER, &program.marker);
    command.stdin(if program.stdin.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    if let Some(cwd) = &program.cwd {
        command.current_dir(cwd);
    }
    #[cfg(unix)]
    command.process_group(0);
    command.spawn().map_err(|error| explain(&error, name, &program.env))
}

fn explain(error: &std::io::Error, name: &str, env: &[(String, String)]) -> ToolFailure {
    let name = super::clip(name, 200);
    match error.kind() {
        std::io::ErrorKind::NotFound if env.iter().any(|(name, _)| name == "PATH") => {
            not_started(format!("The command {name} was not found."), "Install it, or write its full path.")
        }
        std::io::ErrorKind::NotFound => not_started(
            format!("The command {name} was not found."),
            "The step is given no PATH: write the full path of the command, or add PATH to env_allow.",
        ),
        std::io::ErrorKind::PermissionDenied => {
            not_started(format!("The file {name} may not be executed."), "Make it executable, or name another command.")
        }
        std::io::ErrorKind::ArgumentListTooLong => not_started(
            format!("The arguments and environment of {name} are too long for this system."),
            "Hand large texts over as stdin.",
        ),
        _ => not_started(
            format!("The command {name} could not be started: {error}."),
            "Start it by hand on this machine to see why.",
        ),
    }
}

fn not_started(message: String, remedy: &str) -> ToolFailure {
    ToolFailure::permanent("not_started", message).remedy(remedy)
}

async fn pump(pipe: Option<impl AsyncRead + Unpin>, stream: LogStream, recorder: &Mutex<Recorder>) {
    let Some(mut pipe) = pipe else { return };
    let (mut lines, mut buffer) = (Lines::default(), vec![0; 16 * 1024]);
    while let Ok(read @ 1..) = pipe.read(&mut buffer).await {
        let mut recorder = recorder.lock();
        lines.push(&buffer[..read], |line, printed| recorder.line(stream, line, printed));
    }
    let mut recorder = recorder.lock();
    lines.finish(|line, printed| recorder.line(stream, line, printed));
}
