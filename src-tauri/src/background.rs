//! Starts the built-in control plane in the background when a terminal verb acts and nobody runs it.

use crate::{data_dir::DataDir, socket, start_error::StartError};
use std::{
    env, fs,
    process::{Command, Stdio},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How long it may take until it answers.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks.
const BEAT: Duration = Duration::from_millis(20);
/// How long it stays with nothing to do, in seconds.
pub(crate) const IDLE_EXIT: &str = "60";

/// Starts it and waits until it answers. It holds none of our pipes and outlives us.
pub(crate) async fn start(dir: &DataDir) -> Result<(), StartError> {
    let log = dir.logs().join("plane-start.log");
    let failed = |detail: String| StartError::Background { detail, log: log.clone() };
    let file = dir.make_logs().and_then(|_| fs::File::create(&log));
    let file = file.map_err(|error| failed(error.to_string()))?;
    let executable = env::current_exe().map_err(|error| failed(error.to_string()))?;
    let mut child = Command::new(executable)
        .args(["plane", "--detached", "--idle-exit", IDLE_EXIT, "--data-dir"])
        .arg(dir.path())
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(file)
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let socket = dir.socket();
    let until = Instant::now() + PATIENCE;
    while !socket::is_served(&socket).await {
        if let Ok(Some(status)) = child.try_wait() {
            // Two terminals may start one at the same time; the one that lost leaves, and the other one serves.
            if socket::is_served(&socket).await {
                return Ok(());
            }
            let said = fs::read_to_string(&log).unwrap_or_default();
            let last = said.lines().rfind(|line| line.starts_with("error")).unwrap_or("it says nothing");
            if !said.contains("in use by another") || Instant::now() > until {
                return Err(failed(format!("it ended with {status}: {last}")));
            }
        }
        if Instant::now() > until {
            return Err(failed("it does not answer in time".to_owned()));
        }
        sleep(BEAT).await;
    }
    Ok(())
}
