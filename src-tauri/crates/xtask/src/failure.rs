//! How a ritual ends when it does not succeed: what happened, and what to do about it.

use std::{fmt, process::ExitCode};

/// Why a ritual could not be completed.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    what: String,
    remedy: String,
    by_hand: bool,
}

impl Failure {
    /// Something did not work.
    pub(crate) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into(), by_hand: false }
    }

    /// Something has to be installed by a person first.
    pub(crate) fn by_hand(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { by_hand: true, ..Self::new(what, remedy) }
    }

    /// A file or folder could not be read or written.
    pub(crate) fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::new(format!("{}: {error}", path.display()), "Check that the disk has room and that the folder is yours.")
    }

    /// One line: what happened.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    /// One sentence: what to do about it.
    pub(crate) fn remedy(&self) -> &str {
        &self.remedy
    }

    /// 1, or 3 if a person has to install something.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(if self.by_hand { 3 } else { 1 })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed: {}\nwhat to do: {}", self.what, self.remedy)
    }
}
