//! What a caller may do where.

use super::Caller;
use domain::{Permission, Role, TeamId};

/// The teams in which a caller may do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// In every team, also in those to come.
    Everywhere,
    /// In these; with none of them, nowhere.
    Teams(Vec<TeamId>),
}

impl Scope {
    /// Whether it reaches a team.
    pub fn reaches(&self, team: &str) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Teams(teams) => teams.iter().any(|known| known.as_str() == team),
        }
    }

    /// Whether it reaches nothing.
    pub fn is_nowhere(&self) -> bool {
        matches!(self, Self::Teams(teams) if teams.is_empty())
    }

    /// The teams as JSON text for a statement; `None` for all.
    pub(crate) fn filter(&self) -> Option<String> {
        match self {
            Self::Everywhere => None,
            // A list of texts always has a JSON form.
            Self::Teams(teams) => Some(serde_json::to_string(teams).unwrap_or_else(|_| "[]".to_owned())),
        }
    }
}

/// What somebody is in one team, and may do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The team.
    pub team: TeamId,
    /// The role; `None` for a key.
    pub role: Option<Role>,
    /// What it comes to.
    pub permissions: Vec<Permission>,
}

impl Standing {
    /// Whether it allows something.
    pub fn allows(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Whether it is that of the owner.
    pub fn is_owner(&self) -> bool {
        self.role == Some(Role::Owner)
    }

    /// That of the plane's operator, who is like an owner everywhere.
    pub(crate) fn of_operator(team: TeamId) -> Self {
        Self { team, role: Some(Role::Owner), permissions: Permission::ALL.to_vec() }
    }

    /// That of a member: what the role allows unless it was changed for this one.
    pub(crate) fn of_member(team: TeamId, role: Role, permissions: Option<Vec<Permission>>) -> Self {
        Self { team, role: Some(role), permissions: permissions.unwrap_or_else(|| role.permissions().to_vec()) }
    }

    /// That of a key in a team; `None` if it works for another one.
    pub(crate) fn of_key(caller: &Caller, team: &TeamId) -> Option<Self> {
        match caller {
            Caller::Key { team: bound, permissions, .. } if bound.as_ref().is_none_or(|bound| bound == team) => {
                Some(Self { team: team.clone(), role: None, permissions: permissions.clone() })
            }
            _ => None,
        }
    }
}
