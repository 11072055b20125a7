//! The port to durable state: what the engine needs of a store, in the engine's own terms.
//!
//! Every writing call is one atomic change: it and the events that tell of it become durable together or not at all.
//! What follows from a change (ready work, attempts to stop, items for the feed) is told to [`Consequences`] by the store
//! itself after the commit and in its order, so that a caller that goes away cannot lose it. Deliberately absent:
//! execution, time limits and retries of the store's own failures.

pub(crate) mod accounts;
pub(crate) mod breaker_history;
pub(crate) mod ledger;
pub mod memory_queue;
mod record;
pub mod sqlite;

pub use record::{
    AttemptEnd, Claim, Conduct, EndedAs, Idempotency, NewRecord, NewStep, PendingLine, RunHead, StepFacts, StepRetry,
    Work,
};

use crate::{
    Error,
    accounts::Scope,
    engine::{Act, DeadLetter, QueueFacts, RunQuery},
};
use domain::{
    Event, FeedItem, LogLine, Page, PageRequest, Run, RunId, RunStatus, RunSummary, StepId, Timestamp, Verdict,
};
use std::sync::Arc;

/// Told what follows from committed changes, in the order of the commits. Calls must not block.
pub trait Consequences: Send + Sync + std::fmt::Debug {
    /// A step may start.
    fn ready(&self, work: Work);
    /// Something is to happen by itself at this time, or soon after.
    fn due(&self, at: Timestamp);
    /// The attempt executing at this step must be stopped.
    fn stop(&self, step: &StepId);
    /// Something happened in a run of this team that watchers want to see.
    fn publish(&self, team: &Arc<str>, item: FeedItem);
}

/// Durable state.
#[async_trait::async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Writes a run with its steps; answers it as it was then, and whether an earlier call with the same idempotency key made
    /// it.
    async fn create_run(&self, new: NewRecord) -> Result<(Run, bool), Error>;
    /// Marks a ready step as running, before its tool is started. `None` if it is no longer ready.
    async fn claim(&self, step: &StepId) -> Result<Option<Claim>, Error>;
    /// Records how an attempt ended, exactly once: a second or a late report changes nothing.
    async fn end_attempt(&self, end: AttemptEnd) -> Result<EndedAs, Error>;
    /// Lets everything happen that is due, a bounded number of steps at a time; announces the next due time.
    async fn pass_time(&self) -> Result<(), Error>;
    /// Cancels what waits and asks for running attempts to be stopped.
    async fn cancel_run(&self, run: &RunId, reason: &str, act: &Act) -> Result<(), Error>;
    /// Queues a step again that ended badly.
    async fn retry_step(&self, retry: StepRetry) -> Result<(), Error>;
    /// Decides an open gate.
    async fn decide_gate(
        &self,
        run: &RunId,
        step: &str,
        verdict: Verdict,
        reason: Option<&str>,
        act: &Act,
    ) -> Result<(), Error>;
    /// Keeps what steps printed.
    async fn append_logs(&self, lines: Arc<Vec<PendingLine>>) -> Result<(), Error>;
    /// Settles what a dead process left of a run: its running attempts are over.
    async fn recover_run(&self, run: &RunId) -> Result<(), Error>;
    /// Version of the schema that the database has, and the one that this build works with.
    async fn schema(&self) -> Result<(u64, u64), Error>;
    /// Writes something, to prove that writing works.
    async fn probe(&self) -> Result<(), Error>;

    /// What marks the processes of this store's plane.
    async fn marker(&self) -> Result<String, Error>;
    /// Runs that have not ended.
    async fn open_runs(&self) -> Result<Vec<RunId>, Error>;
    /// Steps that are ready, in the order in which they became so.
    async fn ready(&self) -> Result<Vec<Work>, Error>;
    /// One run with its steps.
    async fn run(&self, run: &RunId) -> Result<Run, Error>;
    /// How far a run is.
    async fn head(&self, run: &RunId) -> Result<RunHead, Error>;
    /// What a step calls, found by its id or its name.
    async fn step(&self, run: &RunId, step: &str) -> Result<StepFacts, Error>;
    /// One page of runs, newest first.
    async fn list_runs(&self, query: &RunQuery) -> Result<Page<RunSummary>, Error>;
    /// Events of one run after a sequence number, oldest first, with their positions in the feed.
    async fn events(&self, run: &RunId, after: u64, limit: u32) -> Result<Vec<(u64, Event)>, Error>;
    /// Events of the runs of these teams after a position of the feed, oldest first.
    async fn feed(&self, scope: &Scope, after: u64, limit: u32) -> Result<Vec<(u64, Event)>, Error>;
    /// Position of the newest event; 0 if there is none.
    async fn last_position(&self) -> Result<u64, Error>;
    /// Log lines of one run after a sequence number, oldest first.
    async fn logs(&self, run: &RunId, after: u64, limit: u32) -> Result<Vec<LogLine>, Error>;
    /// Dead letters of these teams, newest first.
    async fn dead_letters(&self, scope: &Scope, page: &PageRequest) -> Result<Page<DeadLetter>, Error>;
    /// Depth and age of what these teams have in the queue; `slots` is left 0.
    async fn queue_facts(&self, scope: &Scope) -> Result<QueueFacts, Error>;
    /// How many runs are in each state; states without a run are left out.
    async fn run_counts(&self) -> Result<Vec<(RunStatus, u64)>, Error>;

    /// Finishes what was asked so far and lets go of the files.
    async fn close(&self);
}

/// Work that is ready, first in, first out. It holds nothing that [`Store::ready`] could not tell again.
#[async_trait::async_trait]
pub trait Queue: Send + Sync + std::fmt::Debug {
    /// Adds work at the end; work that is already there stays where it is.
    fn push(&self, work: Work);
    /// Forgets everything and takes this instead.
    fn replace(&self, work: Vec<Work>);
    /// Takes the first work out, waiting for some if there is none. Dropping the call loses nothing.
    async fn pop(&self) -> Work;
}
