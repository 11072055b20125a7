//! The built-in control plane of a data directory in a process of its own.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A control plane of its own process, which the window finds and which a test can stop.
#[derive(Debug)]
pub(crate) struct Plane {
    child: Child,
    /// Where it is reached by those who may not use the socket.
    pub(crate) address: String,
}

impl Plane {
    pub(crate) fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_breakwater"))
            .args(["plane", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .env("HOME", data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the executable starts");
        let mut said = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let mut after = |words: &str| {
            let line = said.next().expect("it says where it is reached").expect("it speaks");
            line.strip_prefix(words).unwrap_or_else(|| panic!("{words}and where, not {line:?}")).to_owned()
        };
        let address = after("listening on ");
        after("socket ");
        Self { child, address }
    }

    /// Asks it to stop as an init system would, and waits until it has.
    pub(crate) fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(asked.success(), "the signal can be sent");
        let status = self.child.wait().expect("the plane can be waited for");
        assert_eq!(status.code(), Some(0), "SIGTERM ends the plane in good order");
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
