//! The attempts at a step, from its row and from the timeline.
//!
//! A row knows only the newest attempt; the timeline says when each began. What went wrong in the earlier ones is not told
//! in a way that can be joined to a step, so their failures carry no reason.

use crate::translate::row::Row;
use domain::{Attempt, Failure, StepStatus, Timestamp};

/// What the row of a step says of its newest attempt.
#[derive(Debug, Clone)]
pub(crate) struct Newest {
    pub(crate) status: StepStatus,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) failure: Option<Failure>,
    pub(crate) exit_code: Option<i32>,
}

/// Every attempt at the step of this name, oldest first.
pub(crate) fn attempts(name: &str, newest: Newest, timeline: &[Row<'_>]) -> Vec<Attempt> {
    let of_type = |row: &Row<'_>, kinds: &[&str]| row.word("type").is_some_and(|kind| kinds.contains(&kind));
    let is_start = |row: &&Row<'_>| {
        of_type(row, &["step.started"]) && row.row("payload").and_then(|payload| payload.text("name")) == Some(name)
    };
    let mut starts: Vec<_> = timeline.iter().filter(is_start).filter_map(|row| row.moment("created_at")).collect();
    starts.sort_unstable();
    let current = newest.started_at;
    // A retry clears the row. Until it starts, every start in the timeline is of the past.
    let past = if current.is_some() { starts.len().saturating_sub(1) } else { starts.len() };
    let mut attempts = Vec::new();
    for (index, &started_at) in starts.iter().take(past).enumerate() {
        let next = starts.get(index + 1).copied().or(current);
        let within = |at: &Timestamp| *at >= started_at && next.is_none_or(|next| *at <= next);
        let end = timeline
            .iter()
            .filter(|row| of_type(row, &["step.failed", "step.timeout"]))
            .filter_map(|row| Some((row.moment("created_at")?, of_type(row, &["step.timeout"]))))
            .find(|(at, _)| within(at));
        let timed_out = end.is_some_and(|(_, timed_out)| timed_out);
        attempts.push(Attempt {
            number: number(index),
            status: if timed_out { StepStatus::TimedOut } else { StepStatus::Failed },
            started_at,
            ended_at: end.map(|(at, _)| at).or(next),
            failure: Some(Failure {
                code: if timed_out { "timeout" } else { "failed" }.to_owned(),
                message: "it ended badly and was tried again".to_owned(),
                remedy: None,
                retryable: true,
            }),
            breaker: None,
            breaker_state: None,
            breaker_verdict: None,
            exit_code: None,
            usage: None,
        });
    }
    if let Some(started_at) = current {
        let status = match newest.status {
            StepStatus::Queued | StepStatus::Waiting | StepStatus::Skipped => StepStatus::Running,
            status => status,
        };
        attempts.push(Attempt {
            number: number(past),
            status,
            started_at,
            ended_at: newest.ended_at,
            failure: newest.failure,
            breaker: None,
            breaker_state: None,
            breaker_verdict: None,
            exit_code: newest.exit_code,
            usage: None,
        });
    }
    attempts
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}
