//! The story through the web face: a real server process and the requests that the page would send.

use crate::{plane::command, story::Face};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
};

/// A `breakwater serve` and a session with it.
#[derive(Debug)]
pub(crate) struct Web {
    origin: String,
    http: reqwest::blocking::Client,
    server: Server,
    data: Arc<tempfile::TempDir>,
}

impl Web {
    /// Starts a server over this data directory and signs in with the one-time token that it prints.
    pub(crate) fn over(data: Arc<tempfile::TempDir>) -> Self {
        Self::start(data, &[])
    }

    /// The same with further arguments.
    pub(crate) fn start(data: Arc<tempfile::TempDir>, further: &[&str]) -> Self {
        // Another one may have been chosen already by a test of this process.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut words = command(data.path(), &["serve", "--listen", "127.0.0.1:0"]);
        let child = words.args(further).stdout(Stdio::piped()).spawn();
        let mut server = Server(child.expect("the executable starts"));
        let mut output = BufReader::new(server.0.stdout.take().expect("stdout is piped"));
        let address = std::iter::from_fn(|| {
            let mut line = String::new();
            output.read_line(&mut line).ok().filter(|&read| read > 0).map(|_| line)
        })
        .find_map(|line| {
            line.split_whitespace()
                .find(|word| word.starts_with("http://") && word.contains("token="))
                .map(str::to_owned)
        })
        .expect("it prints an address with a one-time token");
        let origin = address.split("/?").next().expect("an address has an origin").to_owned();
        let http = reqwest::blocking::Client::builder().cookie_store(true).build().expect("a client can be made");
        let page = http.get(&address).send().expect("the server answers");
        assert!(page.status().is_success(), "the one-time token opens the page");
        Self { origin, http, server, data }
    }

    /// Asks it to stop, waits until it has, and gives its data directory on.
    pub(crate) fn end(mut self) -> Arc<tempfile::TempDir> {
        let asked = Command::new("kill").args(["-TERM", &self.server.0.id().to_string()]).status().expect("kill runs");
        assert!(asked.success(), "the signal can be sent");
        let status = self.server.0.wait().expect("it can be waited for");
        assert_eq!(status.code(), Some(0), "SIGTERM ends it in good order");
        Arc::clone(&self.data)
    }

    /// The reply of a command that is carried out.
    pub(crate) fn call(&self, command: &str, request: &Value) -> Value {
        self.try_call(command, request).unwrap_or_else(|error| panic!("{command} is carried out, not refused: {error}"))
    }

    /// The reply of a command, or the error that refuses it.
    pub(crate) fn try_call(&self, command: &str, request: &Value) -> Result<Value, Value> {
        let answer = self
            .http
            .post(format!("{}/rpc/{command}", self.origin))
            .header("x-breakwater", "1")
            .json(request)
            .send()
            .expect("the server answers");
        let status = answer.status();
        let reply: Value = answer.json().expect("the reply is JSON");
        if status.is_success() { Ok(reply) } else { Err(reply) }
    }
}

/// The process behind it; it ends with the test, however that ends.
#[derive(Debug)]
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Face for Web {
    fn create(&self, plan: &Value) -> Value {
        self.call("runs.create", &json!({"plan": plan}))
    }

    fn run(&self, run: &str) -> Value {
        self.call("runs.get", &json!({"run": run}))
    }

    fn events(&self, run: &str) -> Vec<Value> {
        self.call("runs.events", &json!({"run": run}))["items"].as_array().cloned().expect("events are a list")
    }

    fn logs(&self, run: &str) -> Vec<Value> {
        self.call("runs.logs", &json!({"run": run}))["items"].as_array().cloned().expect("log lines are a list")
    }

    fn retry_step(&self, run: &str, step: &str, reason: &str) -> Value {
        self.call("runs.retry_step", &json!({"run": run, "step": step, "reason": reason}))
    }

    fn approve(&self, run: &str, step: &str) -> Value {
        self.call("gates.approve", &json!({"run": run, "step": step}))
    }

    fn search(&self, text: &str) -> Vec<String> {
        let found = self.call("search", &json!({"text": text}));
        found
            .as_array()
            .expect("hits are a list")
            .iter()
            .filter_map(|hit| hit["run"].as_str().map(str::to_owned))
            .collect()
    }
}
