//! What the console answers a face: nouns of [`domain`] together with their age and where they came from.
//!
//! Requests live beside replies, one file per noun. Faces show these as they are; no face computes a state of its own.

mod breakers;
mod connection;
mod drill;
mod event;
mod freshness;
mod notice;
mod overview;
mod readiness;
mod run;
mod store;
mod told;
mod triage;

pub use breakers::{AffectedStep, BlastCounts, BlastQuery, BlastRadius, BreakerEffect, WorkflowCount};
pub use connection::{
    AddConnection, BegunInBrowser, ConnectionRef, ConnectionTest, ConnectionView, EditConnection, Hop, HopResult,
    SignIn, SignInBy, SignOut, TestConnection, WaysIn, Who,
};
pub use drill::{
    Drill, DrillAct, DrillEnd, DrillGoal, DrillGoalKind, DrillGoalState, DrillProof, DrillRuns, DrillStatus,
    DrillVerdict, StartDrill,
};
pub use event::{ConsoleEvent, Tag};
pub use freshness::{Freshness, FreshnessState, Obstacle};
pub use notice::{Banner, Looking, Notice, NoticeKind, NoticeLevel, NoticeSettings, Notices, QuietHours};
pub use overview::{
    ActOnBreaker, ActRecord, AppInfo, BreakerRef, BreakerView, BuiltInPlane, CoverageQuery, FillTemplate,
    FilledTemplate, FolderEntry, FolderQuery, KeychainView, Preference, Preferences, PreviewPlan, RunChecks, SearchHit,
    SearchQuery, TemplatesQuery,
};
pub use readiness::{
    ReadinessHistory, ReadinessHistoryQuery, ReadinessProgress, ReadinessQuery, ReadinessReport, ReadinessReportQuery,
    ReadinessStatus, ReportFormat,
};
pub use run::{
    CreateRun, DecideGate, EventList, LogList, LogMatches, LogSearch, RetryStep, RunAct, RunList, RunQuery, RunRef,
    RunRow, RunSource, RunView, SequenceQuery, StatusCount, WatchRun,
};
pub use store::{DeleteStore, StoreList, StoreView};
pub use told::{
    ActOnBilling, ActOnProject, ActOnTeam, ApiKeyMade, BillRef, BillingActed, CreateApiKey, KeyPurpose, ProjectList,
    ProjectRef, ProjectView, RequeueDeadLetters, RevokeApiKey, TeamActed, TeamRef, Told,
};
pub use triage::{
    AcknowledgeProblem, Acknowledgement, BreakerLane, BreakerMark, BreakerSpan, FailedRun, LoneFailure, Problem,
    ProblemCause, Triage, TriageQuery, WorstCheck,
};
