//! A drill in the terminal, on a machine whose environment would lead every request to a proxy: nothing goes there, and
//! Ctrl-C ends it with its account and without a trace.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader, ErrorKind},
    net::TcpListener,
    process::{Command, Stdio},
};

/// States of a TCP socket without anybody at its other end.
const LISTENS: &str = "0A";

pub(crate) fn tell() {
    let folder = tempfile::tempdir().expect("a folder");
    let proxy = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    proxy.set_nonblocking(true).expect("it can be asked without waiting");
    let trap = format!("http://{}", proxy.local_addr().expect("it is bound"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_breakwater"));
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(variable, &trap);
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    command.args(["drill", "run", "overloaded", "--output", "ndjson", "--data-dir"]).arg(folder.path());
    let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it starts");
    let pid = Pid::from_child(&process);

    let mut lines = BufReader::new(process.stdout.take().expect("it speaks")).lines().map(|line| line.expect("a line"));
    let symptom = lines.find(|line| line.contains("the first attempt failed"));
    assert!(symptom.is_some(), "the provider fails as its script says");
    assert_eq!(elsewhere(process.id()), BTreeSet::new(), "no socket leads to another machine");
    kill_process(pid, Signal::INT).expect("it can be interrupted");
    let last = lines.last().expect("it says what it came to");
    assert!(process.wait().expect("it ends").success(), "Ctrl-C is the way to end a drill");

    let drill: Value = serde_json::from_str(&last).expect("it is a document");
    let requests = drill["proof"]["requests"].as_array().expect("requests are listed");
    let answered = requests.iter().filter(|request| request["fault"].is_null()).count();
    assert!(answered > 0 && answered < requests.len(), "the providers were reached, well and ill: {last}");
    assert_eq!(drill["ended_by"], "operator", "it says what ended it");
    let nobody = proxy.accept().expect_err("nobody came to the proxy");
    assert_eq!(nobody.kind(), ErrorKind::WouldBlock, "nothing was sent where the environment leads");
    assert!(!folder.path().join("drill").exists(), "nothing is left behind");
}

/// Addresses of other machines that sockets of this process lead to.
fn elsewhere(process: u32) -> BTreeSet<String> {
    let descriptors = fs::read_dir(format!("/proc/{process}/fd")).expect("its files are listed");
    let links = descriptors.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    let sockets: BTreeSet<String> =
        links.filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())).collect();
    let mut found = BTreeSet::new();
    for table in ["tcp", "tcp6"] {
        let text = fs::read_to_string(format!("/proc/{process}/net/{table}")).unwrap_or_default();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [_, _, remote, state, _, _, _, _, _, socket, ..] = fields.as_slice() else { continue };
            // Written byte by byte in the order of the machine, so 127.0.0.1 ends in 7F.
            let (address, _) = remote.split_once(':').unwrap_or((remote, ""));
            if *state != LISTENS && sockets.contains(*socket) && !address.ends_with("7F") {
                found.insert((*remote).to_owned());
            }
        }
    }
    found
}
