//! State in SQLite: one writing connection that commits in batches, and a pool of reading ones that never wait for it.

mod accounts;
mod breaker_history;
mod change;
pub(crate) mod column;
pub mod invariants;
mod ledger;
mod run_change;
mod table;
mod writer;

use super::{
    AttemptEnd, Claim, Consequences, EndedAs, NewRecord, PendingLine, RunHead, StepFacts, StepRetry, Store, Work,
};
use crate::{
    Error, OpenError,
    accounts::Scope,
    engine::{Act, DeadLetter, QueueFacts, RunQuery},
};
use column::unsigned;
use domain::{
    Clock, Event, LogLine, Page, PageRequest, Run, RunId, RunStatus, RunSummary, StepId, TeamId, Timestamp, Verdict,
};
use futures::future::BoxFuture;
use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{fs::OpenOptions, io::ErrorKind, path::Path, sync::Arc, time::Duration};
use table::{dead_letters, events, log_lines, plane, run_list, runs, steps};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use writer::{Writer, WriterTask};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");
/// Reading connections.
const READERS: u32 = 4;

/// State in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Writer,
    readers: SqlitePool,
    stop: CancellationToken,
    task: tokio::sync::Mutex<Option<AbortOnDropHandle<()>>>,
    clock: Arc<dyn Clock>,
}

impl SqliteStore {
    /// Opens the file, makes it if it is missing, and brings it to the present schema, all or nothing.
    /// `marker` becomes the plane's mark if the file is new.
    ///
    /// Cancelling `over` ends the writer at once, as a crash would. `held` is kept until the writer has let go of the file.
    pub async fn open(
        path: &Path,
        marker: &str,
        clock: Arc<dyn Clock>,
        consequences: Arc<dyn Consequences>,
        (over, held): (CancellationToken, Arc<dyn std::fmt::Debug + Send + Sync>),
    ) -> Result<Self, OpenError> {
        found_privately(path).map_err(|error| unreadable(path, &error))?;
        let options = options(path);
        let mut conn = SqliteConnection::connect_with(&options).await.map_err(|error| unreadable(path, &error))?;
        migrate(&mut conn).await.map_err(|error| match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                OpenError::Newer { path: path.to_owned() }
            }
            error => unreadable(path, &error),
        })?;
        plane::found(&mut conn, marker, clock.now()).await.map_err(|error| unreadable(path, &error))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.clone().read_only(true))
            .await
            .map_err(|error| unreadable(path, &error))?;
        let (writer, task) = WriterTask::new(options, conn, Arc::clone(&clock), consequences, held);
        let stop = CancellationToken::new();
        let serving = task.serve(stop.clone());
        let task = AbortOnDropHandle::new(tokio::spawn(async move {
            over.run_until_cancelled(serving).await;
        }));
        Ok(Self { writer, readers, stop, task: tokio::sync::Mutex::new(Some(task)), clock })
    }
}

/// Not `Migrator::run`, whose future the compiler cannot see to be `Send` through a borrowed connection.
fn migrate(conn: &mut SqliteConnection) -> BoxFuture<'_, Result<(), MigrateError>> {
    Box::pin(MIGRATIONS.run_direct(None, conn, false))
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What was acknowledged survives a power cut, not only a crash of this process.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(200)
}

/// Makes the file, for its owner only, if it is missing. SQLite would make it as the process's mask has it, and gives its
/// journals the mode of the file.
fn found_privately(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn unreadable(path: &Path, error: &dyn std::error::Error) -> OpenError {
    OpenError::Unreadable { path: path.to_owned(), detail: error.to_string() }
}

fn missing(run: &RunId) -> Error {
    Error::NotFound { what: run.to_string() }
}

/// The ordinal in a page's key. A key that this store never gave is refused.
fn place(page: &PageRequest) -> Result<Option<i64>, Error> {
    let Some(after) = &page.after else { return Ok(None) };
    let place = after.parse().map_err(|_| Error::Invalid {
        faults: vec![domain::Fault {
            path: "after".to_owned(),
            rule: "page_key".to_owned(),
            message: "This is no key of a page.".to_owned(),
            remedy: "Give the `next` of the page before, or leave it out.".to_owned(),
        }],
    })?;
    Ok(Some(place))
}

#[async_trait::async_trait]
impl Store for SqliteStore {
    async fn create_run(&self, new: NewRecord) -> Result<(Run, bool), Error> {
        self.writer.write(change::CreateRun(new)).await
    }

    async fn claim(&self, step: &StepId) -> Result<Option<Claim>, Error> {
        self.writer.write(change::ClaimStep(step.clone())).await
    }

    async fn end_attempt(&self, end: AttemptEnd) -> Result<EndedAs, Error> {
        self.writer.write(change::EndAttempt(end)).await
    }

    async fn pass_time(&self) -> Result<(), Error> {
        self.writer.write(change::PassTime).await
    }

    async fn cancel_run(&self, run: &RunId, reason: &str, act: &Act) -> Result<(), Error> {
        self.writer.write(change::CancelRun { run: run.clone(), reason: reason.to_owned(), act: act.clone() }).await
    }

    async fn retry_step(&self, retry: StepRetry) -> Result<(), Error> {
        self.writer.write(change::RetryStep(retry)).await
    }

    async fn decide_gate(
        &self,
        run: &RunId,
        step: &str,
        verdict: Verdict,
        reason: Option<&str>,
        act: &Act,
    ) -> Result<(), Error> {
        let (run, step, reason, act) = (run.clone(), step.to_owned(), reason.map(str::to_owned), act.clone());
        self.writer.write(change::DecideGate { run, step, verdict, reason, act }).await
    }

    async fn append_logs(&self, lines: Arc<Vec<PendingLine>>) -> Result<(), Error> {
        self.writer.write(change::AppendLogs(lines)).await
    }

    async fn recover_run(&self, run: &RunId) -> Result<(), Error> {
        self.writer.write(change::RecoverRun(run.clone())).await
    }

    async fn schema(&self) -> Result<(u64, u64), Error> {
        let expected = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
        Ok((plane::schema(&self.readers).await?, unsigned(expected)))
    }

    async fn probe(&self) -> Result<(), Error> {
        self.writer.write(change::Probe).await
    }

    async fn marker(&self) -> Result<String, Error> {
        plane::marker(&self.readers).await
    }

    async fn open_runs(&self) -> Result<Vec<RunId>, Error> {
        runs::open(&self.readers).await
    }

    async fn ready(&self) -> Result<Vec<Work>, Error> {
        steps::ready(&self.readers).await
    }

    async fn run(&self, run: &RunId) -> Result<Run, Error> {
        // One transaction, so that steps and attempts belong to the same moment.
        let mut snapshot = self.readers.begin().await?;
        let found = run_list::whole(&mut snapshot, run).await?;
        snapshot.rollback().await?;
        found.ok_or_else(|| missing(run))
    }

    async fn head(&self, run: &RunId) -> Result<RunHead, Error> {
        let head = runs::head(&self.readers, run).await?.ok_or_else(|| missing(run))?;
        Ok(RunHead {
            status: head.status.0,
            last_seq: unsigned(head.last_seq),
            last_log_seq: unsigned(head.last_log_seq),
        })
    }

    async fn step(&self, run: &RunId, step: &str) -> Result<StepFacts, Error> {
        self.head(run).await?;
        let facts = steps::facts(&self.readers, run, step).await?;
        facts.ok_or_else(|| Error::NotFound { what: format!("step {step} of {run}") })
    }

    async fn list_runs(&self, query: &RunQuery) -> Result<Page<RunSummary>, Error> {
        let before = place(&query.page)?.unwrap_or(i64::MAX);
        let limit = query.page.limit.clamp(1, PageRequest::MAX_LIMIT);
        let mut statuses: Vec<RunStatus> = query.statuses.clone();
        statuses.sort_unstable();
        statuses.dedup();
        let statuses: Vec<Option<RunStatus>> = match statuses.len() {
            0 => vec![None],
            all if all == RunStatus::ALL.len() => vec![None],
            _ => statuses.into_iter().map(Some).collect(),
        };
        let teams: Vec<Option<&TeamId>> = match &query.scope {
            Scope::Everywhere => vec![None],
            Scope::Teams(teams) => teams.iter().map(Some).collect(),
        };
        let wanted = i64::from(limit) + 1;
        let mut rows = Vec::new();
        // One moment for all of them: a run that changes meanwhile is on the page once.
        let mut moment = self.readers.begin().await?;
        // Each team and each state has its own index range; the newest of all ranges are the page.
        for team in teams {
            for status in &statuses {
                rows.extend(run_list::page(&mut *moment, (team, *status), before, wanted).await?);
            }
        }
        rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.ordinal));
        let limit = usize::try_from(limit).unwrap_or(1);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(|row| row.ordinal.to_string()) } else { None };
        Ok(Page { items: rows.into_iter().map(Into::into).collect(), next })
    }

    async fn events(&self, run: &RunId, after: u64, limit: u32) -> Result<Vec<(u64, Event)>, Error> {
        events::of_run(&self.readers, run, after, limit).await
    }

    async fn feed(&self, scope: &Scope, after: u64, limit: u32) -> Result<Vec<(u64, Event)>, Error> {
        events::after(&self.readers, scope, after, limit).await
    }

    async fn last_position(&self) -> Result<u64, Error> {
        events::last_position(&self.readers).await
    }

    async fn logs(&self, run: &RunId, after: u64, limit: u32) -> Result<Vec<LogLine>, Error> {
        log_lines::of_run(&self.readers, run, after, limit).await
    }

    async fn dead_letters(&self, scope: &Scope, page: &PageRequest) -> Result<Page<DeadLetter>, Error> {
        let before = place(page)?;
        let page = PageRequest { after: None, limit: page.limit.clamp(1, PageRequest::MAX_LIMIT) };
        dead_letters::page(&self.readers, scope, &page, before).await
    }

    async fn run_counts(&self) -> Result<Vec<(RunStatus, u64)>, Error> {
        run_list::counts(&self.readers).await
    }

    async fn queue_facts(&self, scope: &Scope) -> Result<QueueFacts, Error> {
        let queue = steps::queue(&self.readers, scope).await?;
        let now = self.clock.now();
        let age = |since: Timestamp| u64::try_from(now.since(since).as_millis()).unwrap_or(u64::MAX);
        Ok(QueueFacts {
            depth: queue.depth,
            oldest_queued_ms: queue.oldest.map(age),
            running: queue.running,
            slots: 0,
            dead_letters: dead_letters::count(&self.readers, scope).await?,
        })
    }

    async fn close(&self) {
        // The writing connection goes last: only it can bring the journal back into the file and remove it.
        self.readers.close().await;
        self.stop.cancel();
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the writer of the database did not end in order");
        }
    }
}
