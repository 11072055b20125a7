//! What an operation needs before it is carried out, and how often it may be asked for. Each operation says both in the one
//! table, or it does not compile.

use domain::Permission;

/// What a caller must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Anybody: nothing is told that a stranger may not know, or the request itself carries the proof.
    Nothing,
    /// Somebody who is known; they are told of their own.
    Known,
    /// A person with a session.
    Session,
    /// Somebody who may do this in the team that the path names, or whose run or key it names; where it names none, in one
    /// team at least.
    InTeam(Permission),
    /// The owner of the team that the path names.
    Owner,
    /// Somebody who may do this to the plane itself: its operator, a key that works for every team, or whoever has the
    /// permission in the home team.
    OnPlane(Permission),
}

/// Which limit a request counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// By address: what needs no credential.
    Open,
    /// By caller: everything that has no tier of its own.
    General,
    /// By address: signing in, going on, accepting an invitation.
    SignIn,
    /// By caller: what costs money or minutes.
    Expensive,
    /// By caller: what decides over others.
    Admin,
    /// By address: what other machines tell by themselves.
    Webhooks,
}
