//! Teams: who works together, in which role, and who is invited.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A team that we belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Team {
    /// Its id on the plane.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its name in addresses.
    pub slug: Option<String>,
    /// Our role in it.
    pub role: Role,
    /// Since when we are in it.
    pub joined_at: Option<Timestamp>,
    /// What its plane says of its subscription, e.g. `trialing`.
    pub subscription: Option<String>,
    /// What we may do in it, where its plane tells.
    #[serde(default)]
    pub may: Option<Vec<Permission>>,
}

/// Who is in a team and who is invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct TeamPeople {
    /// The team.
    pub team: String,
    /// Where its bills go.
    pub billing_email: Option<String>,
    /// Members, in the order of their roles.
    pub members: Vec<Member>,
    /// Invitations that were not taken up yet.
    pub invitations: Vec<Invitation>,
}

/// Somebody in a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Member {
    /// Id of the membership on the plane.
    pub id: String,
    /// What the person is called, as far as known.
    pub name: Option<String>,
    /// The person's e-mail address.
    pub email: Option<String>,
    /// The role.
    pub role: Role,
    /// What this one may do, where it is not what the role allows.
    pub permissions: Option<Vec<Permission>>,
    /// Since when.
    pub joined_at: Option<Timestamp>,
    /// Whether it is us.
    pub is_us: bool,
}

/// An invitation to a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Invitation {
    /// Its id on the plane.
    pub id: String,
    /// Whom it went to.
    pub email: String,
    /// The role that is offered.
    pub role: Role,
    /// When it was sent.
    pub created_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// What somebody is in a team. Whoever comes later in this list may do less.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May everything; there is one.
    Owner,
    /// May everything but delete the team or give it away.
    Admin,
    /// May change the work of the team.
    Member,
    /// May look.
    Viewer,
}

impl Role {
    /// Every role, from the one that may most.
    pub const ALL: &[Self] = &[Self::Owner, Self::Admin, Self::Member, Self::Viewer];

    /// The word on every wire and in every database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Viewer => "viewer",
        }
    }

    /// What somebody in this role may do unless it was changed for one person.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::{Admin, Delete, Read, Write};
        match self {
            Self::Owner | Self::Admin => &[Read, Write, Delete, Admin],
            Self::Member => &[Read, Write],
            Self::Viewer => &[Read],
        }
    }
}

/// What somebody, or a key, may do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Look.
    Read,
    /// Change.
    Write,
    /// Remove.
    Delete,
    /// Decide what others may do.
    Admin,
}

impl Permission {
    /// Every permission, from the least.
    pub const ALL: &[Self] = &[Self::Read, Self::Write, Self::Delete, Self::Admin];

    /// The word on every wire and in every database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::Admin => "admin",
        }
    }
}

/// What an operator does about a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum TeamAct {
    /// Makes one; whoever does so owns it.
    Create {
        /// What it is called, 1 to 100 characters, at least one letter or digit.
        name: String,
        /// Where its bills go.
        #[serde(default)]
        #[ts(optional)]
        billing_email: Option<String>,
    },
    /// Gives it another name.
    Rename {
        /// The team.
        team: String,
        /// What it is called from now on.
        name: String,
    },
    /// Removes it.
    Delete {
        /// The team.
        team: String,
    },
    /// Invites somebody.
    Invite {
        /// The team.
        team: String,
        /// Whom.
        email: String,
        /// In which role; not as owner.
        role: Role,
    },
    /// Takes an invitation back.
    CancelInvitation {
        /// The team.
        team: String,
        /// The invitation.
        invitation: String,
    },
    /// Gives a member another role.
    ChangeRole {
        /// The team.
        team: String,
        /// The membership.
        member: String,
        /// The role from now on; not owner.
        role: Role,
    },
    /// Lets a member do more or less than the role allows.
    SetPermissions {
        /// The team.
        team: String,
        /// The membership.
        member: String,
        /// What the member may do from now on; left out, what the role allows.
        #[serde(default)]
        #[ts(optional)]
        permissions: Option<Vec<Permission>>,
    },
    /// Removes a member.
    RemoveMember {
        /// The team.
        team: String,
        /// The membership.
        member: String,
    },
    /// Leaves it.
    Leave {
        /// The team.
        team: String,
    },
    /// Gives it to another member.
    TransferOwnership {
        /// The team.
        team: String,
        /// The membership of whoever owns it from now on.
        member: String,
    },
}
