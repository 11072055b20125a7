//! `gate:<name>`: a verdict by a command. The command runs like one of `shell`, and then its answer is judged.
//!
//! Inputs: those of `shell`, and `pass`: `exit_code` (0), `stdout_contains` (text), `stdout_json` (a value that the
//! standard output must equal as JSON), `max_duration`. Every criterion must hold. Whether a failed gate fails the run is
//! the step's severity and not decided here.

use super::{
    Tool, ToolCall, ToolFailure, ToolOutcome,
    duration::spell,
    given::Sources,
    inputs::Fields,
    process::{self, Ended, setting::Setting},
    redact::Redactor,
    shell,
};
use domain::{Fault, LogStream};
use serde_json::{Map, Value};
use std::time::Duration;

/// The tool.
#[derive(Debug)]
pub(crate) struct Gate {
    /// What a plan may name.
    pub(crate) sources: Sources,
}

#[derive(Debug, Default)]
struct Pass {
    exit_code: i32,
    stdout_contains: Option<String>,
    stdout_json: Option<Value>,
    max_duration: Option<Duration>,
}

impl Pass {
    fn read(inputs: &Map<String, Value>, path: &str) -> (Self, Vec<Fault>) {
        let mut fields = Fields::new(inputs, path);
        let pass = Self {
            exit_code: fields.integer("exit_code", 0..=255).and_then(|code| i32::try_from(code).ok()).unwrap_or(0),
            stdout_contains: fields.text("stdout_contains", 1..=10_000).map(str::to_owned),
            stdout_json: fields.any("stdout_json").cloned(),
            max_duration: fields.duration("max_duration", Duration::from_millis(1)..=Duration::from_hours(168)),
        };
        (pass, fields.finish())
    }

    /// Every criterion that does not hold, in words.
    fn unmet(&self, ended: &Ended) -> Vec<String> {
        let mut unmet = Vec::new();
        if ended.exit_code != Some(self.exit_code) {
            let got = ended.exit_code.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
            unmet.push(format!("it ended with {got} instead of {}", self.exit_code));
        }
        let cut = if ended.kept.lost_bytes > 0 { " (which was cut)" } else { "" };
        if self.stdout_contains.as_ref().is_some_and(|wanted| !ended.kept.stdout.contains(wanted)) {
            unmet.push(format!("its output{cut} does not contain the wanted text"));
        }
        if let Some(wanted) = &self.stdout_json {
            match serde_json::from_str::<Value>(&ended.kept.stdout) {
                Err(_) => unmet.push(format!("its output{cut} is not JSON")),
                Ok(got) if got != *wanted => unmet.push("its output is not the wanted JSON".to_owned()),
                Ok(_) => {}
            }
        }
        if let Some(limit) = self.max_duration.filter(|limit| ended.took > *limit) {
            unmet.push(format!("it took longer than {}", spell(limit)));
        }
        unmet
    }
}

fn read(inputs: &Map<String, Value>) -> Result<(Setting, Pass), Vec<Fault>> {
    let mut fields = Fields::new(inputs, "");
    let setting = Setting::read(&mut fields);
    let pass = fields.object("pass").map(|pass| Pass::read(pass, "pass"));
    let (pass, faults) = pass.unwrap_or_default();
    fields.adopt(faults);
    let faults = fields.finish();
    setting.filter(|_| faults.is_empty()).map(|setting| (setting, pass)).ok_or(faults)
}

#[async_trait::async_trait]
impl Tool for Gate {
    fn name(&self) -> &'static str {
        "gate:"
    }

    fn summary(&self) -> &'static str {
        "Runs a command and judges its exit code, output and duration."
    }

    fn default_timeout(&self) -> Duration {
        Duration::from_mins(30)
    }

    fn validate(&self, inputs: &Map<String, Value>) -> Vec<Fault> {
        read(inputs).err().unwrap_or_default()
    }

    async fn run(&self, call: ToolCall) -> Result<ToolOutcome, ToolFailure> {
        let (setting, pass) = read(&call.inputs).map_err(|faults| ToolFailure::inputs(&faults))?;
        call.log.line(LogStream::System, &format!("$ {}", setting.spelled()));
        let mut redactor = Redactor::default();
        let program = setting.program(&call, &self.sources, &mut redactor, true).await?;
        let ended = process::run(program, call.log.clone(), redactor, &call.cancel).await?;
        let unmet = pass.unmet(&ended);
        if unmet.is_empty() {
            let output = shell::output(&ended);
            return Ok(ToolOutcome { output, exit_code: ended.exit_code, ..ToolOutcome::default() });
        }
        let message = format!("The gate did not pass: {}.", unmet.join("; "));
        let mut failed =
            ToolFailure::passing("gate_failed", message).remedy("Correct what the command found, then retry the step.");
        failed.exit_code = ended.exit_code;
        Err(failed)
    }
}
