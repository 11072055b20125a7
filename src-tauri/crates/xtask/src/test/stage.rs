//! What a stage is and how it can end.

use super::count::Count;
use crate::failure::Failure;
use std::{path::Path, time::Duration};

/// One kind of check.
#[derive(Debug)]
pub(super) struct Stage {
    /// Its name on the command line.
    pub(super) name: &'static str,
    /// What it does, for the headline.
    pub(super) title: &'static str,
    /// Stages without which it makes no sense.
    pub(super) needs: &'static [&'static str],
    /// Does it, and says how many tests ran where it runs tests.
    pub(super) work: fn(&Path) -> Result<Option<Count>, Failure>,
}

/// How a stage ended.
#[derive(Debug)]
pub(super) struct Outcome {
    /// The name of the stage.
    pub(super) stage: &'static str,
    /// Whether it passed.
    pub(super) verdict: Verdict,
    /// How long it took.
    pub(super) time: Duration,
}

/// Whether a stage passed.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It did.
    Passed(Option<Count>),
    /// It did not.
    Failed(Failure),
    /// It was not tried, because a stage that it needs did not pass.
    NotRun {
        /// The name of that stage.
        because: String,
    },
}

impl Outcome {
    pub(super) const fn passed(&self) -> bool {
        matches!(self.verdict, Verdict::Passed(_))
    }
}
