//! `cargo xtask test`: every check there is, in stages.
//!
//! A stage that fails does not end the whole: whatever does not need it goes on, so that one call finds as much as
//! possible. The table at the end names each stage, its time, and how many tests it ran.

mod count;
mod stage;
mod stages;
mod summary;

use crate::{failure::Failure, headline};
use stage::{Outcome, Stage, Verdict};
use std::{path::Path, time::Instant};

/// What to check.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only this stage, without what it needs; may be given more than once.
    #[arg(long, value_name = "STAGE", value_parser = clap::builder::PossibleValuesParser::new(stages::names()))]
    only: Vec<String>,
}

/// Runs the stages and prints the table.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let chosen: Vec<&Stage> = stages::ALL
        .iter()
        .filter(|stage| arguments.only.is_empty() || arguments.only.iter().any(|name| name == stage.name))
        .collect();
    let mut outcomes: Vec<Outcome> = Vec::new();
    for (index, stage) in chosen.iter().enumerate() {
        headline::headline(&format!("[{}/{}] {}: {}", index + 1, chosen.len(), stage.name, stage.title));
        let started = Instant::now();
        let broken = stage.needs.iter().find(|need| outcomes.iter().any(|past| past.stage == **need && !past.passed()));
        let verdict = match broken {
            Some(need) => Verdict::NotRun { because: (*need).to_owned() },
            None => (stage.work)(root).map_or_else(Verdict::Failed, Verdict::Passed),
        };
        let outcome = Outcome { stage: stage.name, verdict, time: started.elapsed() };
        headline::note(&summary::line(&outcome));
        outcomes.push(outcome);
    }
    summary::conclude(&outcomes)
}
