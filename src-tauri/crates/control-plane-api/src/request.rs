//! Request bodies and the few replies that are not nouns of [`domain`].

use domain::{ApiKey, Failure, Permission, Role, RunId, StepId, Team, TeamPeople, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Body of a step retry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryBody {
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// New inputs in place of the old ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Map<String, Value>>,
}

/// Body of cancel, reject and breaker reset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Body of an isolation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IsolateBody {
    /// For how many minutes, 1 to 1,440.
    pub minutes: u32,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Body of approve.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveBody {
    /// Why, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of a template fill.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FillBody {
    /// Values by field name.
    #[serde(default)]
    pub values: Map<String, Value>,
}

/// Who the plane is and who the caller is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IdentityReply {
    /// Always `breakwater`.
    pub product: String,
    /// Version of the server.
    pub version: String,
    /// Who the credential makes the caller.
    pub principal: String,
    /// What the caller may do to the plane itself.
    pub may: Vec<Permission>,
    /// Teams of the caller.
    pub teams: Vec<Team>,
    /// The server's clock.
    pub server_time: Timestamp,
    /// When the key of the caller ends; left out for one that does not, and for callers without a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_ends: Option<Timestamp>,
}

/// Depth and age of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct QueueReply {
    /// Steps that are ready but have no slot.
    pub depth: u64,
    /// Age of the oldest of them in milliseconds.
    pub oldest_queued_ms: Option<u64>,
    /// Steps executing now.
    pub running: u64,
    /// Slots in all.
    pub slots: u64,
    /// Dead letters.
    pub dead_letters: u64,
}

/// A tool that plans may name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ToolReply {
    /// Its name.
    pub name: String,
    /// What it does, one sentence.
    pub summary: String,
}

/// A step that nothing will try again by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeadLetterReply {
    /// The run.
    pub run_id: RunId,
    /// The step.
    pub step_id: StepId,
    /// Name of the step.
    pub step: String,
    /// Why it ended so.
    pub failure: Failure,
    /// When.
    pub at: Timestamp,
}

/// Whether the plane can do its work now, and everything that this was concluded from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReadyReply {
    /// Whether every fact is as it should be.
    pub ready: bool,
    /// What was looked at.
    pub facts: Vec<ReadyFact>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReadyFact {
    /// What it is called, e.g. `database`.
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was seen, one sentence.
    pub detail: String,
}

/// Whether the process can answer at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LiveReply {
    /// Always `alive`.
    pub status: String,
}

/// Body of a sign-in. Its `Debug` does not show the secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    /// Who.
    pub email: String,
    /// The password.
    pub password: String,
    /// A refresh token that this device was once given, whether or not it still holds: a device that is known is not
    /// hindered by what strangers try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

/// How people can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WaysInReply {
    /// Whether by e-mail address and password.
    pub password: bool,
    /// What the identity provider is called that people can sign in through; none if there is none.
    pub provider: Option<String>,
}

/// Body of a sign-in that begins in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginBrowserBody {
    /// Where the browser is to come back to: `http://127.0.0.1:PORT/PATH` or `http://[::1]:PORT/PATH`.
    pub redirect_uri: String,
}

/// A sign-in that has begun. Its `Debug` does not show the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BeginBrowserReply {
    /// What the browser of the system is to open.
    pub url: String,
    /// What finishes it; known to whoever began it alone.
    pub attempt: String,
    /// When it can no longer be finished.
    pub expires_at: Timestamp,
}

/// Body of what came back from the browser. Its `Debug` does not show the secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishBrowserBody {
    /// As it was given at the beginning.
    pub attempt: String,
    /// `state` of the redirection.
    pub state: String,
    /// `code` of the redirection.
    pub code: String,
    /// `iss` of the redirection, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// Body of a refresh. Its `Debug` does not show the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshBody {
    /// The refresh token.
    pub refresh_token: String,
}

/// Body of an acceptance. Its `Debug` does not show the secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptBody {
    /// What the invitation came with.
    pub token: String,
    /// What the person is called, 1 to 100 characters; needed from somebody who has no account yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A new password of 12 to 128 characters, or the one of the account that is there.
    pub password: String,
}

/// A session that was just begun or continued. Its `Debug` does not show the secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SessionReply {
    /// Id of the session.
    pub session: String,
    /// Id of the person.
    pub person: String,
    /// The person's e-mail address.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// Sent as bearer token with every call.
    pub access_token: String,
    /// When that ends.
    pub access_expires_at: Timestamp,
    /// Exchanged for new tokens, once.
    pub refresh_token: String,
    /// When that ends, and the session with it.
    pub refresh_expires_at: Timestamp,
}

/// Without the secrets that they carry.
macro_rules! reticent {
    ($($name:ident { $($field:ident),* }),+) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        })+
    };
}

reticent!(
    SignInBody { email },
    RefreshBody {},
    BeginBrowserReply { expires_at },
    FinishBrowserBody {},
    AcceptBody { name },
    SessionReply { session, person, email },
    InvitationReply { people },
    NewApiKeyReply { key }
);

/// Body of a team that is to be founded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamBody {
    /// What it is called, 1 to 100 characters, at least one letter or digit.
    pub name: String,
    /// Where its bills go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_email: Option<String>,
    /// Why, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of a new name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameBody {
    /// What it is called from now on, 1 to 100 characters.
    pub name: String,
    /// Why, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of acts that need no more than a reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActBody {
    /// Why, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferBody {
    /// The membership of whoever owns the team from now on.
    pub member: String,
    /// Why, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteBody {
    /// Whom.
    pub email: String,
    /// As what; not as owner.
    pub role: Role,
    /// Why, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An invitation that was just made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InvitationReply {
    /// Who is in the team and who is invited now.
    pub people: TeamPeople,
    /// What the invited accepts with; shown this once, only its hash is kept.
    pub token: String,
}

/// Body of a new role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleBody {
    /// The role from now on; not owner.
    pub role: Role,
    /// Why, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of other permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PermissionsBody {
    /// What the member may do from now on; left out, what the role allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
    /// Why, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of a key that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKeyBody {
    /// What it is called, 1 to 100 characters; unique among the keys of the team.
    pub name: String,
    /// The team that it works for. May be left out by somebody who decides over one team only, and by the operator of the
    /// plane, who then makes one for every team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// What it may do; never more than its maker may.
    pub permissions: Vec<Permission>,
    /// When it ends; left out, it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Why, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A key that was just made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewApiKeyReply {
    /// What is known of it.
    pub key: ApiKey,
    /// The key itself; shown this once, only its hash is kept.
    pub secret: String,
}
