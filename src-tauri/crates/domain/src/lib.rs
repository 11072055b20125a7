//! The nouns of Breakwater and their rules: what a run, a step, a gate or a breaker is, and which changes they allow.
//!
//! Every face, the console, the engine and the UI speak this language: the types derive serde and their TypeScript
//! twins. Deliberately absent: any input or output, any async code, any hidden clock (times are given; the one reading of the system's is `time::SystemClock`), and the wire shapes of
//! foreign control planes, which never come this far.

mod api_key;
mod audit;
mod billing;
pub mod breaker;
pub mod capability;
pub mod check;
pub mod connection;
pub mod coverage;
mod drill;
pub mod event;
pub mod failure;
pub mod feed;
pub mod gate;
pub mod id;
pub mod log;
pub mod page;
pub mod plan;
mod project;
mod queue;
pub mod readiness;
pub mod run;
pub mod secret;
pub mod status;
pub mod step;
mod store;
mod team;
pub mod template;
pub mod time;
mod usage;

pub use api_key::{ApiKey, MadeApiKey, NewApiKey};
pub use audit::{AuditEntry, AuditLink, AuditOutcome, AuditState, NotAuditLink};
pub use billing::{Billing, BillingAct, BillingPlan, Subscription, UsageLimit, UsageLine};
pub use breaker::{
    Breaker, BreakerAct, BreakerCause, BreakerEvent, BreakerHappening, BreakerIsolation, BreakerSource, BreakerState,
    BreakerVerdict,
};
pub use capability::{Action, Availability, Capabilities, Capability};
pub use check::{Check, CheckStatus, Evidence, LastPass};
pub use connection::{
    Allowance, Connection, ConnectionState, ConnectionStatus, ControlPlaneKind, CredentialState, Environment, Spending,
};
pub use coverage::{Coverage, Span};
pub use drill::{DrillFault, DrillFirstAct, DrillPhase, DrillProvider, DrillRequest, DrillScenario};
pub use event::{Event, EventKind, EventSource};
pub use failure::{Failure, Fault, WireError};
pub use feed::FeedItem;
pub use gate::{Gate, GateState, GateSubject, Verdict};
pub use id::{ConnectionId, CorrelationId, PersonId, RunId, StepId, TeamId};
pub use log::{LogLine, LogStream};
pub use page::{Page, PageRequest};
pub use plan::{OnRestart, Plan, PlanStep, Preview, RetryPolicy, Severity};
pub use project::{
    AgentCost, AgentExecution, Blocker, Deliverable, ExecutionStatus, GateNeeds, GateRows, Project, ProjectAct,
    ProjectCosts, ProjectDocument, ProjectTask, ProjectWork, Proof, ProofResult, WorkStatus,
};
pub use queue::{DeadLetter, Queue};
pub use readiness::{CheckChange, Points, Readiness, ScorePoint};
pub use run::{Run, RunSummary, StepCounts, TimeSpent, Usage};
pub use secret::Secret;
pub use status::{RunStatus, StepStatus};
pub use step::{Attempt, Step, WaitingFor};
pub use store::{Store, StoreStatus};
pub use team::{Invitation, Member, Permission, Role, Team, TeamAct, TeamPeople};
pub use template::{Template, TemplateField};
pub use time::{Clock, SystemClock, Timestamp};
pub use usage::{ProviderUsage, TeamBilling, TeamUsage, UsedTokens};
