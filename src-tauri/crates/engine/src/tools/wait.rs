//! `wait`: lets time pass. No slot is held meanwhile: the scheduler stores when it is over.
//!
//! Inputs: `duration` (0s to 365 days).

use super::{Conduct, Tool, ToolCall, ToolFailure, ToolOutcome, inputs::Fields, millis};
use domain::Fault;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// How long the inputs of a `wait` step ask for. Inputs that were judged before always answer; others fail.
pub fn duration(inputs: &Map<String, Value>) -> Result<Duration, ToolFailure> {
    read(inputs).map_err(|faults| ToolFailure::inputs(&faults))
}

fn read(inputs: &Map<String, Value>) -> Result<Duration, Vec<Fault>> {
    let mut fields = Fields::new(inputs, "");
    let duration = fields.duration("duration", Duration::ZERO..=Duration::from_hours(8760));
    if fields.any("duration").is_none() {
        fields.missing("duration", super::duration::FORMS);
    }
    let faults = fields.finish();
    duration.filter(|_| faults.is_empty()).ok_or(faults)
}

/// The tool.
#[derive(Debug)]
pub(crate) struct Wait;

#[async_trait::async_trait]
impl Tool for Wait {
    fn name(&self) -> &'static str {
        "wait"
    }

    fn summary(&self) -> &'static str {
        "Lets time pass without holding a slot."
    }

    fn conduct(&self) -> Conduct {
        Conduct::Pause
    }

    fn default_timeout(&self) -> Duration {
        Duration::from_hours(8784)
    }

    fn validate(&self, inputs: &Map<String, Value>) -> Vec<Fault> {
        read(inputs).err().unwrap_or_default()
    }

    async fn run(&self, call: ToolCall) -> Result<ToolOutcome, ToolFailure> {
        let duration = duration(&call.inputs)?;
        tokio::select! {
            () = call.cancel.cancelled() => Err(ToolFailure::cancelled()),
            () = tokio::time::sleep(duration) => {
                Ok(ToolOutcome { output: json!({"waited_ms": millis(duration)}), ..ToolOutcome::default() })
            }
        }
    }
}
