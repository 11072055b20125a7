//! What planes tell of things that are read when somebody looks at them, as a face sees it.

use super::Freshness;
use domain::{
    ApiKey, Billing, BillingAct, ConnectionId, Failure, Permission, Project, ProjectAct, RunId, RunStatus, Step, Team,
    TeamAct, Timestamp, WireError,
};
use serde::{Deserialize, Serialize};

/// What one plane tells of something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Told<T> {
    /// Which plane.
    pub connection: ConnectionId,
    /// What the connection to it is called.
    pub connection_name: String,
    /// What it told; `None` if it never did.
    pub value: Option<T>,
    /// Why this plane cannot tell of it, if it cannot.
    pub refusal: Option<String>,
    /// Why it was not read now, although it was asked for.
    pub error: Option<WireError>,
    /// How old this is.
    pub freshness: Freshness,
}

/// Projects of every connection that has some.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ProjectList {
    /// Those that changed last first, at most 500 of each connection.
    pub items: Vec<ProjectView>,
    /// Whether there are more than these.
    pub more: bool,
}

/// A project, and the run that its work is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ProjectView {
    /// Where it is.
    pub connection: ConnectionId,
    /// What that is called.
    pub connection_name: String,
    /// The run that its work is.
    pub run: RunId,
    /// What it is called.
    pub name: String,
    /// What its plane says of it.
    pub project: Project,
    /// Where its work stands.
    pub status: RunStatus,
    /// Its gates, in order.
    pub steps: Vec<Step>,
    /// Why its work failed.
    pub failure: Option<Failure>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When something changed last.
    pub changed_at: Timestamp,
    /// What it has cost in US dollars, as far as that was read.
    pub cost_usd: Option<f64>,
    /// How old this is.
    pub freshness: Freshness,
}

/// Names a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ProjectRef {
    /// Where it is.
    pub connection: ConnectionId,
    /// The run that its work is.
    pub run: RunId,
}

/// Something to be done on a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ActOnProject {
    /// Where it is.
    pub connection: ConnectionId,
    /// The run that its work is.
    pub run: RunId,
    /// What is to be done.
    pub act: ProjectAct,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Names a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct TeamRef {
    /// Where it is.
    pub connection: ConnectionId,
    /// The team.
    pub team: String,
}

/// Something to be done about a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ActOnTeam {
    /// Where it is.
    pub connection: ConnectionId,
    /// What is to be done.
    pub act: TeamAct,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// What came of an act about a team.
#[derive(Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct TeamActed {
    /// Our teams on that plane from now on.
    pub teams: Told<Vec<Team>>,
    /// What somebody who was invited accepts with, where the plane does not write to them. Given this once, to be handed over.
    pub invitation: Option<String>,
}

impl std::fmt::Debug for TeamActed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TeamActed").field("teams", &self.teams).finish_non_exhaustive()
    }
}

/// What a new key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyPurpose {
    /// It becomes the credential of its connection, in the keychain, and is shown to nobody.
    ThisConsole,
    /// It is given to the face this once, to be handed over.
    AnotherProgram,
}

/// What came of making a key.
#[derive(Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ApiKeyMade {
    /// Keys that the plane accepts from now on.
    pub keys: Told<Vec<ApiKey>>,
    /// The key itself, if it is for another program. Given this once.
    pub secret: Option<String>,
}

impl std::fmt::Debug for ApiKeyMade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKeyMade").field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// An API key to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct CreateApiKey {
    /// Where.
    pub connection: ConnectionId,
    /// What it is called, 1 to 100 characters.
    pub name: String,
    /// What it may do; at least one.
    pub permissions: Vec<Permission>,
    /// The team that it is to work for, where the plane has more than one; left out on our own plane by its operator, it
    /// works for every team.
    #[serde(default)]
    #[ts(optional)]
    pub team: Option<String>,
    /// When it is to end, where the plane lets keys end.
    #[serde(default)]
    #[ts(optional)]
    pub expires_at: Option<Timestamp>,
    /// Whose it is to be.
    pub purpose: KeyPurpose,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// An API key to be revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct RevokeApiKey {
    /// Where.
    pub connection: ConnectionId,
    /// Its id.
    pub key: String,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Dead letters to be put back into the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct RequeueDeadLetters {
    /// Where.
    pub connection: ConnectionId,
    /// At most so many, 1 to 500, oldest first.
    pub at_most: u32,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Whose bill is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct BillRef {
    /// Where; its id or its name.
    pub connection: ConnectionId,
    /// That of this team; without one, that of our account.
    #[serde(default)]
    pub team: Option<String>,
}

/// Something to be done about a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ActOnBilling {
    /// Where.
    pub connection: ConnectionId,
    /// That of this team; without one, that of our account.
    #[serde(default)]
    pub team: Option<String>,
    /// What is to be done.
    pub act: BillingAct,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// What came of an act on a subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct BillingActed {
    /// A page where a person goes on.
    pub page: Option<String>,
    /// The bills as they are now.
    pub billing: Told<Billing>,
}
