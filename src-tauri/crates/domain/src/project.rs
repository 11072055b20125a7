//! Projects: work that agents carry out from gate to gate. The work on one is a run whose steps are its gates, and the run
//! tells of its project; what else belongs to a project is read when somebody looks at it.
//!
//! Deliberately absent: what documents say, and what was written to or by an agent.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What the plane says of a project besides its gates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Project {
    /// What sort of project it is, in the words of its plane, e.g. `hybrid`.
    pub kind: Option<String>,
    /// Whose it is.
    pub owner: Option<String>,
    /// In which phase its plane says that it is.
    pub phase: Option<String>,
    /// The gate whose turn it is, by the name of its step, e.g. `G3`.
    pub current_gate: Option<String>,
    /// The agent that works on it.
    pub working_agent: Option<String>,
    /// What its plane says about it, one sentence.
    pub message: Option<String>,
    /// How far its plane says that it is; may be above 100.
    pub percent: Option<i64>,
    /// What that percentage was counted from, where the rows of its gates were read.
    pub counted: Option<GateRows>,
}

/// The rows of gates that a plane counts as progress.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct GateRows {
    /// Gates that a person approved, each counted once.
    pub approved: u32,
    /// Rows that only close a gate which was approved already.
    pub markers: u32,
    /// Rows of a gate that has one already.
    pub duplicates: u32,
}

impl Project {
    /// Under which name the run of a project tells of it in its metadata.
    pub const KEY: &str = "project";

    /// The project of which a run tells.
    pub fn of(metadata: &Map<String, Value>) -> Option<Self> {
        metadata.get(Self::KEY).and_then(|project| Self::deserialize(project).ok())
    }

    /// Tells of the project in the metadata of its run.
    pub fn tell(&self, metadata: &mut Map<String, Value>) {
        if let Ok(project) = serde_json::to_value(self) {
            metadata.insert(Self::KEY.to_owned(), project);
        }
    }
}

/// Everything that belongs to a project besides its gates. A part that its plane does not tell is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ProjectWork {
    /// What each gate asks for, in the order of the gates.
    pub needs: Option<Vec<GateNeeds>>,
    /// What has to be handed over, in the order of the gates.
    pub deliverables: Option<Vec<Deliverable>>,
    /// Tasks, oldest first.
    pub tasks: Option<Vec<ProjectTask>>,
    /// What agents were set to do, newest first.
    pub executions: Option<Vec<AgentExecution>>,
    /// Documents, newest first.
    pub documents: Option<Vec<ProjectDocument>>,
    /// What it has cost.
    pub costs: Option<ProjectCosts>,
    /// What stands in its way, unresolved ones first.
    pub blockers: Option<Vec<Blocker>>,
}

/// What a gate asks for before its plane takes any verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct GateNeeds {
    /// The gate, by the name of its step.
    pub gate: String,
    /// Whether its plane looks at proofs at all.
    pub asks_for_proof: bool,
    /// The proofs that have to be there, and others that are.
    pub proofs: Vec<Proof>,
    /// Where its deliverables are looked for, as paths on the plane.
    pub paths: Vec<String>,
}

/// A proof that a gate asks for or that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Proof {
    /// What it proves, in the words of its plane, e.g. `smoke_test`.
    pub kind: String,
    /// Whether the gate waits for it.
    pub is_required: bool,
    /// What it says; `None` while it is missing.
    pub result: Option<ProofResult>,
    /// When it was given.
    pub at: Option<Timestamp>,
    /// Whether somebody other than the plane itself can give it.
    pub can_be_added: bool,
}

/// What a proof says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ProofResult {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It holds with reservations, which does not count as holding.
    Warning,
    /// It was given and not judged, which does not count as holding.
    Info,
}

/// Something that has to be handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Deliverable {
    /// Its id on the plane.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Where it is looked for.
    pub path: Option<String>,
    /// Who owes it.
    pub owner: Option<String>,
    /// Where it stands.
    pub status: WorkStatus,
}

/// A task of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ProjectTask {
    /// Its id on the plane.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// The phase that it belongs to, in the words of its plane.
    pub phase: Option<String>,
    /// The agent that it was given to.
    pub agent: Option<String>,
    /// Where it stands.
    pub status: WorkStatus,
    /// What it is blocked by.
    pub blocked_by: Option<String>,
    /// When it was finished.
    pub completed_at: Option<Timestamp>,
}

/// Where a task or a deliverable stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkStatus {
    /// Nobody has begun.
    NotStarted,
    /// Somebody is at it.
    InProgress,
    /// It is done and looked over.
    InReview,
    /// It is done.
    Complete,
    /// Something stands in its way.
    Blocked,
    /// It will not be done.
    Skipped,
}

/// One time that an agent was set to work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct AgentExecution {
    /// Its id on the plane.
    pub id: String,
    /// The agent, in the words of its plane, e.g. `QA_ENGINEER`.
    pub agent: String,
    /// How it stands.
    pub status: ExecutionStatus,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The model that was asked.
    pub model: Option<String>,
    /// Tokens sent.
    pub input_tokens: Option<u64>,
    /// Tokens received.
    pub output_tokens: Option<u64>,
}

/// How an execution of an agent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionStatus {
    /// It has not begun.
    Pending,
    /// It is under way, as far as its plane says.
    Running,
    /// It ended well.
    Completed,
    /// It ended badly.
    Failed,
    /// It was called off.
    Cancelled,
}

/// A document that belongs to a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ProjectDocument {
    /// Its id on the plane.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What sort of document it is, in the words of its plane, e.g. `REQUIREMENTS`.
    pub kind: String,
    /// Its version, from 1.
    pub version: u32,
    /// When it changed last.
    pub updated_at: Timestamp,
}

/// What a project has cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ProjectCosts {
    /// All of it, in US dollars.
    pub total_usd: f64,
    /// Tokens sent.
    pub input_tokens: u64,
    /// Tokens received.
    pub output_tokens: u64,
    /// How often an agent was set to work.
    pub executions: u64,
    /// The share of each agent, dearest first.
    pub by_agent: Vec<AgentCost>,
}

/// What one agent has cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct AgentCost {
    /// The agent, in the words of its plane.
    pub agent: String,
    /// In US dollars.
    pub usd: f64,
    /// How often it was set to work.
    pub executions: u64,
}

/// Something that stands in the way of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Blocker {
    /// Its id on the plane.
    pub id: String,
    /// What it is.
    pub description: String,
    /// How bad it is, in the words of its plane, e.g. `high`.
    pub severity: String,
    /// When it was reported.
    pub opened_at: Timestamp,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
}

/// What an operator does on a project besides deciding its gates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum ProjectAct {
    /// Sets the agents to work for the first time.
    Start {
        /// What is to be made, 10 to 2000 characters.
        requirements: String,
    },
    /// Sets the agents to work that come after a gate which was approved.
    GoOn {
        /// The gate that was approved, by the name of its step.
        gate: String,
    },
    /// Sets the agents of a gate to work again.
    WorkAgain {
        /// The gate, by the name of its step.
        gate: String,
    },
    /// Gives a proof.
    AddProof {
        /// The gate that asks for it, by the name of its step.
        gate: String,
        /// What it proves, e.g. `smoke_test`.
        kind: String,
        /// Where it lies on the plane.
        path: String,
        /// What it says, 1 to 500 characters.
        summary: String,
    },
    /// Says that a deliverable is complete.
    CompleteDeliverable {
        /// Its id on the plane.
        deliverable: String,
    },
    /// Says that a blocker is resolved.
    ResolveBlocker {
        /// Its id on the plane.
        blocker: String,
        /// How, 1 to 500 characters.
        resolution: String,
    },
}
