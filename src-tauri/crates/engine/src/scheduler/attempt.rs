//! One attempt, from the claim of its step to its durable result.

use super::{Scheduler, signals::Halt};
use crate::{
    Error,
    logs::AttemptLog,
    plan, recovery,
    store::{AttemptEnd, Claim, EndedAs, Work},
    tools::{ToolCall, ToolFailure, ToolOutcome},
};
use domain::{Failure, RetryPolicy, StepStatus};
use reliability::retry::{Jitter, RetryPolicy as Backoff};
use serde_json::{Value, json};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

/// Largest answer of a tool that is kept, in bytes of JSON.
const OUTPUT_CAP: usize = 256 * 1024;

/// Does something again and again until it works, since a full disk or a busy database may pass. `None` if told to give
/// up, or if the engine has ended.
pub(crate) async fn patiently<T, F>(give_up: &CancellationToken, mut act: impl FnMut() -> F) -> Option<T>
where
    F: Future<Output = Result<T, Error>>,
{
    const LONGEST: Duration = Duration::from_secs(5);
    let mut pause = Duration::from_millis(50);
    loop {
        match act().await {
            Ok(done) => return Some(done),
            Err(Error::Storage { detail }) => {
                tracing::error!(detail, ?pause, "the database cannot be used; trying again");
            }
            Err(error) => {
                tracing::error!(%error, "a change of the scheduler was refused");
                return None;
            }
        }
        give_up.run_until_cancelled(tokio::time::sleep(pause)).await?;
        pause = (pause * 2).min(LONGEST);
    }
}

/// Carries out one attempt. Returns when its result is durable, or when it turned out that there is nothing to do.
/// `halt` is registered already, so that an end of the plane cannot overlook what is under way.
pub(super) async fn carry_out(scheduler: &Arc<Scheduler>, work: &Work, halt: &Arc<Halt>) {
    // Until it is claimed, giving up loses nothing: the step stays ready in the store.
    if !scheduler.stopping.is_cancelled()
        && let Some(Some(claim)) = patiently(&scheduler.stopping, || scheduler.store.claim(&work.step)).await
    {
        let log = scheduler.logs.open(&claim);
        let mut end = execute(scheduler, &claim, halt, &log).await;
        end.lines = log.close().await;
        // A result is never given up while the process lives.
        let ended = patiently(&scheduler.over, || scheduler.store.end_attempt(end.clone())).await;
        count(scheduler, end.status, ended);
    }
    scheduler.signals.forget(&work.step, halt);
}

fn count(scheduler: &Scheduler, status: StepStatus, ended: Option<EndedAs>) {
    if !scheduler.stopping.is_cancelled() {
        return;
    }
    let counter = match (status, ended) {
        (StepStatus::Interrupted, Some(EndedAs::Again)) => &scheduler.tally.parked,
        (StepStatus::Interrupted, _) => &scheduler.tally.interrupted,
        _ => &scheduler.tally.finished,
    };
    counter.fetch_add(1, Ordering::Relaxed);
}

enum Why {
    Stopped,
    TimedOut(Duration),
}

async fn execute(scheduler: &Scheduler, claim: &Claim, halt: &Halt, log: &Arc<AttemptLog>) -> AttemptEnd {
    if let Some(detail) = &claim.unreadable {
        tracing::error!(detail, step = %claim.step, "what a step is given cannot be read back");
        let message = "What the step is given cannot be read back from the database.";
        return failed(scheduler, claim, internal("unreadable", message));
    }
    let Some(tool) = scheduler.registry.find(&claim.tool).map(Arc::clone) else {
        return failed(
            scheduler,
            claim,
            internal("unknown_tool", &format!("There is no tool `{}` here any more.", claim.tool)),
        );
    };
    let limit = claim.timeout_ms.map_or_else(|| tool.default_timeout(), Duration::from_millis);
    let cancel = CancellationToken::new();
    let call = ToolCall {
        tool: claim.tool.clone(),
        inputs: claim.inputs.clone(),
        upstream: claim.upstream.clone(),
        attempt: claim.attempt,
        plan_retries: claim.retry.max_attempts > 1,
        attempt_marker: format!("{}{}-{}", scheduler.marker_prefix, claim.step, claim.attempt),
        correlation_id: claim.correlation_id.to_string(),
        cancel: cancel.clone(),
        log: Arc::<AttemptLog>::clone(log),
    };
    // A task of its own: a panic of the tool ends the attempt and nothing else.
    let mut running = AbortOnDropHandle::new(tokio::spawn(async move { tool.run(call).await }));
    let why = tokio::select! {
        biased;
        result = &mut running => return ended(scheduler, claim, result),
        () = halt.token.cancelled() => Why::Stopped,
        () = tokio::time::sleep(limit) => Why::TimedOut(limit),
    };
    cancel.cancel();
    let late = tokio::time::timeout(scheduler.config.stop_grace, &mut running).await;
    if late.is_err() {
        log.system("The tool did not end after it was told to stop, and was dropped.");
    }
    let late = late.ok().and_then(Result::ok);
    match why {
        // What was finished in spite of the plane's stop need not be done again.
        Why::Stopped if halt.is_parking() => match late {
            Some(Ok(outcome)) => succeeded(claim, outcome),
            _ => bad(claim, StepStatus::Interrupted, recovery::interrupted(), late),
        },
        Why::Stopped => {
            let failure = internal("cancelled", "The run was cancelled.");
            bad(claim, StepStatus::Cancelled, failure, late)
        }
        Why::TimedOut(limit) => {
            let mut end = bad(claim, StepStatus::TimedOut, timed_out(limit), late);
            end.retry_in = backoff(scheduler, claim, None);
            end
        }
    }
}

type Joined = Result<Result<ToolOutcome, ToolFailure>, tokio::task::JoinError>;

fn ended(scheduler: &Scheduler, claim: &Claim, result: Joined) -> AttemptEnd {
    match result {
        Ok(Ok(outcome)) => succeeded(claim, outcome),
        Ok(Err(failure)) => {
            let retry_in = backoff(scheduler, claim, failure.retry_after);
            let mut end = bad(claim, StepStatus::Failed, failure.failure.clone(), Some(Err(failure)));
            end.retry_in = retry_in;
            end
        }
        // What a panic says may hold anything that was being worked on, a secret too, so it is not written down.
        Err(_) => {
            tracing::error!(tool = claim.tool, step = %claim.step, "a tool panicked");
            failed(scheduler, claim, internal("internal", "The tool broke down; this is a fault of the control plane."))
        }
    }
}

fn succeeded(claim: &Claim, outcome: ToolOutcome) -> AttemptEnd {
    AttemptEnd {
        step: claim.step.clone(),
        attempt: claim.attempt,
        status: StepStatus::Succeeded,
        failure: None,
        output: Some(bounded(outcome.output)),
        exit_code: outcome.exit_code,
        usage: outcome.usage,
        breaker: outcome.breaker,
        retry_in: Duration::ZERO,
        lines: Vec::new(),
    }
}

/// An answer that is too large or too deep is left out and said to be: half a document would be worse than none, and one
/// that is deeper than a plan may be, or has a name of the parser's own in it, could not be read back.
fn bounded(output: Value) -> Value {
    if plan::is_deeper_than(&output, plan::MAX_DEPTH) {
        return json!({ "omitted": format!("the answer is nested deeper than {} levels", plan::MAX_DEPTH) });
    }
    if plan::has_reserved_name(&output) {
        return json!({ "omitted": "a field of the answer has a name that none can have" });
    }
    let size = serde_json::to_vec(&output).map_or(usize::MAX, |bytes| bytes.len());
    if size <= OUTPUT_CAP {
        return output;
    }
    json!({ "omitted": format!("the answer had {size} bytes; at most {OUTPUT_CAP} are kept") })
}

fn failed(scheduler: &Scheduler, claim: &Claim, failure: Failure) -> AttemptEnd {
    let mut end = bad(claim, StepStatus::Failed, failure, None);
    end.retry_in = backoff(scheduler, claim, None);
    end
}

fn bad(
    claim: &Claim,
    status: StepStatus,
    failure: Failure,
    late: Option<Result<ToolOutcome, ToolFailure>>,
) -> AttemptEnd {
    let (exit_code, usage, breaker) = match late {
        Some(Ok(outcome)) => (outcome.exit_code, outcome.usage, outcome.breaker),
        Some(Err(failure)) => (failure.exit_code, failure.usage, failure.breaker),
        None => (None, None, None),
    };
    AttemptEnd {
        step: claim.step.clone(),
        attempt: claim.attempt,
        status,
        failure: Some(failure),
        output: None,
        exit_code,
        usage,
        breaker,
        retry_in: Duration::ZERO,
        lines: Vec::new(),
    }
}

fn internal(code: &str, message: &str) -> Failure {
    Failure { code: code.to_owned(), message: message.to_owned(), remedy: None, retryable: false }
}

fn timed_out(limit: Duration) -> Failure {
    Failure {
        code: "timeout".to_owned(),
        message: format!("The attempt was stopped at its time limit of {limit:?}."),
        remedy: Some("Raise `timeout` in the plan, or find out why the work takes so long.".to_owned()),
        retryable: true,
    }
}

/// The pause before the next attempt: full jitter, on top of what the other side asked for, so that runs that were told
/// the same do not come back together.
fn backoff(scheduler: &Scheduler, claim: &Claim, asked: Option<Duration>) -> Duration {
    let RetryPolicy { max_attempts, delay_ms, max_delay_ms } = claim.retry;
    let policy = Backoff {
        retries: max_attempts,
        base: Duration::from_millis(delay_ms),
        cap: Duration::from_millis(max_delay_ms),
        jitter: Jitter::Full,
        ..Backoff::http()
    };
    let own = policy.delay(claim.tries, None, &mut *scheduler.random.lock());
    asked.map_or(own, |asked| own.saturating_add(asked))
}
