//! Identifiers. They are opaque: foreign control planes choose their own, so only emptiness and length are judged.

use serde::{Deserialize, Serialize};

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(String);

        impl $name {
            /// Wraps an identifier that a control plane or this console has issued.
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self(value)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self(value.to_owned())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

identifier!(
    /// One run on one control plane, e.g. `run_0199…`.
    RunId
);
identifier!(
    /// One step of one run, e.g. `stp_0199…`. Step *names* are unique within a plan; ids are unique within a plane.
    StepId
);
identifier!(
    /// One team on one control plane, e.g. `team_0199…`.
    TeamId
);
identifier!(
    /// Somebody who works with a control plane, e.g. `per_0199…`.
    PersonId
);
identifier!(
    /// One connection of this console.
    ConnectionId
);
identifier!(
    /// Joins everything that one request caused, across retries, processes and logs.
    CorrelationId
);

impl CorrelationId {
    /// Most characters that are accepted from outside.
    pub const MAX_LEN: usize = 128;

    /// Keeps an identifier from outside only if it is 1 to 128 visible ASCII characters without spaces.
    ///
    /// Anything else could forge log lines or fill the disk, so the caller generates a fresh one instead.
    pub fn accept(value: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_LEN).contains(&value.len());
        (fits && value.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Self::new(value))
    }
}

#[cfg(test)]
mod tests {
    use super::CorrelationId;

    #[test]
    fn correlation_ids_that_could_forge_a_log_line_are_not_kept() {
        assert!(CorrelationId::accept("req-7f3a").is_some(), "an ordinary id is kept");
        for bad in ["", "a b", "a\nb", "\u{1b}[31m", "ünïcode"] {
            assert!(CorrelationId::accept(bad).is_none(), "{bad:?} is replaced");
        }
        assert!(CorrelationId::accept(&"x".repeat(129)).is_none(), "an oversized id is replaced");
    }
}
