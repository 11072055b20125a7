//! `shell`: runs a command. A shell stands in between only if the plan writes a script.
//!
//! Inputs: `argv` (list of texts) or `script` with an optional `shell` (`/bin/sh`), `cwd` (full path), `env` (texts or
//! named sources), `env_allow` (names passed on; PATH, HOME, LANG, TERM, USER, TMPDIR unless given), `stdin` (text or a
//! named source), `max_output_bytes` (1 MiB). It ends well when the command ends with exit code 0.

use super::{
    Tool, ToolCall, ToolFailure, ToolOutcome,
    given::Sources,
    inputs::Fields,
    millis,
    process::{self, Ended, setting::Setting},
    redact::Redactor,
};
use domain::{Fault, LogStream};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The tool.
#[derive(Debug)]
pub(crate) struct Shell {
    /// What a plan may name.
    pub(crate) sources: Sources,
}

fn read(inputs: &Map<String, Value>) -> Result<Setting, Vec<Fault>> {
    let mut fields = Fields::new(inputs, "");
    let setting = Setting::read(&mut fields);
    let faults = fields.finish();
    setting.filter(|_| faults.is_empty()).ok_or(faults)
}

#[async_trait::async_trait]
impl Tool for Shell {
    fn name(&self) -> &'static str {
        "shell"
    }

    fn summary(&self) -> &'static str {
        "Runs a command and ends well when its exit code is 0."
    }

    fn default_timeout(&self) -> Duration {
        Duration::from_mins(15)
    }

    fn validate(&self, inputs: &Map<String, Value>) -> Vec<Fault> {
        read(inputs).err().unwrap_or_default()
    }

    async fn run(&self, call: ToolCall) -> Result<ToolOutcome, ToolFailure> {
        let setting = read(&call.inputs).map_err(|faults| ToolFailure::inputs(&faults))?;
        call.log.line(LogStream::System, &format!("$ {}", setting.spelled()));
        let mut redactor = Redactor::default();
        let program = setting.program(&call, &self.sources, &mut redactor, false).await?;
        let ended = process::run(program, call.log.clone(), redactor, &call.cancel).await?;
        match ended.exit_code {
            Some(0) => Ok(ToolOutcome { output: output(&ended), exit_code: Some(0), ..ToolOutcome::default() }),
            code => Err(bad_end(code)),
        }
    }
}

/// What a command leaves behind for the steps that depend on it.
pub(crate) fn output(ended: &Ended) -> Value {
    json!({
        "exit_code": ended.exit_code,
        "stdout_tail": ended.kept.stdout_tail,
        "lost_bytes": ended.kept.lost_bytes,
        "duration_ms": millis(ended.took),
    })
}

fn bad_end(code: Option<i32>) -> ToolFailure {
    let message = code.map_or_else(
        || "The command was ended by a signal.".to_owned(),
        |code| format!("The command ended with exit code {code}."),
    );
    let mut failed = ToolFailure::passing("exit_code", message).remedy("Read the last lines that it printed.");
    failed.exit_code = code;
    failed
}
