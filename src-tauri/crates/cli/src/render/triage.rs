//! Problems and blast radii as tables.

use super::{Cell, Colour, Table, beginning, moment, moment_or_dash, word};
use console::view::{AffectedStep, BlastRadius, BreakerEffect, Problem, ProblemCause, Triage};

/// One line: how many failed runs the first problem explains.
pub(crate) fn verdict(triage: &Triage) -> String {
    let failed = triage.failed_runs;
    match triage.problems.iter().find(|problem| problem.failed > 0) {
        Some(first) => format!("{} explains {} of {failed} failed runs", what(first), first.failed),
        None if failed > 0 => format!("{failed} runs failed in the last 6 hours, none of them for a shared cause"),
        None if triage.problems.is_empty() => "nothing is wrong, as far as is known".to_owned(),
        None => "no run failed in the last 6 hours".to_owned(),
    }
}

/// What is wrong, what hurts most first.
pub(crate) fn problems(problems: &[Problem]) -> Table {
    let mut table = Table::new(vec!["SINCE", "WHAT", "WHERE", "FAILED", "HELD", "IN HAND"], "No problems.");
    for problem in problems {
        table.row([
            moment(problem.since).into(),
            what(problem).into(),
            problem.connection_name.as_deref().unwrap_or("this console").into(),
            problem.failed.to_string().into(),
            problem.held.to_string().into(),
            problem.acknowledged.as_ref().map_or("-", |known| known.actor.as_str()).into(),
        ]);
    }
    table
}

fn what(problem: &Problem) -> String {
    match &problem.cause {
        ProblemCause::Breaker { breaker, .. } => {
            let cause = breaker.cause.map_or_else(String::new, |cause| format!(", {}", word(&cause)));
            format!("breaker {} {}{cause}", breaker.id, word(&breaker.state))
        }
        ProblemCause::Connection { state, .. } => format!("control plane {}", word(state)),
        ProblemCause::Failures { step, code, .. } => {
            format!("{code} at {}", step.as_deref().unwrap_or("no step"))
        }
        ProblemCause::Approval { step, goal, .. } => format!("{step} waits for a verdict: {}", beginning(goal, 60)),
        ProblemCause::Store { name, failed, .. } => {
            format!("store {name} {}", if *failed { "failed" } else { "is stuck" })
        }
        ProblemCause::Checks { failing, unknown, worst } => {
            format!("{failing} checks fail, {unknown} unknown; {}", worst.id)
        }
    }
}

/// Steps in the blast radius of a breaker, what is worst first.
pub(crate) fn affected(steps: &[AffectedStep]) -> Table {
    let columns = vec!["EFFECT", "RUN", "STEP", "STATUS", "SENT", "REFUSED", "NEWEST", "WAITS UNTIL", "GOAL"];
    let mut table = Table::new(columns, "It hurts no run.");
    for step in steps {
        let colour = match step.effect {
            BreakerEffect::Failed => Colour::Bad,
            BreakerEffect::Held | BreakerEffect::Next => Colour::Waiting,
            BreakerEffect::Delayed => Colour::Plain,
        };
        table.row([
            Cell::coloured(word(&step.effect), colour),
            step.run.as_str().into(),
            step.name.as_str().into(),
            word(&step.status).into(),
            step.failures.to_string().into(),
            step.refusals.to_string().into(),
            moment_or_dash(step.newest_at).into(),
            moment_or_dash(step.waiting_until).into(),
            beginning(&step.goal, 40).into(),
        ]);
    }
    table
}

/// What must be said with a blast radius.
pub(crate) fn radius_notes(radius: &BlastRadius) -> Vec<String> {
    let counts = &radius.counts;
    let mut notes = vec![format!(
        "since {}: {} runs failed ({} after something was sent), {} held, {} will meet it, {} delayed",
        moment(radius.since),
        counts.failed,
        counts.failed_after_sending,
        counts.held,
        counts.next,
        counts.delayed
    )];
    if radius.more {
        notes.push(format!("only the first {} steps are named", radius.steps.len()));
    }
    notes.extend(unread(radius.unread_runs));
    notes
}

/// What must be said when steps of runs have not been read.
pub(crate) fn unread(runs: u64) -> Option<String> {
    (runs > 0)
        .then(|| format!("{runs} runs changed since then and their steps have not been read; they are not counted"))
}
