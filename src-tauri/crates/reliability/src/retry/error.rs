//! What a caller gets when the retry gives up.

use std::fmt;

/// The operation did not succeed, and will not be tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryError<E> {
    /// Attempts begun.
    pub attempts: u32,
    /// Why no further one is made.
    pub stopped: Stopped,
    /// The last error; none if the deadline cut the very first attempt.
    pub last: Option<E>,
}

/// Why a retry gave up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stopped {
    /// The error will never go away by trying again.
    NonRetryable,
    /// The retries are used up.
    Exhausted,
    /// The shared budget is spent: too many calls fail for retries to help.
    BudgetSpent,
    /// The deadline passed, or would have passed before the next attempt.
    Deadline,
    /// The other side asked for a longer wait than the policy has patience for.
    TooLongToWait,
}

impl Stopped {
    const fn phrase(self) -> &'static str {
        match self {
            Self::NonRetryable => "trying again cannot help",
            Self::Exhausted => "the retries are used up",
            Self::BudgetSpent => "the retry budget is spent",
            Self::Deadline => "the deadline leaves no time for another attempt",
            Self::TooLongToWait => "the other side asks for too long a wait",
        }
    }
}

impl<E: fmt::Display> fmt::Display for RetryError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attempts, stopped, last } = self;
        let plural = if *attempts == 1 { "" } else { "s" };
        write!(f, "gave up after {attempts} attempt{plural}: {}", stopped.phrase())?;
        last.as_ref().map_or(Ok(()), |last| write!(f, ": {last}"))
    }
}

impl<E: std::error::Error + 'static> std::error::Error for RetryError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.last.as_ref().map(|last| last as _)
    }
}
