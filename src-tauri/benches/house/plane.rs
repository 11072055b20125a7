//! A real control plane process over a fresh data directory.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A `breakwater plane` that listens on loopback; killed when dropped.
#[derive(Debug)]
pub(crate) struct Plane {
    child: Child,
    /// `127.0.0.1:port`.
    pub(crate) address: String,
    /// A token that it accepts.
    pub(crate) token: String,
    /// Its data directory; removed at the end.
    pub(crate) data: tempfile::TempDir,
}

/// The executable under measurement.
pub(crate) const EXECUTABLE: &str = env!("CARGO_BIN_EXE_breakwater");

impl Plane {
    /// Starts one and waits until it says where it listens.
    pub(crate) fn start(slots: usize) -> Self {
        let data = tempfile::tempdir().expect("a temporary directory can be made");
        let mut child = Command::new(EXECUTABLE)
            .args(["plane", "--listen", "127.0.0.1:0", "--slots", &slots.to_string(), "--data-dir"])
            .arg(data.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the executable starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout is piped"))
            .read_line(&mut line)
            .expect("it prints its address");
        let address = line.trim().rsplit("http://").next().unwrap_or_default().to_owned();
        let token = token(data.path());
        Self { child, address, token, data }
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn token(data: &Path) -> String {
    let output = Command::new(EXECUTABLE)
        .args(["token", "create", "bench", "-o", "json", "--data-dir"])
        .arg(data)
        .output()
        .expect("the executable starts");
    let reply: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the reply is JSON");
    reply["secret"].as_str().expect("the reply holds the secret").to_owned()
}

/// Processor time of one process so far, in milliseconds (user and system).
pub(crate) fn cpu_ms(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = [11, 12].iter().filter_map(|&index| fields.get(index)?.parse::<f64>().ok()).sum();
    ticks * 10.0
}

/// Proportional set size of a process and all that descend from it, in MiB.
pub(crate) fn tree_memory_mib(pid: u32) -> f64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let own = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next()?.parse::<f64>().ok())
        .unwrap_or(0.0);
    own / 1024.0 + children(pid).into_iter().map(tree_memory_mib).sum::<f64>()
}

/// Processes that were started by any thread of this one.
fn children(pid: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    threads
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|text| text.split_whitespace().filter_map(|child| child.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// The process below this one that runs the executable under measurement.
pub(crate) fn executable_below(pid: u32) -> Option<u32> {
    let runs_it =
        |pid: &u32| std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe.as_os_str() == EXECUTABLE);
    children(pid).into_iter().find_map(|child| Some(child).filter(runs_it).or_else(|| executable_below(child)))
}
