//! The table at the end, and the list of what to do.

use super::stage::{Outcome, Verdict};
use crate::{failure::Failure, headline};
use std::time::Duration;

/// One line about one stage.
pub(super) fn line(outcome: &Outcome) -> String {
    let (word, remark) = match &outcome.verdict {
        Verdict::Passed(None) => ("passed", String::new()),
        Verdict::Passed(Some(count)) => ("passed", count.to_string()),
        Verdict::Failed(failure) => ("FAILED", failure.what().to_owned()),
        Verdict::NotRun { because } => ("NOT RUN", format!("{because} did not pass")),
    };
    format!("{:<10} {:<8} {:>12}   {remark}", outcome.stage, word, headline::duration(outcome.time))
        .trim_end()
        .to_owned()
}

/// Prints the table; fails if anything did.
pub(super) fn conclude(outcomes: &[Outcome]) -> Result<(), Failure> {
    headline::headline("Summary");
    for outcome in outcomes {
        headline::note(&line(outcome));
    }
    let time: Duration = outcomes.iter().map(|outcome| outcome.time).sum();
    let tests: u64 = outcomes
        .iter()
        .map(|outcome| if let Verdict::Passed(Some(count)) = outcome.verdict { count.passed } else { 0 })
        .sum();
    let passed = outcomes.iter().filter(|outcome| outcome.passed()).count();
    headline::note(&format!(
        "{passed} of {} stages passed, {tests} tests, {}",
        outcomes.len(),
        headline::duration(time)
    ));
    if passed == outcomes.len() {
        return Ok(());
    }
    let todo: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| match &outcome.verdict {
            Verdict::Failed(failure) => Some(format!(
                "\n  - {}: {}\n    repeat it: cargo xtask test --only {}",
                outcome.stage,
                failure.remedy(),
                outcome.stage
            )),
            _ => None,
        })
        .collect();
    Err(Failure::new(format!("{} of {} stages did not pass", outcomes.len() - passed, outcomes.len()), todo.concat()))
}
