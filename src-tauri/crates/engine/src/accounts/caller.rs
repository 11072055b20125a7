//! Who is calling.

use domain::{Permission, PersonId, TeamId};

/// Who a credential says is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The user of the operating system that the plane runs as, who could change its files anyway.
    Operator {
        /// What that user is called.
        name: String,
    },
    /// A person who signed in.
    Person {
        /// Who.
        id: PersonId,
        /// The person's e-mail address.
        email: String,
        /// The session.
        session: String,
    },
    /// A program with a key.
    Key {
        /// Its id.
        id: String,
        /// What it is called.
        name: String,
        /// The team that it works for; `None` for one that the operator made for all.
        team: Option<TeamId>,
        /// What it may do there.
        permissions: Vec<Permission>,
    },
}

impl Caller {
    /// Who, as events and the audit show it, e.g. `ana@example.org` or `key:ci`.
    pub fn actor(&self) -> String {
        match self {
            Self::Operator { name } => name.clone(),
            Self::Person { email, .. } => email.clone(),
            Self::Key { name, .. } => format!("key:{name}"),
        }
    }

    /// Who, without mistake: names may repeat, this does not.
    pub fn principal(&self) -> String {
        match self {
            Self::Operator { name } => format!("operator:{name}"),
            Self::Person { id, .. } => format!("person:{id}"),
            Self::Key { id, .. } => format!("key:{id}"),
        }
    }

    /// The person, if it is one.
    pub const fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person { id, .. } => Some(id),
            Self::Operator { .. } | Self::Key { .. } => None,
        }
    }
}
