//! A `breakwater plane` process over a temporary data directory.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

/// The executable under test.
pub(crate) const EXECUTABLE: &str = env!("CARGO_BIN_EXE_breakwater");

/// A running plane. Its data directory outlives it as long as anybody holds [`Plane::data`].
#[derive(Debug)]
pub(crate) struct Plane {
    child: Child,
    data: Arc<tempfile::TempDir>,
}

impl Plane {
    /// Starts one and waits until it says where it listens.
    pub(crate) fn start() -> Self {
        Self::over(Arc::new(tempfile::tempdir().expect("a temporary directory can be made")))
    }

    /// The same over a data directory that is there.
    pub(crate) fn over(data: Arc<tempfile::TempDir>) -> Self {
        let mut child = command(data.path(), &["plane", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the executable starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout is piped"))
            .read_line(&mut line)
            .expect("its output can be read");
        assert!(line.contains("127.0.0.1:"), "the first line is the address, got {line:?}");
        Self { child, data }
    }

    /// Its data directory.
    pub(crate) fn data(&self) -> Arc<tempfile::TempDir> {
        Arc::clone(&self.data)
    }

    /// Asks it to stop as an init system would, and waits until it has.
    pub(crate) fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(asked.success(), "the signal can be sent");
        let status = self.child.wait().expect("the plane can be waited for");
        assert_eq!(status.code(), Some(0), "SIGTERM ends the plane in good order");
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the signal can be sent");
        self.child.wait().expect("the plane can be waited for");
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The executable with a data directory and an environment of its own.
pub(crate) fn command(data: &Path, arguments: &[&str]) -> Command {
    let home: PathBuf = data.join("home");
    let mut command = Command::new(EXECUTABLE);
    command
        .args(arguments)
        .arg("--data-dir")
        .arg(data)
        .env("HOME", home)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .stdin(Stdio::null());
    command
}
