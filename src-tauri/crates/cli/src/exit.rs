//! Exit codes, as `--help` documents them.

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// A fault of this program.
    Fault,
    /// Wrong usage.
    Usage,
    /// There is no such thing.
    NotFound,
    /// The input, the state or a lock does not allow it.
    Refused,
    /// The control plane cannot be reached.
    Unreachable,
    /// The run that was watched did not succeed.
    RunFailed,
    /// Readiness is below the bound.
    NotReady,
    /// Something about this installation is not as it should be.
    Unwell,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Fault => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Refused => 4,
            Self::Unreachable => 5,
            Self::RunFailed => 6,
            Self::NotReady => 7,
            Self::Unwell => 8,
        }
    }

    /// For an error of the console.
    pub fn of_error(code: &str) -> Self {
        match code {
            "not_found" => Self::NotFound,
            "invalid"
            | "conflict"
            | "read_only"
            | "ambiguous_run"
            | "forbidden"
            | "unauthenticated"
            | "signed_out"
            | "unsupported"
            | "keychain_unavailable" => Self::Refused,
            "offline" | "breaker_open" | "throttled" | "incompatible" => Self::Unreachable,
            _ => Self::Fault,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn every_error_of_the_console_has_an_exit_code_that_says_what_to_do_next() {
        for code in console::code::ALL {
            let is_fault = Exit::of_error(code) == Exit::Fault;
            let is_ours = matches!(*code, "internal" | "unknown_command");
            assert_eq!(is_fault, is_ours, "{code} is only called a fault of this program if it is one");
        }
    }
}
