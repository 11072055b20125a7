//! The process that is killed.

use client_breakwater::{BreakwaterClient, Limits};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

/// A `breakwater plane` of one life, and a client of it.
#[derive(Debug)]
pub(crate) struct Plane {
    child: Child,
    pub(crate) client: Arc<BreakwaterClient>,
}

impl Plane {
    /// Starts one over `data` and waits until it listens.
    pub(crate) async fn start(data: &Path) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_breakwater"))
            .args(["plane", "--slots", "6", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .env("HOME", data)
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the executable starts");
        let child = tokio::task::spawn_blocking(move || {
            let mut child = child;
            let mut line = String::new();
            let stdout = child.stdout.take().expect("stdout is piped");
            BufReader::new(stdout).read_line(&mut line).expect("its output can be read");
            assert!(line.contains("127.0.0.1:"), "it starts again after a kill and prints its address, got {line:?}");
            child
        })
        .await
        .expect("waiting for a line does not panic");
        let client = BreakwaterClient::unix(data.join("plane.sock"), Limits::default()).expect("a client can be made");
        Self { child, client: Arc::new(client) }
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("SIGKILL can be sent");
        self.child.wait().expect("it can be waited for");
    }

    /// Ends it as an init system would.
    pub(crate) fn stop(&mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(asked.success(), "the signal can be sent");
        assert_eq!(self.child.wait().expect("it can be waited for").code(), Some(0), "SIGTERM ends it in good order");
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
