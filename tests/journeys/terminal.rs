//! The story through the terminal: one process a word.

use crate::{plane::command, story::Face};
use serde_json::Value;
use std::{path::PathBuf, sync::Arc};

/// The executable over one data directory.
#[derive(Debug)]
pub(crate) struct Terminal {
    data: Arc<tempfile::TempDir>,
}

impl Terminal {
    /// A terminal of this data directory.
    pub(crate) fn over(data: Arc<tempfile::TempDir>) -> Self {
        Self { data }
    }

    fn say(&self, arguments: &[&str]) -> Value {
        let output = command(self.data.path(), arguments).args(["-o", "json"]).output().expect("the executable starts");
        assert!(
            output.status.success(),
            "{arguments:?} ends well, not with {:?}: {}",
            output.status.code(),
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).expect("the reply is JSON")
    }
}

impl Face for Terminal {
    fn create(&self, plan: &Value) -> Value {
        let file: PathBuf = self.data.path().join("plan.json");
        std::fs::write(&file, plan.to_string()).expect("the plan can be written");
        self.say(&["runs", "create", "-f", file.to_str().expect("temporary paths are UTF-8")])
    }

    fn run(&self, run: &str) -> Value {
        self.say(&["runs", "show", run])
    }

    fn events(&self, run: &str) -> Vec<Value> {
        self.say(&["runs", "show", run, "--events"])["events"].as_array().cloned().expect("events are asked for")
    }

    fn logs(&self, run: &str) -> Vec<Value> {
        self.say(&["runs", "show", run, "--logs"])["logs"].as_array().cloned().expect("logs are asked for")
    }

    fn retry_step(&self, run: &str, step: &str, reason: &str) -> Value {
        self.say(&["runs", "retry-step", run, step, "--reason", reason])
    }

    fn approve(&self, run: &str, step: &str) -> Value {
        self.say(&["runs", "approve", run, step])
    }

    fn search(&self, text: &str) -> Vec<String> {
        let found = self.say(&["runs", "ls", "--search", text]);
        let runs = found["items"].as_array().or_else(|| found.as_array()).cloned().unwrap_or_default();
        runs.iter().filter_map(|run| run["id"].as_str().map(str::to_owned)).collect()
    }
}
