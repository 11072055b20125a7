//! Everything else that a face sees and asks for.

use super::Freshness;
use domain::{
    Breaker, BreakerAct, BreakerSource, BreakerState, ConnectionId, CorrelationId, Preview, RunId, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Facts about this console itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct AppInfo {
    /// Its version.
    pub version: String,
    /// Where it keeps what it keeps.
    pub data_dir: String,
    /// Whether the OS keychain can be used.
    pub keychain: KeychainView,
    /// Why the cache is not the file that it should be; `None` when all is well.
    pub cache_notice: Option<String>,
    /// The built-in control plane.
    pub built_in_plane: BuiltInPlane,
    /// Whether nobody has started a run or added a connection yet.
    pub first_run: bool,
    /// Whether updates are configured.
    pub updates_configured: bool,
    /// The console's clock.
    pub now: Timestamp,
}

/// Whether the OS keychain can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct KeychainView {
    /// Whether it can.
    pub available: bool,
    /// Why not.
    pub reason: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// Where the built-in control plane runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum BuiltInPlane {
    /// In this process.
    Embedded,
    /// In another process of the same user, over the same data directory.
    Attached,
    /// Nowhere.
    NotRunning,
    /// Not looked for: nothing is contacted.
    NotContacted,
}

/// A breaker and how old that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct BreakerView {
    /// The breaker.
    #[serde(flatten)]
    pub breaker: Breaker,
    /// Where it stood when it was heard last. The state of a breaker that is not heard is unknown.
    pub last_state: BreakerState,
    /// What its connection is called.
    pub connection_name: Option<String>,
    /// How old this is.
    pub freshness: Freshness,
}

/// A breaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct BreakerRef {
    /// Whose it is; a plane's when left out.
    #[serde(default = "of_a_plane")]
    #[ts(optional, as = "Option<BreakerSource>")]
    pub source: BreakerSource,
    /// The connection that it belongs to or is read from; the built-in plane when left out.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// Its id.
    pub breaker: String,
}

const fn of_a_plane() -> BreakerSource {
    BreakerSource::ControlPlane
}

/// Something to be done to a breaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ActOnBreaker {
    /// Whose it is.
    pub source: BreakerSource,
    /// The connection that it belongs to or was read from.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// Its id.
    pub breaker: String,
    /// What is to be done.
    pub act: BreakerAct,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Which readiness checks are to be run now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct RunChecks {
    /// Only these; empty means all.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub checks: Vec<String>,
    /// Only of this connection; the built-in plane when left out.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
}

/// A plan to be judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct PreviewPlan {
    /// Where; the built-in plane when left out.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// The plan as an object, or as text in JSON or YAML.
    pub plan: Value,
}

/// Whose templates are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct TemplatesQuery {
    /// The built-in plane's when left out.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
}

/// A template to be filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct FillTemplate {
    /// Where; the built-in plane when left out.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// Its id.
    pub template: String,
    /// Values by field name.
    pub values: Map<String, Value>,
}

/// The plan that a template makes, and what it would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct FilledTemplate {
    /// The plan, ready to be started.
    pub plan: Value,
    /// What it would do.
    pub preview: Preview,
}

/// Since when coverage is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct CoverageQuery {
    /// Spans that end before this are left out.
    pub since: Timestamp,
}

/// What is to be found anywhere in the cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct SearchQuery {
    /// Words; the last may be incomplete.
    pub text: String,
    /// Only in runs of this connection, by its id or its name.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<ConnectionId>,
    /// Hits wanted, 1 to 100; 20 when left out.
    #[serde(default)]
    #[ts(optional)]
    pub limit: Option<u32>,
}

/// One place where it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct SearchHit {
    /// Where the run is.
    pub connection: ConnectionId,
    /// The run.
    pub run: RunId,
    /// Its goal.
    pub goal: String,
    /// In what: `goal`, `step`, `failure`, `event` or `log`.
    pub found_in: String,
    /// The name of the step that it belongs to, if it belongs to one.
    pub step: Option<String>,
    /// Sequence number of the event or log line.
    pub seq: Option<u64>,
    /// The text around it.
    pub snippet: String,
}

/// A folder whose children are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct FolderQuery {
    /// A folder, or the beginning of the name of one; the home folder when empty.
    pub path: String,
}

/// A folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct FolderEntry {
    /// Its full path.
    pub path: String,
    /// Whether it is a git work tree.
    pub is_repository: bool,
}

/// One preference to be kept; `null` forgets it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Preference {
    /// Its name, e.g. `theme`, `time_zone`, `runs.columns`.
    pub key: String,
    /// Its value.
    pub value: Value,
}

/// Every preference by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
pub struct Preferences(pub BTreeMap<String, Value>);

/// What an operator did from this console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ActRecord {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What, e.g. `retry_step`.
    pub action: String,
    /// Where.
    pub connection: Option<ConnectionId>,
    /// To what.
    pub target: String,
    /// Why.
    pub reason: Option<String>,
    /// Whether it was carried out, or the code of the error.
    pub outcome: String,
    /// Joins it to the plane's own records.
    pub correlation_id: CorrelationId,
}
