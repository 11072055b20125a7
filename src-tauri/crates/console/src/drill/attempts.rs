//! The attempts at a provider, read from the runs of the plane.

use domain::{Attempt, BreakerVerdict, DrillProvider, Run, StepStatus, Timestamp};

/// The tool that asks a provider.
const TOOL: &str = "ai";

/// One attempt at a provider.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) run: &'a Run,
    pub(super) provider: DrillProvider,
    pub(super) attempt: &'a Attempt,
}

/// Every attempt at a provider, in the order in which they ended; those that have not come last.
pub(super) fn all(runs: &[Run]) -> Vec<Asked<'_>> {
    let mut asked: Vec<_> = runs
        .iter()
        .flat_map(|run| run.steps.iter().filter(|step| step.tool == TOOL).map(move |step| (run, step)))
        .filter_map(|(run, step)| Some((run, step, provider(step.inputs.get("provider")?.as_str()?)?)))
        .flat_map(|(run, step, provider)| step.attempts.iter().map(move |attempt| Asked { run, provider, attempt }))
        .collect();
    asked.sort_by_key(|asked| (asked.attempt.ended_at.is_none(), asked.attempt.ended_at));
    asked
}

fn provider(name: &str) -> Option<DrillProvider> {
    match name {
        "anthropic" => Some(DrillProvider::Anthropic),
        "openai" => Some(DrillProvider::Openai),
        _ => None,
    }
}

impl Asked<'_> {
    fn code(&self) -> Option<&str> {
        self.attempt.failure.as_ref().map(|failure| failure.code.as_str())
    }

    /// Whether a breaker did not let it through.
    pub(super) fn is_refused(&self) -> bool {
        self.attempt.breaker_verdict == Some(BreakerVerdict::Refused)
    }

    /// Whether nobody listened.
    pub(super) fn is_undelivered(&self) -> bool {
        self.code() == Some("unreachable")
    }

    /// When it failed at the provider.
    pub(super) fn failed_at(&self) -> Option<Timestamp> {
        let bad = matches!(self.attempt.status, StepStatus::Failed | StepStatus::TimedOut);
        self.attempt.ended_at.filter(|_| bad && !self.is_refused())
    }

    /// When it was answered well.
    pub(super) fn succeeded_at(&self) -> Option<Timestamp> {
        self.attempt.ended_at.filter(|_| self.attempt.status == StepStatus::Succeeded)
    }

    /// Whether the breaker took it for a failure: one that was throttled, or came when it was open already, tells it nothing.
    pub(super) fn is_failure(&self) -> bool {
        self.attempt.breaker_verdict == Some(BreakerVerdict::Failure)
    }

    /// Whether the breaker made anything of it.
    pub(super) fn is_counted(&self) -> bool {
        self.is_failure() || self.attempt.breaker_verdict == Some(BreakerVerdict::Success)
    }
}
