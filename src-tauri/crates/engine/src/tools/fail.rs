//! `fail`: fails on purpose. A drill: it shows what failures, retries, dead letters and time limits look like.
//!
//! Inputs: `message`; `times` (fails so many attempts, then ends well); `hang` (does nothing for so long first, or until
//! it is stopped); `retryable` (true).

use super::{Tool, ToolCall, ToolFailure, ToolOutcome, inputs::Fields};
use domain::{Fault, LogStream};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The tool.
#[derive(Debug)]
pub(crate) struct Fail;

#[derive(Debug)]
struct Drill {
    message: String,
    times: Option<u64>,
    hang: Option<Duration>,
    retryable: bool,
}

fn read(inputs: &Map<String, Value>) -> Result<Drill, Vec<Fault>> {
    let mut fields = Fields::new(inputs, "");
    let drill = Drill {
        message: fields.text("message", 1..=500).unwrap_or("This step fails on purpose.").to_owned(),
        times: fields.integer("times", 0..=1_000),
        hang: fields.duration("hang", Duration::ZERO..=Duration::from_hours(168)),
        retryable: fields.boolean("retryable").unwrap_or(true),
    };
    let faults = fields.finish();
    if faults.is_empty() { Ok(drill) } else { Err(faults) }
}

#[async_trait::async_trait]
impl Tool for Fail {
    fn name(&self) -> &'static str {
        "fail"
    }

    fn summary(&self) -> &'static str {
        "Fails on purpose, always or a number of times."
    }

    fn default_timeout(&self) -> Duration {
        Duration::from_mins(1)
    }

    fn validate(&self, inputs: &Map<String, Value>) -> Vec<Fault> {
        read(inputs).err().unwrap_or_default()
    }

    async fn run(&self, call: ToolCall) -> Result<ToolOutcome, ToolFailure> {
        let drill = read(&call.inputs).map_err(|faults| ToolFailure::inputs(&faults))?;
        if let Some(hang) = drill.hang {
            call.log.line(LogStream::System, "Hanging on purpose.");
            tokio::select! {
                () = call.cancel.cancelled() => return Err(ToolFailure::cancelled()),
                () = tokio::time::sleep(hang) => {}
            }
        }
        if drill.times.is_some_and(|times| u64::from(call.attempt) > times) {
            return Ok(ToolOutcome { output: json!({"attempt": call.attempt}), ..ToolOutcome::default() });
        }
        let mut failed = ToolFailure::passing("failed_on_purpose", drill.message);
        failed.failure.retryable = drill.retryable;
        Err(failed)
    }
}
