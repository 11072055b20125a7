//! What scripts rely on: exit codes, errors as JSON, pipes that end early, and the control plane that a terminal verb
//! starts in the background, and the settings of that. Every test runs the real executable over a data directory of its own.

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

    /// Starts a control plane that listens by TCP, and answers its address.
    fn listen(&mut self, command: &mut Command) -> String {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout is piped")).read_line(&mut line).expect("it speaks");
        self.plane = Some(child);
        let address = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line:?} is an address"));
        address.to_owned()
    }

    fn settings(&self, text: &str) {
        fs::write(self.data.path().join("plane.toml"), text).expect("the settings can be written");
    }

    /// Everything that was written down about what happened.
    fn logs(&self) -> String {
        let files = fs::read_dir(self.data.path().join("logs")).expect("there are logs").flatten();
        files.map(|file| fs::read_to_string(file.path()).expect("a log is text")).collect()
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
    // The score moves with what has happened between two rounds, but a plane that was never backed up is never perfect.
    assert!(score < 100, "no backup was ever made: {ready}");
    assert_eq!(code(&house.say(&["readiness", "--fail-under", "100"])), 7, "a score that is not reached");
    let junit = house.say(&["readiness", "--check", "console.disk", "--fail-under", "100", "-o", "junit"]);
    let said = text(&junit.stdout);
    assert!(said.starts_with("<?xml ") && said.trim_end().ends_with("</testsuites>"), "the document is whole: {said}");
    assert_eq!(code(&junit), if said.contains("<property name=\"score\" value=\"100\"/>") { 0 } else { 7 }, "{said}");
    let table = text(&house.say(&["readiness", "-o", "markdown"]).stdout);
    assert!(table.contains("| Result | Check |"), "points in a table: {table}");
    assert_eq!(code(&house.say(&["runs", "ls", "-o", "junit"])), 2, "a run is no test");
    let file = house.data.path().join("report.html");
    let file = file.to_str().expect("the path is text");
    assert_eq!(code(&house.say(&["readiness", "report", "--out", file])), 0, "it is written");
    assert_eq!(code(&house.say(&["readiness", "report", "--out", file])), 4, "and not replaced unasked");
    assert_eq!(code(&house.say(&["readiness", "report", "--out", file, "--force"])), 0, "but when it is asked for");
    let page = std::fs::read_to_string(file).expect("the report is there");
    assert!(page.contains("console.disk") && !page.contains("<script"), "evidence and no scripts");
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
    let mut command = house.command(&["plane", "--listen", "127.0.0.1:0"]);
    let url = house.listen(&mut command);
    let address = url.strip_prefix("http://").expect("without TLS it is plain");
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

#[test]
fn settings_are_judged_together_and_nothing_starts() {
    const CANARY: &str = "canary-4f1d-hunter2";
    let house = House::empty();
    house.settings("[limits]\nmax_streams = 64\n");
    let good = house.say(&["plane", "--check"]);
    assert_eq!((code(&good), text(&good.stdout).trim()), (0, "the settings are in order"), "nothing is wrong");

    house.settings(&format!(
        "[listen]\naddress = \"0.0.0.0:1\"\ntls_kye = \"{CANARY}\"\n[limits]\nmax_streams = \"{CANARY}\"\n\
         [billing.stripe]\nsecret_key = \"{CANARY}\"\nwebhook_secret = {{ env = \"{CANARY}\" }}\n\
         success_url = \"https://app.example.org\"\ncancel_url = \"https://{CANARY}@app.example.org\"\n"
    ));
    let with = |words: &[&str]| {
        let mut command = house.command(words);
        command.env("OPENAI_BASE_URL", CANARY).env("BREAKWATER_LOG", format!("engine={CANARY}"));
        command.output().expect("it starts")
    };
    let places = [
        "env.BREAKWATER_LOG",
        "env.OPENAI_BASE_URL",
        "listen.address",
        "listen.tls_kye",
        "limits.max_streams",
        "billing.stripe.secret_key",
        "billing.stripe.webhook_secret",
        "billing.stripe.cancel_url",
    ];
    let check = with(&["plane", "--check"]);
    let lines = text(&check.stderr);
    assert_eq!(lines.lines().filter(|line| line.starts_with("  - ")).count(), places.len(), "a line for each: {lines}");
    assert!(places.iter().all(|place| lines.contains(&format!("  - {place}: "))), "with its place: {lines}");
    let json = with(&["plane", "--check", "-o", "json"]);
    let error: Value = serde_json::from_slice(&json.stderr).expect("the error is one JSON document");
    assert_eq!(error["code"], "invalid", "it has a stable code");
    assert_eq!(error["faults"].as_array().map(Vec::len), Some(places.len()), "and every fault: {error}");
    let start = with(&["plane"]);
    let good = house.plan(GOOD);
    let act = with(&["runs", "create", "-f", &good]);
    for (what, output) in [("check", &check), ("json", &json), ("start", &start), ("act", &act)] {
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(!said.contains(CANARY), "{what} repeats nothing: {said}");
        assert_eq!(code(output), if what == "act" { 5 } else { 4 }, "{what} is refused: {said}");
    }
    assert!(!house.logs().contains(CANARY), "nor does the log");
    for file in ["engine.db", "plane.sock"] {
        assert!(!house.data.path().join(file).exists(), "nothing was started: {file}");
    }
}

#[test]
fn plain_http_for_other_machines_is_refused() {
    let house = House::empty();
    let everywhere = ["plane", "--listen", "0.0.0.0:0", "--allow-network"];
    let refused = house.say(&everywhere);
    assert_eq!(code(&refused), 4, "tokens would be readable on the way");
    assert!(
        text(&refused.stderr).contains("listen.tls_certificate"),
        "the way out is named: {}",
        text(&refused.stderr)
    );
    let slip = house.say(&["plane", "--listen", "0.0.0.0:0", "--check"]);
    assert_eq!(text(&slip.stderr).matches("  - --listen: ").count(), 2, "nor is it opened by a slip");
    house.settings("listen.trusted_proxies = 1");
    assert_eq!(code(&house.say(&[&everywhere[..], &["--check"]].concat())), 0, "behind a proxy it is in order");
}

#[test]
fn the_plane_listens_by_tls_as_its_settings_say() {
    let mut house = House::empty();
    let mut params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters");
    params.not_after = rcgen::date_time_ymd(2120, 1, 1);
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("a certificate").pem();
    fs::write(house.data.path().join("plane.pem"), &certificate).expect("a file");
    fs::write(house.data.path().join("plane.key"), key.serialize_pem()).expect("a file");
    house.settings("[listen]\naddress = \"127.0.0.1:0\"\ntls_certificate = \"plane.pem\"\ntls_key = \"plane.key\"\n");
    restrict(&house.data.path().join("plane.key"), 0o644);
    let open = house.say(&["plane", "--check"]);
    assert!(text(&open.stderr).contains("listen.tls_key"), "others can read the key: {}", text(&open.stderr));
    restrict(&house.data.path().join("plane.key"), 0o600);
    let check: Value =
        serde_json::from_slice(&house.say(&["plane", "--check", "-o", "json"]).stdout).expect("it is JSON");
    assert_eq!(check["certificate_ends"], "2120-01-01T00:00:00.000Z", "the end is told in advance");

    let token = text(&house.say(&["token", "create", "ci"]).stdout);
    let mut command = house.command(&["plane"]);
    for switch in
        ["DISABLE_AUTH", "SKIP_AUTH", "BREAKWATER_DISABLE_AUTH", "BREAKWATER_AUTH", "BREAKWATER_TOKEN", "AUTH"]
    {
        command.env(switch, "off");
    }
    let address = house.listen(&mut command);
    assert!(address.starts_with("https://127.0.0.1:"), "{address} is encrypted");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let authority = reqwest::Certificate::from_pem(certificate.as_bytes()).expect("a certificate");
    let client = reqwest::blocking::Client::builder().no_proxy().tls_certs_only([authority]).build().expect("a client");
    let ask = || client.get(format!("{address}/api/v1/runs"));
    let refused = ask().send().expect("an answer");
    assert_eq!(refused.status().as_u16(), 401, "no variable opens the door");
    assert!(refused.headers().contains_key("strict-transport-security"), "and it stays encrypted");
    assert_eq!(ask().bearer_auth("off").send().expect("an answer").status().as_u16(), 401, "nor is one a credential");
    assert_eq!(ask().bearer_auth(token.trim()).send().expect("an answer").status().as_u16(), 200, "a token is let in");
}

fn restrict(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[test]
fn the_address_of_a_client_is_believed_from_declared_proxies_only() {
    for (settings, client) in [
        ("", "127.0.0.1"),
        ("listen.trusted_proxies = 1", "203.0.113.9"),
        ("listen.trusted_proxies = 2", "198.51.100.7"),
    ] {
        let mut house = House::empty();
        house.settings(settings);
        let mut command = house.command(&["plane", "--listen", "127.0.0.1:0"]);
        let url = house.listen(&mut command);
        let address = url.strip_prefix("http://").expect("without TLS it is plain");
        let mut stream = std::net::TcpStream::connect(address).expect("it listens");
        let request = format!(
            "GET /api/v1/runs HTTP/1.1\r\nHost: {address}\r\nX-Forwarded-For: 127.0.0.2, 198.51.100.7\r\n\
             X-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("the request is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the answer is text");
        assert_eq!(answer.split(' ').nth(1), Some("401"), "no address opens the door");
        let plane = house.plane.as_mut().expect("it runs");
        Command::new("kill").arg(plane.id().to_string()).status().expect("it is told to end");
        plane.wait().expect("it ends");
        let told = format!("\"address\":\"{client}\"");
        assert!(house.logs().contains(&told), "{settings:?}: the refusal is told of {client}: {}", house.logs());
    }
}
