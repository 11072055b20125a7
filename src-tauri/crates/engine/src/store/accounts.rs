//! The port to what is durable about people, teams, keys and the audit.
//!
//! As with runs, each writing call is one atomic change together with its entry in the audit. What is refused is refused in
//! that same transaction, so that no race gets past a rule. Ids, secrets and hashes are chosen by the caller.

use crate::{
    Error,
    accounts::{Caller, Deed, Piece, RefusedAct, Standing},
    engine::Act,
};
use domain::{
    ApiKey, AuditEntry, AuditLink, CorrelationId, Permission, PersonId, Role, Team, TeamId, TeamPeople, Timestamp,
};

/// A change of people, teams or keys, by somebody who gave this reason.
#[derive(Debug, Clone)]
pub(crate) struct AccountAct {
    /// What is to change.
    pub(crate) change: AccountChange,
    /// Why.
    pub(crate) reason: Option<String>,
    /// Who asks.
    pub(crate) act: Act,
}

/// What is to change.
#[derive(Debug, Clone)]
pub(crate) enum AccountChange {
    /// A team comes into being; a person who makes one owns it.
    FoundTeam { team: TeamId, membership: String, name: String, slug: String, billing_email: Option<String> },
    /// A team gets another name.
    RenameTeam { team: TeamId, name: String },
    /// A team goes, with its memberships, invitations and keys.
    DeleteTeam { team: TeamId },
    /// Somebody is invited; an open invitation of the same address ends.
    Invite {
        team: TeamId,
        invitation: String,
        email: String,
        role: Role,
        hash: String,
        expires_at: Timestamp,
        most: u32,
    },
    /// An invitation is taken back.
    CancelInvitation { team: TeamId, invitation: String },
    /// A member gets another role, and what was changed for this one ends.
    ChangeRole { team: TeamId, member: String, role: Role },
    /// A member may do more or less than the role allows.
    SetPermissions { team: TeamId, member: String, permissions: Option<Vec<Permission>> },
    /// A member is removed.
    RemoveMember { team: TeamId, member: String },
    /// The caller leaves.
    Leave { team: TeamId },
    /// Another member owns the team from now on.
    TransferOwnership { team: TeamId, member: String },
    /// A key comes into being.
    KeepKey { key: ApiKey, prefix: String, hash: String },
    /// A key ends.
    RevokeKey { key: String },
    /// The caller's session ends.
    EndSession,
    /// Every session of the caller ends.
    EndSessions,
}

/// A person as the store knows one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonRecord {
    /// Who.
    pub(crate) id: PersonId,
    /// E-mail address.
    pub(crate) email: String,
    /// What the person is called.
    pub(crate) name: String,
    /// The password, as a PHC string.
    pub(crate) password: Option<String>,
}

/// An invitation that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvitationRecord {
    /// Its id.
    pub(crate) id: String,
    /// To which team.
    pub(crate) team: TeamId,
    /// For whom.
    pub(crate) email: String,
    /// As what.
    pub(crate) role: Role,
}

/// Hashes and ends of the tokens of a session.
#[derive(Debug, Clone)]
pub(crate) struct TokenRecord {
    /// Hash of the access token.
    pub(crate) access_hash: String,
    /// When it ends.
    pub(crate) access_expires_at: Timestamp,
    /// Hash of the refresh token.
    pub(crate) refresh_hash: String,
    /// Its name in the audit.
    pub(crate) refresh_id: String,
    /// When it ends, and the session with it.
    pub(crate) refresh_expires_at: Timestamp,
}

/// A session to be begun.
#[derive(Debug, Clone)]
pub(crate) struct NewSession {
    /// Its id.
    pub(crate) id: String,
    /// Whose.
    pub(crate) person: PersonId,
    /// Its first tokens.
    pub(crate) tokens: TokenRecord,
    /// How the person showed who they are, e.g. `password`.
    pub(crate) by: &'static str,
    /// Joins it to the request.
    pub(crate) correlation_id: CorrelationId,
}

/// Somebody who takes an invitation up.
#[derive(Debug, Clone)]
pub(crate) struct Acceptance {
    /// Hash of what they show.
    pub(crate) hash: String,
    /// Id of the membership.
    pub(crate) membership: String,
    /// Who; made if nobody has the address yet.
    pub(crate) person: PersonRecord,
    /// Most members of a team.
    pub(crate) most: u32,
    /// Joins it to the request.
    pub(crate) correlation_id: CorrelationId,
}

/// Somebody whom an identity provider vouches for.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    /// The provider.
    pub(crate) issuer: String,
    /// The provider's name for the person.
    pub(crate) subject: String,
    /// The address, if the provider has made sure of it.
    pub(crate) email: Option<String>,
    /// What the person is called.
    pub(crate) name: String,
    /// Id of the person, if it is somebody new.
    pub(crate) new: PersonId,
    /// What the ids of new memberships begin with.
    pub(crate) membership: String,
    /// Most members of a team.
    pub(crate) most: u32,
    /// Joins it to the request.
    pub(crate) correlation_id: CorrelationId,
}

/// What came of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// It was exchanged.
    Fresh { session: String, person: PersonRecord },
    /// It had been exchanged before, so somebody else has it: the session is over.
    Reused { session: String, person: PersonRecord },
    /// It is none, or its session is over.
    Over,
}

/// Durable state of people, teams, keys and the audit.
#[async_trait::async_trait]
pub(crate) trait Accounts: Send + Sync + std::fmt::Debug {
    /// Makes a change.
    async fn change(&self, act: AccountAct) -> Result<(), Error>;
    /// Begins a session.
    async fn begin_session(&self, new: NewSession) -> Result<(), Error>;
    /// Exchanges a refresh token for others, or ends its session if it comes a second time.
    async fn rotate(&self, hash: &str, next: TokenRecord, correlation: &CorrelationId) -> Result<Rotation, Error>;
    /// Makes somebody a member who was invited; answers who it is.
    async fn accept(&self, acceptance: Acceptance) -> Result<PersonRecord, Error>;
    /// Records an act that changes nothing here.
    async fn record(&self, act: &Act, deed: Deed) -> Result<(), Error>;
    /// Finds the person whom a provider vouches for, or lets them in if they are invited; `None` if they are strangers.
    async fn arrive(&self, arrival: Arrival) -> Result<Option<PersonRecord>, Error>;
    /// Notes that a key was used.
    async fn key_used(&self, key: &str) -> Result<(), Error>;
    /// Records refusals, with how often each came and the request that it came with first.
    async fn record_refusals(&self, refused: Vec<(RefusedAct, u32, CorrelationId)>) -> Result<(), Error>;

    /// Who has a session with this access token.
    async fn by_access_token(&self, hash: &str) -> Result<Option<Caller>, Error>;
    /// Which key this is, and when it was used last.
    async fn by_key(&self, hash: &str) -> Result<Option<(Caller, Option<Timestamp>)>, Error>;
    /// Whether the session or the key of a caller is still open.
    async fn holds(&self, caller: &Caller) -> Result<bool, Error>;
    /// Who has this address.
    async fn person(&self, email: &str) -> Result<Option<PersonRecord>, Error>;
    /// Whether this person was once given this refresh token.
    async fn was_given(&self, person: &PersonId, refresh_hash: &str) -> Result<bool, Error>;
    /// The open invitation behind this hash.
    async fn invitation(&self, hash: &str) -> Result<Option<InvitationRecord>, Error>;
    /// What a caller is in a team; `None` if the team is not there for them.
    async fn standing(&self, caller: &Caller, team: &TeamId) -> Result<Option<Standing>, Error>;
    /// What a person is in each team.
    async fn standings(&self, person: &PersonId) -> Result<Vec<Standing>, Error>;
    /// The team of a run.
    async fn team_of_run(&self, run: &str) -> Result<Option<TeamId>, Error>;
    /// Teams of a person, or all of them.
    async fn teams(&self, of: Option<&PersonId>) -> Result<Vec<Team>, Error>;
    /// A team as its founder has it.
    async fn team(&self, team: &TeamId) -> Result<Option<Team>, Error>;
    /// Who is in a team and who is invited; `us` is marked.
    async fn people(&self, team: &TeamId, us: Option<&PersonId>) -> Result<TeamPeople, Error>;
    /// Keys that work for these teams, oldest first; `None` for all keys.
    async fn keys(&self, teams: Option<&[TeamId]>) -> Result<Vec<ApiKey>, Error>;
    /// One key that is not revoked.
    async fn key(&self, key: &str) -> Result<Option<ApiKey>, Error>;
    /// Entries of the audit after a place, oldest first, up to the first that cannot be read.
    async fn audit(&self, after: u64, limit: u32) -> Result<Piece, Error>;
    /// The first place of the audit after this one at which something is written, readable or not.
    async fn audit_place_after(&self, after: u64) -> Result<Option<u64>, Error>;
    /// The newest entries before a place, newest first; of these teams, or all.
    async fn audit_before(&self, teams: Option<&[TeamId]>, before: u64, limit: u32) -> Result<Vec<AuditEntry>, Error>;
    /// The end of the chain, and how many acts could not be recorded since.
    async fn audit_end(&self) -> Result<(AuditLink, u64), Error>;
}
