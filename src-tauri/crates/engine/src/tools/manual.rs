//! `manual:<name>`: a verdict by a person. Nothing is executed: the scheduler opens the gate and waits.
//!
//! Inputs: `question` (1 to 2,000 characters), `expires_in` (24h unless given; 1s to 365 days). Nobody's verdict in time
//! counts as no.

use super::{Conduct, Tool, ToolCall, ToolFailure, ToolOutcome, inputs::Fields};
use domain::Fault;
use serde_json::{Map, Value};
use std::time::Duration;

/// What a person is asked, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualRequest {
    /// In the words of the plan.
    pub question: String,
    /// How long the gate stays open before it fails closed.
    pub expires_in: Duration,
}

/// What the inputs of a `manual:` step ask for. Inputs that were judged before always answer; others fail.
pub fn request(inputs: &Map<String, Value>) -> Result<ManualRequest, ToolFailure> {
    read(inputs).map_err(|faults| ToolFailure::inputs(&faults))
}

fn read(inputs: &Map<String, Value>) -> Result<ManualRequest, Vec<Fault>> {
    let mut fields = Fields::new(inputs, "");
    let question = fields.text("question", 1..=2_000).unwrap_or("Shall the run go on?").to_owned();
    let range = Duration::from_secs(1)..=Duration::from_hours(8760);
    let expires_in = fields.duration("expires_in", range).unwrap_or(Duration::from_hours(24));
    let faults = fields.finish();
    if faults.is_empty() { Ok(ManualRequest { question, expires_in }) } else { Err(faults) }
}

/// The tool.
#[derive(Debug)]
pub(crate) struct Manual;

#[async_trait::async_trait]
impl Tool for Manual {
    fn name(&self) -> &'static str {
        "manual:"
    }

    fn summary(&self) -> &'static str {
        "Waits until a person approves or rejects; nobody's verdict in time counts as no."
    }

    fn conduct(&self) -> Conduct {
        Conduct::Ask
    }

    fn default_timeout(&self) -> Duration {
        Duration::from_hours(8760)
    }

    fn validate(&self, inputs: &Map<String, Value>) -> Vec<Fault> {
        read(inputs).err().unwrap_or_default()
    }

    async fn run(&self, _call: ToolCall) -> Result<ToolOutcome, ToolFailure> {
        // A gate that is executed instead of asked must not let anything through.
        Err(ToolFailure::permanent("rejected", "A person must decide this, and nobody was asked."))
    }
}
