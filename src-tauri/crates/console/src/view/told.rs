//! What planes tell of things that are read when somebody looks at them, as a face sees it.

use super::Freshness;
use domain::{
    Billing, BillingAct, ConnectionId, Failure, Permission, Project, ProjectAct, RunId, RunStatus, Step, TeamAct,
    Timestamp, WireError,
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

/// An API key to be made. It becomes the credential of the connection, in the keychain, and is shown to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct CreateApiKey {
    /// Where.
    pub connection: ConnectionId,
    /// What it is called, 1 to 100 characters.
    pub name: String,
    /// What it is for; at least one.
    pub permissions: Vec<Permission>,
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

/// Something to be done about a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ActOnBilling {
    /// Where.
    pub connection: ConnectionId,
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
