//! What scripts rely on: exit codes, errors as JSON, pipes that end early, and the control plane that a terminal verb
//! starts in the background. Every test runs the real executable over a data directory of its own.

#![expect(clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

use serde_json::Value;
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

const GOOD: &str = r#"{"goal": "greet", "steps": [{"name": "hello", "tool": "echo", "inputs": {"value": "hi"}}]}"#;
const BAD: &str = r#"{"goal": "fail", "steps": [{"name": "break", "tool": "shell", "inputs": {"argv": ["false"]}}]}"#;

/// A data directory and whatever runs over it, ended with the test.
struct House {
    data: tempfile::TempDir,
    plane: Option<Child>,
}

impl House {
    fn empty() -> Self {
        Self { data: tempfile::tempdir().expect("a folder"), plane: None }
    }

    /// With a control plane that listens.
    fn with_plane() -> Self {
        let mut house = Self::empty();
        let mut child = house.command(&["plane"]).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout is piped")).read_line(&mut line).expect("it speaks");
        assert!(line.starts_with("socket "), "without --listen the first line names the socket: {line:?}");
        house.plane = Some(child);
        house
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_breakwater"));
        command.args(arguments).arg("--data-dir").arg(self.data.path());
        command.env("HOME", self.data.path()).env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("DISPLAY");
        command.env_remove("WAYLAND_DISPLAY").env_remove("BREAKWATER_LOG").stdin(Stdio::null());
        command
    }

    fn say(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it starts")
    }

    fn plan(&self, text: &str) -> String {
        let file = self.data.path().join("plan.json");
        fs::write(&file, text).expect("the plan can be written");
        file.to_str().expect("temporary paths are UTF-8").to_owned()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(plane) = &mut self.plane {
            let _ = plane.kill();
            let _ = plane.wait();
        }
        for pid in planes_over(self.data.path()) {
            let _ = Command::new("kill").arg(pid.to_string()).status();
        }
    }
}

/// Processes of `breakwater plane` over this data directory.
fn planes_over(data: &Path) -> Vec<u32> {
    let data = data.to_str().expect("temporary paths are UTF-8");
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| {
            let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let words = String::from_utf8_lossy(&words).into_owned();
            words.contains("\0plane\0") && words.contains(data)
        })
        .collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("it ends by itself, not with {}", output.status))
}

#[test]
fn exit_codes_say_what_happened() {
    let house = House::with_plane();
    let (good, nonsense) = (house.plan(GOOD), ["runs", "frobnicate"]);
    assert_eq!(code(&house.say(&["runs", "create", "-f", &good, "--watch"])), 0, "the run succeeds");
    assert_eq!(code(&house.say(&nonsense)), 2, "there is no such verb");
    assert_eq!(code(&house.say(&["runs", "show", "run_none"])), 3, "there is no such run");
    let bad = house.plan(BAD);
    assert_eq!(code(&house.say(&["runs", "create", "-f", &bad, "--watch"])), 6, "the run fails");
    let empty = house.plan("{}");
    let refused = house.say(&["runs", "create", "-f", &empty]);
    assert_eq!(code(&refused), 4, "an empty object is no plan");
    assert!(text(&refused.stderr).contains("steps"), "the fault is named: {}", text(&refused.stderr));
    assert_eq!(code(&house.say(&["runs", "create", "-f", &good, "--offline"])), 5, "offline nothing can be started");
    assert_eq!(code(&house.say(&["readiness", "--fail-under", "0"])), 0, "any score is at least 0");
    let ready: Value =
        serde_json::from_slice(&house.say(&["readiness", "-o", "json"]).stdout).expect("readiness is JSON");
    let score = ready["score"].as_u64().expect("the score is a number");
    if score < 100 {
        let bound = (score + 1).to_string();
        assert_eq!(
            code(&house.say(&["readiness", "--fail-under", &bound])),
            7,
            "one more than the score is not reached"
        );
    }
    assert_eq!(code(&house.say(&["plane"])), 4, "the data directory has a control plane already");
    assert_eq!(code(&house.say(&[])), 4, "without a display no window can open");
}

#[test]
fn errors_are_json_where_json_was_asked_for() {
    let house = House::with_plane();
    let output = house.say(&["runs", "show", "run_none", "-o", "json"]);
    assert!(output.stdout.is_empty(), "an error is no answer");
    let error: Value = serde_json::from_slice(&output.stderr).expect("the error is one JSON document");
    assert_eq!(error["code"], "not_found", "it has a stable code");
    assert!(error["correlationId"].is_string(), "and can be found in the log");
    let faulty = house.plan(r#"{"goal": "x", "steps": [{"name": "a", "tool": "none"}]}"#);
    let output = house.say(&["runs", "create", "-f", &faulty, "-o", "json"]);
    let error: Value = serde_json::from_slice(&output.stderr).expect("the error is one JSON document");
    assert_eq!(error["faults"][0]["path"], "steps[0].tool", "each fault has its path");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let house = House::with_plane();
    let good = house.plan(GOOD);
    for _ in 0..3 {
        assert_eq!(code(&house.say(&["runs", "create", "-f", &good])), 0, "a run is started");
    }
    let mut child = house
        .command(&["runs", "ls", "-o", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().expect("stderr is piped").read_to_string(&mut said).expect("stderr is text");
    assert_eq!(child.wait().expect("it ends").code(), Some(0), "as with `| head`");
    assert!(said.is_empty(), "quietly: {said}");
}

#[test]
fn what_a_plan_says_does_not_reach_the_terminal_unfiltered() {
    let house = House::with_plane();
    let hostile = "{\"goal\": \"x\", \"steps\": [{\"name\": \"a\", \"tool\": \"shell\", \
                   \"inputs\": {\"argv\": [\"printf\", \"\\\\033]0;owned\\\\007\\\\033[2J\"]}}]}";
    let output = house.say(&["runs", "create", "-f", &house.plan(hostile), "--watch"]);
    assert_eq!(code(&output), 0, "the run succeeds: {}", text(&output.stderr));
    assert!(text(&output.stdout).contains("owned"), "what was printed is shown");
    let active = |byte: &u8| byte.is_ascii_control() && *byte != b'\n';
    assert!(!output.stdout.iter().any(active), "but nothing that a terminal acts on: {:?}", text(&output.stdout));
}

#[test]
fn an_act_starts_one_plane_in_the_background_and_holds_no_pipe() {
    let house = House::empty();
    let good = house.plan(GOOD);
    assert_eq!(code(&house.say(&["runs", "ls"])), 0, "reading needs no control plane");
    assert!(planes_over(house.data.path()).is_empty(), "and starts none");
    let started = Instant::now();
    // Two at the same time: `output` waits until nobody holds the pipes any more.
    let both: Vec<_> = std::thread::scope(|scope| {
        let acts: Vec<_> =
            (0..2).map(|_| scope.spawn(|| house.say(&["runs", "create", "-f", &good, "-o", "json"]))).collect();
        acts.into_iter().map(|act| act.join().expect("no act panics")).collect()
    });
    for output in &both {
        assert_eq!(code(output), 0, "each act is carried out: {}", text(&output.stderr));
    }
    assert!(started.elapsed() < Duration::from_secs(50), "the plane goes on, yet nobody waits for it");
    let until = Instant::now() + Duration::from_secs(20);
    while planes_over(house.data.path()).len() > 1 && Instant::now() < until {
        std::thread::yield_now();
    }
    assert_eq!(planes_over(house.data.path()).len(), 1, "one process owns the data directory");
    let listed = house.say(&["runs", "ls", "-o", "json"]);
    let runs: Value = serde_json::from_slice(&listed.stdout).expect("runs are JSON");
    assert_eq!(runs["items"].as_array().map(Vec::len), Some(2), "both runs are there");
}

#[test]
fn a_data_directory_with_a_long_path_works_too() {
    let house = House::empty();
    let long = house.data.path().join("x".repeat(150));
    let deep = House { data: tempfile::Builder::new().tempdir_in(make(&long)).expect("a folder"), plane: None };
    let output = deep.say(&["runs", "create", "-f", &deep.plan(GOOD), "--watch"]);
    assert_eq!(code(&output), 0, "the socket is elsewhere, and both sides find it: {}", text(&output.stderr));
}

fn make(folder: &Path) -> &Path {
    fs::create_dir_all(folder).expect("a folder");
    folder
}

#[test]
fn tokens_are_made_with_and_without_a_running_plane() {
    let mut house = House::empty();
    let alone = text(&house.say(&["token", "create", "ci"]).stdout);
    assert!(alone.trim().starts_with("bw_"), "the secret alone is on standard output: {alone:?}");
    let mut child =
        house.command(&["plane", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("stdout is piped")).read_line(&mut line).expect("it speaks");
    house.plane = Some(child);
    let address = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line:?} is an address"));
    let through = text(&house.say(&["token", "create", "deploy"]).stdout);
    for (token, status) in [(alone.trim(), "200"), (through.trim(), "200"), ("bw_guess", "401")] {
        let mut stream = std::net::TcpStream::connect(address).expect("it listens");
        let request = format!(
            "GET /api/v1/runs HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("the request is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the answer is text");
        assert_eq!(answer.split(' ').nth(1), Some(status), "a valid token opens TCP, a guessed one does not");
    }
    let listed = house.say(&["token", "ls", "-o", "ndjson"]);
    assert_eq!(text(&listed.stdout).lines().count(), 2, "both are listed");
    assert!(!text(&listed.stdout).contains(alone.trim()), "without their secrets");
}
