//! Why the console could not do what a face asked, and the codes that faces act on.
//!
//! Inside, errors are this enum; at the door they become a [`WireError`] with the correlation id of the request. What
//! only helps a developer goes to the log, never into the message. Deliberately absent: text that a face would have to
//! parse.

pub mod code;

use crate::parts::ConnectError;
use control_plane::Error as PlaneError;
use domain::{ConnectionState, CorrelationId, Fault, WireError};
use std::time::Duration;

/// Why the console could not do what a face asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{what} is not there")]
    NotFound { what: String },
    #[error("{prefix:?} is the beginning of {} runs", candidates.len())]
    AmbiguousRun { prefix: String, candidates: Vec<String> },
    #[error("the run {run} is on several connections: {}", connections.join(", "))]
    RunOnSeveral { run: String, connections: Vec<String> },
    #[error("{}", summary_of(.0))]
    Invalid(Vec<Fault>),
    #[error("the connection {connection} is read-only, so {act} is refused")]
    ReadOnly { connection: String, act: &'static str },
    #[error("the breaker round {protects} is open")]
    BreakerOpen { protects: String, retry_after: Option<Duration> },
    #[error("{reason}")]
    KeychainUnavailable { reason: String, remedy: String },
    #[error("nobody is signed in on {connection}")]
    SignedOut { connection: String },
    #[error("the keychain does not give the token: {reason}")]
    TokenUnreadable { reason: String, remedy: String },
    #[error("the built-in control plane is not running")]
    NotRunning,
    #[error("nothing is contacted, as asked, and the cache has no answer")]
    NotContacted,
    #[error("the built-in control plane does not start: {reason}")]
    NotStarted { reason: String, remedy: Option<String> },
    #[error("no drill can begin: {reason}")]
    NoDrill { reason: String, remedy: Option<String> },
    #[error(transparent)]
    Plane(#[from] PlaneError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("the console could not read or write its cache")]
    Cache(#[source] cache::Error),
    #[error("the console failed at {doing}")]
    Internal { doing: &'static str, detail: String },
}

impl Error {
    /// One fault of the input.
    pub(crate) fn invalid(path: &str, rule: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Invalid(vec![fault(path, rule, message, remedy)])
    }

    /// Whether the control plane was simply not there, so that the cache may answer instead.
    pub(crate) const fn is_absence(&self) -> bool {
        matches!(
            self,
            Self::BreakerOpen { .. }
                | Self::NotRunning
                | Self::NotContacted
                | Self::Plane(
                    PlaneError::Unreachable { .. }
                        | PlaneError::TimedOut
                        | PlaneError::Unavailable { .. }
                        | PlaneError::Throttled { .. }
                )
        )
    }

    /// Whether the plane could not be asked at all, so that nothing is known of what was asked for.
    pub(crate) const fn says_nothing_of_the_thing(&self) -> bool {
        self.is_absence()
            || matches!(
                self,
                Self::Plane(PlaneError::Unauthorised | PlaneError::Incompatible { .. })
                    | Self::Connect(_)
                    | Self::SignedOut { .. }
                    | Self::TokenUnreadable { .. }
            )
    }

    /// Whether what the cache has of the thing is the best answer that is left.
    pub(crate) const fn leaves_the_cache(&self) -> bool {
        self.says_nothing_of_the_thing() || self.is_gone()
    }

    /// Whether the plane says that it has no such thing.
    pub(crate) const fn is_gone(&self) -> bool {
        matches!(self, Self::Plane(PlaneError::NotFound { .. }))
    }

    /// Whether another token, or the same one read again, could change it.
    pub(crate) const fn is_about_the_credential(&self) -> bool {
        matches!(self, Self::Plane(PlaneError::Unauthorised) | Self::SignedOut { .. } | Self::TokenUnreadable { .. })
    }

    /// What a connection is in, when asking its plane ended with this.
    pub(crate) const fn state_of_connection(&self) -> ConnectionState {
        match self {
            _ if self.is_about_the_credential() => ConnectionState::SignedOut,
            Self::Plane(PlaneError::Incompatible { .. }) | Self::Connect(_) => ConnectionState::Incompatible,
            // It is there, and says so.
            Self::Plane(PlaneError::Throttled { .. }) => ConnectionState::Late,
            _ => ConnectionState::Offline,
        }
    }

    /// The code that faces act on.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } | Self::Plane(PlaneError::NotFound { .. }) => code::NOT_FOUND,
            Self::AmbiguousRun { .. } | Self::RunOnSeveral { .. } => code::AMBIGUOUS_RUN,
            Self::Invalid(_)
            | Self::Plane(PlaneError::Invalid { .. })
            | Self::Connect(ConnectError::AddressRefused { .. }) => code::INVALID,
            Self::ReadOnly { .. } => code::READ_ONLY,
            Self::BreakerOpen { .. } => code::BREAKER_OPEN,
            Self::SignedOut { .. } => code::SIGNED_OUT,
            Self::KeychainUnavailable { .. }
            | Self::TokenUnreadable { .. }
            | Self::Plane(PlaneError::CredentialUnavailable { .. }) => code::KEYCHAIN_UNAVAILABLE,
            Self::NotStarted { .. }
            | Self::NotRunning
            | Self::NotContacted
            | Self::Plane(PlaneError::Unreachable { .. } | PlaneError::TimedOut | PlaneError::Unavailable { .. }) => {
                code::OFFLINE
            }
            Self::Plane(PlaneError::Throttled { .. }) => code::THROTTLED,
            Self::Plane(PlaneError::Unauthorised) => code::UNAUTHENTICATED,
            Self::Plane(PlaneError::Forbidden { .. }) => code::FORBIDDEN,
            Self::NoDrill { .. } | Self::Plane(PlaneError::Conflict { .. }) => code::CONFLICT,
            Self::Plane(PlaneError::Unsupported { .. }) | Self::Connect(ConnectError::KindNotSupported) => {
                code::UNSUPPORTED
            }
            Self::Plane(PlaneError::Incompatible { .. }) => code::INCOMPATIBLE,
            Self::Plane(_) | Self::Cache(_) | Self::Internal { .. } => code::INTERNAL,
        }
    }

    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::ReadOnly { connection, .. } => {
                return Some(format!(
                    "Switch off its read-only lock in Connections, or with `breakwater connections edit '{connection}' --read-only false`, then try again."
                ));
            }
            Self::SignedOut { connection } => {
                return Some(format!(
                    "Sign in again in Connections, or with `breakwater connections sign-in '{connection}' --email YOU`. What was read before is still shown."
                ));
            }
            Self::KeychainUnavailable { remedy, .. }
            | Self::TokenUnreadable { remedy, .. }
            | Self::Plane(PlaneError::CredentialUnavailable { remedy, .. }) => {
                return Some(remedy.clone());
            }
            Self::NotRunning => "`breakwater plane` starts it, and so does every verb that acts.",
            Self::NotContacted => "Leave out --offline to ask the control plane.",
            Self::Plane(PlaneError::Forbidden { remedy, .. })
            | Self::NotStarted { remedy, .. }
            | Self::NoDrill { remedy, .. } => {
                return remedy.clone();
            }
            Self::AmbiguousRun { .. } => "Write more of the id.",
            Self::RunOnSeveral { .. } => "Say which one is meant: --connection NAME",
            Self::BreakerOpen { .. } => {
                "Calls failed one after the other. Wait for the next probe, or reset the breaker."
            }
            Self::Plane(PlaneError::Unauthorised) => "Enter a valid token for this connection.",
            Self::Plane(PlaneError::Unreachable { .. } | PlaneError::TimedOut) => {
                "Test the connection to see which hop fails. What was read before is still shown."
            }
            Self::Plane(PlaneError::Incompatible { .. }) => {
                "Check that the address belongs to a control plane of this kind and version."
            }
            Self::Cache(_) => "The cache is rebuilt at the next start; nothing on the control plane is affected.",
            _ => return None,
        };
        Some(text.to_owned())
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::BreakerOpen { retry_after, .. } | Self::Plane(PlaneError::Throttled { retry_after }) => *retry_after,
            _ => None,
        }
    }

    /// The error as it leaves the console.
    pub(crate) fn into_wire(self, correlation_id: CorrelationId) -> WireError {
        self.to_wire(correlation_id)
    }

    /// The error as it leaves the console, for one who goes on with the error itself.
    pub(crate) fn to_wire(&self, correlation_id: CorrelationId) -> WireError {
        let faults = match self {
            Self::Invalid(faults) | Self::Plane(PlaneError::Invalid { faults, .. }) => faults.clone(),
            Self::AmbiguousRun { candidates, .. } => {
                candidates.iter().map(|id| fault("run", "ambiguous", id.clone(), format!("Write {id}."))).collect()
            }
            Self::RunOnSeveral { connections, .. } => connections
                .iter()
                .map(|name| fault("connection", "ambiguous", name.clone(), format!("Name {name} as the connection.")))
                .collect(),
            _ => Vec::new(),
        };
        WireError {
            code: self.code().to_owned(),
            message: self.to_string(),
            hint: self.hint(),
            retry_after_ms: self.retry_after().and_then(|after| u64::try_from(after.as_millis()).ok()),
            correlation_id,
            faults,
        }
    }
}

impl From<cache::Error> for Error {
    fn from(error: cache::Error) -> Self {
        match error {
            cache::Error::UnknownPage { after } => {
                let message = format!("{after:?} is not the key of a page");
                Self::invalid("after", "unknown_page", message, "Give `next` of the page before, or leave it out.")
            }
            cache::Error::NameTaken { name } => {
                let message = format!("another connection has the name {name:?}");
                Self::invalid("name", "unique", message, "Choose another name.")
            }
            cache::Error::NoSuchConnection => Self::NotFound { what: "the connection".to_owned() },
            error => Self::Cache(error),
        }
    }
}

/// One thing that is wrong with an input.
pub(crate) fn fault(path: &str, rule: &str, message: impl Into<String>, remedy: impl Into<String>) -> Fault {
    Fault { path: path.to_owned(), rule: rule.to_owned(), message: message.into(), remedy: remedy.into() }
}

fn summary_of(faults: &[Fault]) -> String {
    match faults {
        [only] => only.message.clone(),
        [first, rest @ ..] => format!("{} (and {} more)", first.message, rest.len()),
        [] => "the input is refused".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, code};
    use control_plane::Error as PlaneError;
    use domain::CorrelationId;
    use std::time::Duration;

    #[test]
    fn every_error_leaves_with_a_listed_code_and_its_correlation_id() {
        let errors = [
            Error::NotFound { what: "run x".into() },
            Error::AmbiguousRun { prefix: "r".into(), candidates: vec!["r1".into(), "r2".into()] },
            Error::invalid("name", "required", "a name is needed", "Write a name."),
            Error::BreakerOpen { protects: "local".into(), retry_after: Some(Duration::from_secs(3)) },
            Error::Plane(PlaneError::Unauthorised),
            Error::SignedOut { connection: "local".into() },
            Error::Internal { doing: "reading a folder", detail: "x".into() },
        ];
        for error in errors {
            let text = format!("{error:?}");
            let wire = error.into_wire(CorrelationId::new("abc"));
            assert!(code::ALL.contains(&wire.code.as_str()), "{text} has a listed code, not {}", wire.code);
            assert_eq!(wire.correlation_id.as_str(), "abc", "{text} keeps the correlation id");
        }
    }

    #[test]
    fn candidates_of_an_ambiguous_run_can_be_read_by_a_face() {
        let wire = Error::AmbiguousRun { prefix: "r".into(), candidates: vec!["r1".into(), "r2".into()] }
            .into_wire(CorrelationId::new("abc"));
        let listed: Vec<_> = wire.faults.iter().map(|fault| fault.message.as_str()).collect();
        assert_eq!(listed, ["r1", "r2"], "each candidate is a fault with the id as its message");
    }
}
