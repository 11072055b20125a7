//! The values that travel through the façade.

use crate::{
    accounts::{Caller, Scope},
    billing::BillingSettings,
    identity_provider::IdentityProvider,
};
use domain::{CorrelationId, Failure, PageRequest, Run, RunId, RunStatus, StepId, TeamId, Timestamp};
use serde_json::Value;
use std::{num::NonZeroUsize, path::PathBuf, sync::Arc, time::Duration};

/// What the engine is given at its start.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Where the database (`engine.db`) and the lock (`engine.lock`) lie; made if missing.
    pub data_dir: PathBuf,
    /// Most steps that execute at once. Steps that wait for a person or for time count not.
    pub slots: NonZeroUsize,
    /// Most bytes of output kept of one attempt whatever its plan asks for; what is over is counted and its loss is stated.
    pub log_cap_bytes: usize,
    /// How long a tool may take to end after it was told to stop, before it is dropped.
    pub stop_grace: Duration,
    /// Whether runs that an earlier life left open are taken up. Not so for a process that only manages tokens.
    pub takes_up: bool,
    /// Seed of the jitter between attempts; `None` takes one from the operating system.
    pub jitter_seed: Option<u64>,
    /// Bounds of teams.
    pub teams: TeamBounds,
    /// The provider that people may sign in through.
    pub identity_provider: Option<Arc<IdentityProvider>>,
    /// Through whom teams pay.
    pub billing: Option<BillingSettings>,
}

/// Bounds of every team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TeamBounds {
    /// Most runs that have not ended.
    pub open_runs: u32,
    /// Most members, open invitations included.
    pub members: u32,
    /// How long an invitation is open.
    pub invitation: Duration,
}

impl Default for TeamBounds {
    /// 1,000 open runs, 200 members, 7 days.
    fn default() -> Self {
        Self { open_runs: 1_000, members: 200, invitation: Duration::from_hours(7 * 24) }
    }
}

impl EngineConfig {
    /// 8 slots, 16 MiB of output for an attempt (which is what a plan may ask for at most), 5 s to stop.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        const SLOTS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(7);
        Self {
            data_dir: data_dir.into(),
            slots: SLOTS,
            log_cap_bytes: 16 * 1024 * 1024,
            stop_grace: Duration::from_secs(5),
            takes_up: true,
            jitter_seed: None,
            teams: TeamBounds::default(),
            identity_provider: None,
            billing: None,
        }
    }
}

/// Who does something, and which request it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Who. Idempotency keys belong to its principal.
    pub caller: Caller,
    /// Joins the events to the request.
    pub correlation_id: CorrelationId,
    /// Makes a repetition of the same act within 24 hours do nothing.
    pub idempotency_key: Option<String>,
}

/// A run to be started.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// The plan as it was submitted.
    pub plan: Value,
    /// The template that it came from.
    pub template: Option<String>,
    /// The team that it is to belong to.
    pub team: TeamId,
    /// Same key, same principal and same body within 24 hours: the first run is answered again.
    pub idempotency_key: Option<String>,
}

/// A run that was created, now or by an earlier call with the same idempotency key.
#[derive(Debug, Clone, PartialEq)]
pub struct Created {
    /// The run as it stands now.
    pub run: Run,
    /// Whether an earlier call created it.
    pub replayed: bool,
}

/// Which runs are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunQuery {
    /// Only runs of these teams.
    pub scope: Scope,
    /// Only runs in one of these states; empty means all.
    pub statuses: Vec<RunStatus>,
    /// Which page.
    pub page: PageRequest,
}

impl RunQuery {
    /// The first page of all runs of these teams.
    pub fn of(scope: Scope) -> Self {
        Self { scope, statuses: Vec::new(), page: PageRequest::default() }
    }
}

/// A step that nothing will try again by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
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

/// Depth and age of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueFacts {
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

/// Whether the engine can do its work, as just proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Why the database cannot be written and read back; `None` if it can.
    pub database: Option<String>,
    /// Why the scheduler is thought to stand still; `None` if it moves.
    pub scheduler: Option<String>,
}

impl Health {
    /// Whether nothing is wrong.
    pub const fn is_ready(&self) -> bool {
        self.database.is_none() && self.scheduler.is_none()
    }
}

/// How well the engine keeps what it knows, as far as that could be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Keeping {
    /// Version of the schema that the database has.
    pub schema: Option<u64>,
    /// The version that this build works with.
    pub schema_expected: u64,
    /// Bytes that are free where the database lies.
    pub free_bytes: Option<u64>,
    /// When the last good backup was made; `None` if none is known.
    pub backed_up_at: Option<Timestamp>,
}

/// How an orderly end went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ShutdownReport {
    /// Steps that were executing when the end began and ended by themselves.
    pub finished: u64,
    /// Steps that were stopped and go on at the next start.
    pub parked: u64,
    /// Steps that were stopped and ended as interrupted, since their plan forbids a rerun.
    pub interrupted: u64,
}

/// A tool that plans may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolInfo {
    /// Its name; a trailing `:` means that a free name follows.
    pub name: String,
    /// What it does, one sentence.
    pub summary: String,
}
