//! Tools: what a step calls. One file each; the registry is the one list of them.
//!
//! A tool does its work and answers once. It knows nothing of runs, retries, time limits or the database: the scheduler
//! starts it, stops it through [`ToolCall::cancel`], and records what it answers.

use domain::{BreakerState, Failure, LogStream, Usage};
use serde_json::{Map, Value};
use std::{fmt::Debug, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

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
    /// The breaker that let it pass, and its state then.
    pub breaker: Option<(String, BreakerState)>,
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
    /// The breaker that stood in the way or let it pass, and its state then.
    pub breaker: Option<(String, BreakerState)>,
}

/// Something that a step can call.
#[async_trait::async_trait]
pub trait Tool: Send + Sync + Debug {
    /// Its name in plans; a trailing `:` means that a free name follows, as in `gate:`.
    fn name(&self) -> &'static str;

    /// What it does, one sentence.
    fn summary(&self) -> &'static str;

    /// Time limit of an attempt when the plan gives none.
    fn default_timeout(&self) -> Duration;

    /// Every fault of these inputs; paths are relative to the inputs.
    fn validate(&self, inputs: &Map<String, Value>) -> Vec<domain::Fault>;

    /// Does the work.
    async fn run(&self, call: ToolCall) -> Result<ToolOutcome, ToolFailure>;
}
