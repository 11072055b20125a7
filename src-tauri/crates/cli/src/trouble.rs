//! What can end a verb early.

use crate::exit::Exit;
use domain::{Fault, WireError};
use serde_json::{Value, json};
use std::io;

/// What ended a verb early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The console refused or failed.
    #[error("{0}")]
    Console(#[from] WireError),
    /// Something that was given on the command line cannot be used.
    #[error("{message}")]
    Given {
        /// Stable; decides the exit code.
        code: &'static str,
        /// What is wrong, one sentence.
        message: String,
        /// What to do.
        hint: Option<String>,
        /// What is wrong in detail, where that is more than one thing.
        faults: Vec<Fault>,
    },
    /// The answer of the console is not what this version understands.
    #[error("the answer cannot be read: {0}")]
    Answer(#[from] serde_json::Error),
    /// The terminal or the pipe went away.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl Trouble {
    pub(crate) fn given(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Given { code: "invalid", message: message.into(), hint: Some(hint.into()), faults: Vec::new() }
    }

    /// Something that was named on the command line is not there.
    pub(crate) fn missing(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Given { code: "not_found", message: message.into(), hint: Some(hint.into()), faults: Vec::new() }
    }

    /// Whether the reader of a pipe has seen enough, as `| head` does; that is no error.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Console(error) => Exit::of_error(&error.code),
            Self::Given { code, .. } => Exit::of_error(code),
            Self::Output(_) if self.is_closed_pipe() => Exit::Done,
            Self::Answer(_) | Self::Output(_) => Exit::Fault,
        }
    }

    /// For scripts: `{code, message, hint?, correlationId?, faults?}`.
    pub(crate) fn document(&self) -> Value {
        match self {
            Self::Console(error) => serde_json::to_value(error).unwrap_or_default(),
            Self::Given { code, hint, faults, .. } if faults.is_empty() => {
                json!({"code": code, "message": self.to_string(), "hint": hint})
            }
            Self::Given { code, hint, faults, .. } => {
                json!({"code": code, "message": self.to_string(), "hint": hint, "faults": faults})
            }
            Self::Answer(_) | Self::Output(_) => json!({"code": "internal", "message": self.to_string()}),
        }
    }

    /// For people, line by line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("error: {self}")];
        match self {
            Self::Console(error) => {
                lines.extend(error.faults.iter().map(fault));
                lines.extend(error.hint.iter().map(|hint| format!("hint: {hint}")));
                lines.push(format!("correlation id: {}", error.correlation_id));
            }
            Self::Given { hint, faults, .. } => {
                lines.extend(faults.iter().map(fault));
                lines.extend(hint.iter().map(|hint| format!("hint: {hint}")));
            }
            Self::Answer(_) | Self::Output(_) => {}
        }
        lines
    }
}

fn fault(fault: &Fault) -> String {
    let place = if fault.path.is_empty() { "the whole" } else { &fault.path };
    format!("  - {place}: {} {}", fault.message, fault.remedy)
}

#[cfg(test)]
mod tests {
    use super::Trouble;
    use crate::exit::Exit;
    use domain::{CorrelationId, WireError};
    use std::io;

    #[test]
    fn a_closed_pipe_is_no_error_and_a_full_disk_is() {
        let closed = Trouble::Output(io::ErrorKind::BrokenPipe.into());
        assert_eq!(closed.exit(), Exit::Done, "`| head` has seen enough");
        let full = Trouble::Output(io::ErrorKind::StorageFull.into());
        assert_eq!(full.exit(), Exit::Fault, "lost output is never silent");
    }

    #[test]
    fn people_get_hint_and_correlation_id() {
        let error = WireError {
            code: "offline".into(),
            message: "it cannot be reached".into(),
            hint: Some("start it".into()),
            retry_after_ms: None,
            correlation_id: CorrelationId::new("req-1"),
            faults: vec![],
        };
        let lines = Trouble::Console(error).lines();
        assert_eq!(lines, ["error: it cannot be reached", "hint: start it", "correlation id: req-1"], "all three");
    }
}
