//! `echo`: answers its own inputs. A drill: it shows that plans, inputs, outputs and logs arrive where they should.
//!
//! Inputs: anything; a text `message` is logged as well.

use super::{Tool, ToolCall, ToolFailure, ToolOutcome, process::capture::Lines};
use domain::{Fault, LogStream};
use serde_json::{Map, Value};
use std::time::Duration;

/// The tool.
#[derive(Debug)]
pub(crate) struct Echo;

#[async_trait::async_trait]
impl Tool for Echo {
    fn name(&self) -> &'static str {
        "echo"
    }

    fn summary(&self) -> &'static str {
        "Answers its own inputs, and logs the message among them."
    }

    fn default_timeout(&self) -> Duration {
        Duration::from_secs(30)
    }

    fn validate(&self, inputs: &Map<String, Value>) -> Vec<Fault> {
        let size = serde_json::to_vec(inputs).map_or(usize::MAX, |json| json.len());
        let too_large = super::fault("", "too_large", "The inputs are larger than 128 KiB.", "Write less.");
        (size > 128 * 1024).then_some(too_large).into_iter().collect()
    }

    async fn run(&self, call: ToolCall) -> Result<ToolOutcome, ToolFailure> {
        if let Some(message) = call.inputs.get("message").and_then(Value::as_str) {
            let mut lines = Lines::default();
            lines.push(message.as_bytes(), |line, _| call.log.line(LogStream::Stdout, line));
            lines.finish(|line, _| call.log.line(LogStream::Stdout, line));
        }
        Ok(ToolOutcome { output: Value::Object(call.inputs), ..ToolOutcome::default() })
    }
}
