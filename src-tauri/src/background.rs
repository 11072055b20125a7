//! Starts the built-in control plane in the background when a terminal verb acts and nobody runs it.

use crate::{data_dir::DataDir, plane::HANDOVER, socket, start_error::StartError};
use std::{
    env, fs, io,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How long it may take until it answers, also when the one before it is just ending.
const PATIENCE: Duration = Duration::from_secs(HANDOVER.as_secs() + 5);
/// What it says when another process has the engine.
const IN_USE: &str = "in use by another";
/// Between the end of one that was too early and the next.
const AGAIN: Duration = Duration::from_millis(500);
/// Between two looks.
const BEAT: Duration = Duration::from_millis(20);
/// How long it stays with nothing to do, in seconds.
pub(crate) const IDLE_EXIT: &str = "60";

/// Starts it and waits until it answers. It holds none of our pipes and outlives us.
pub(crate) async fn start(dir: &DataDir) -> Result<(), StartError> {
    let log = dir.logs().join("plane-start.log");
    let failed = |detail: String| StartError::Background { detail, log: log.clone() };
    let mut child = spawn(dir, &log).map_err(|error| failed(error.to_string()))?;
    let socket = dir.socket();
    let until = Instant::now() + PATIENCE;
    while !socket::is_served(&socket).await {
        if let Ok(Some(status)) = child.try_wait() {
            let said = fs::read_to_string(&log).unwrap_or_default();
            let last = said.lines().rfind(|line| line.starts_with("error")).unwrap_or("it says nothing");
            if !said.contains(IN_USE) || Instant::now() > until {
                return Err(failed(format!("it ended with {status}: {last}")));
            }
            // Two terminals may start one at the same time, and then the other one serves. Or the one before is ending,
            // and then this one was too early.
            sleep(AGAIN).await;
            if socket::is_served(&socket).await {
                return Ok(());
            }
            child = spawn(dir, &log).map_err(|error| failed(error.to_string()))?;
        }
        if Instant::now() > until {
            return Err(failed("it does not answer in time".to_owned()));
        }
        sleep(BEAT).await;
    }
    Ok(())
}

/// Starts the process. It holds none of our pipes.
fn spawn(dir: &DataDir, log: &Path) -> io::Result<Child> {
    dir.make_logs()?;
    let file = fs::File::create(log)?;
    Command::new(env::current_exe()?)
        .args(["plane", "--detached", "--idle-exit", IDLE_EXIT, "--data-dir"])
        .arg(dir.path())
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(file)
        .spawn()
}
