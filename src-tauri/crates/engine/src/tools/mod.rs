//! Tools: what a step calls. One file each; the registry is the one list of them.
//!
//! A tool does its work and answers once. It knows nothing of runs, retries, time limits or the database: the scheduler
//! starts it, stops it through [`ToolCall::cancel`], and records what it answers.

pub mod breakers;
pub mod manual;
pub mod orphans;
pub mod registry;
pub mod wait;

mod ai;
mod duration;
mod echo;
mod fail;
mod gate;
mod given;
mod http;
mod inputs;
mod process;
mod redact;
mod shell;
pub(crate) mod web;

#[cfg(test)]
mod drills;
#[cfg(test)]
mod rehearsal;

pub use ai::{AiEndpoints, Prices};
pub use given::{EnvironmentSource, ProcessEnvironment, SecretSource};
pub use registry::{Registry, Toolbox};

pub(crate) use duration::millis;
pub use inputs::is_deceptive;
pub(crate) use inputs::{Fields, child, clip, element, fault, kind as kind_of_value};

use breakers::Met;
use domain::{Failure, LogStream, Usage};
use serde_json::{Map, Value};
use std::{fmt::Debug, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// What a line counts for besides its text, in bytes: it is a row with a time, a step and a place of its own.
pub(crate) const LINE_COST: usize = 64;

/// Where a tool puts what it prints. Calls never block; lines over the cap are counted and their loss is stated.
pub trait LogSink: Send + Sync + Debug {
    /// Takes one line, without its line end.
    fn line(&self, stream: LogStream, text: &str);
}

/// One attempt, as a tool sees it.
#[derive(Debug, Clone)]
pub struct ToolCall {
    /// The full tool name of the step, e.g. `gate:lint`.
    pub tool: String,
    /// What the plan gives it.
    pub inputs: Map<String, Value>,
    /// Outputs of the steps that this one depends on, by step name.
    pub upstream: Map<String, Value>,
    /// Which attempt of the step this is; counts from 1.
    pub attempt: u32,
    /// Whether the plan itself retries the step. A tool with a retry of its own then makes a single try.
    pub plan_retries: bool,
    /// Marks the attempt in the environment of child processes, so that orphans can be found after a crash.
    pub attempt_marker: String,
    /// Joins calls to other systems with the run.
    pub correlation_id: String,
    /// Told when the attempt must stop: cancel, time limit or shutdown. A tool then ends all that it started.
    pub cancel: CancellationToken,
    /// Where it prints.
    pub log: Arc<dyn LogSink>,
}

/// What an attempt that ended well leaves behind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ToolOutcome {
    /// Its answer, at most 256 KiB as JSON; shown and given to dependants.
    pub output: Value,
    /// Exit code of its process.
    pub exit_code: Option<i32>,
    /// Tokens and cost.
    pub usage: Option<Usage>,
    /// The breaker that let it pass.
    pub breaker: Option<Met>,
}

/// What an attempt that ended badly leaves behind.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolFailure {
    /// Why.
    pub failure: Failure,
    /// Shortest sensible wait before another attempt, e.g. from `Retry-After`.
    pub retry_after: Option<Duration>,
    /// Exit code of its process.
    pub exit_code: Option<i32>,
    /// Tokens and cost that were spent all the same.
    pub usage: Option<Usage>,
    /// The breaker that stood in the way or let it pass.
    pub breaker: Option<Met>,
}

impl ToolFailure {
    /// A failure that no further attempt would change.
    pub(crate) fn permanent(code: &str, message: impl Into<String>) -> Self {
        let failure = Failure { code: code.to_owned(), message: message.into(), remedy: None, retryable: false };
        Self { failure, retry_after: None, exit_code: None, usage: None, breaker: None }
    }

    /// A failure that another attempt could undo.
    pub(crate) fn passing(code: &str, message: impl Into<String>) -> Self {
        let mut failed = Self::permanent(code, message);
        failed.failure.retryable = true;
        failed
    }

    /// Adds what to do about it.
    #[must_use]
    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.failure.remedy = Some(remedy.into());
        self
    }

    /// The attempt was told to stop; whether by a person, a time limit or a shutdown is known to the scheduler alone.
    pub(crate) fn cancelled() -> Self {
        Self::permanent("cancelled", "The attempt was stopped before it ended.")
    }

    /// The inputs were not judged before the attempt; each tool judges them again all the same.
    pub(crate) fn inputs(faults: &[domain::Fault]) -> Self {
        let first = faults.first().map_or("", |fault| fault.message.as_str());
        Self::permanent("invalid_inputs", format!("The inputs of the step have {} faults. {first}", faults.len()))
            .remedy("Correct the inputs and retry the step with them.")
    }
}

/// How the scheduler treats a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conduct {
    /// It is executed in a slot.
    Execute,
    /// It is decided by a person; see [`manual::request`].
    Ask,
    /// It only lets time pass; see [`wait::duration`].
    Pause,
}

/// Something that a step can call.
#[async_trait::async_trait]
pub trait Tool: Send + Sync + Debug {
    /// Its name in plans; a trailing `:` means that a free name follows, as in `gate:`.
    fn name(&self) -> &'static str;

    /// What it does, one sentence.
    fn summary(&self) -> &'static str;

    /// How the scheduler treats it.
    fn conduct(&self) -> Conduct {
        Conduct::Execute
    }

    /// Time limit of an attempt when the plan gives none.
    fn default_timeout(&self) -> Duration;

    /// Every fault of these inputs; paths are relative to the inputs.
    fn validate(&self, inputs: &Map<String, Value>) -> Vec<domain::Fault>;

    /// The breaker that calls with these inputs meet; `None` if they meet none, or if that is not known beforehand.
    fn breaker(&self, inputs: &Map<String, Value>) -> Option<String> {
        let _ = inputs;
        None
    }

    /// Does the work.
    async fn run(&self, call: ToolCall) -> Result<ToolOutcome, ToolFailure>;
}
