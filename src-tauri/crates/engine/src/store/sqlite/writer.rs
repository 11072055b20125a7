//! The one writer: it commits many changes in one transaction.
//!
//! Forcing a transaction to disk costs far more than making it, so all changes that wait are made in one and acknowledged
//! together after the commit. A change that fails for a reason of its own (a conflict, say) has written nothing yet; if
//! the database fails, the whole batch is rolled back and each change is tried once more alone, so that one that cannot
//! be written does not take the others with it.

use super::super::Consequences;
use crate::{Error, store::Work};
use domain::{Clock, FeedItem, StepId, Timestamp};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Most changes in one transaction.
const BATCH: usize = 128;

/// What follows from the changes of a transaction once it is committed.
#[derive(Debug, Default)]
pub(super) struct After {
    pub(super) ready: Vec<Work>,
    pub(super) due: Option<Timestamp>,
    pub(super) stop: Vec<StepId>,
    pub(super) feed: Vec<(Arc<str>, FeedItem)>,
}

impl After {
    /// Notes a time at which something is to happen.
    pub(super) fn due(&mut self, at: Timestamp) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }
}

/// The transaction in which a change is made.
#[derive(Debug)]
pub(super) struct Tx<'c> {
    pub(super) conn: &'c mut SqliteConnection,
    pub(super) now: Timestamp,
    pub(super) after: After,
}

/// One atomic change. Everything that can be refused is refused before anything is written.
#[async_trait::async_trait]
pub(super) trait Change: Send + Sync + 'static {
    type Reply: Send + 'static;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Reply, Error>;
}

#[async_trait::async_trait]
trait Job: Send {
    async fn apply(&mut self, tx: &mut Tx<'_>) -> Result<(), Error>;
    fn answer(self: Box<Self>, committed: Result<(), Error>);
}

struct Pending<C: Change> {
    change: C,
    made: Option<Result<C::Reply, Error>>,
    reply: oneshot::Sender<Result<C::Reply, Error>>,
}

#[async_trait::async_trait]
impl<C: Change> Job for Pending<C> {
    async fn apply(&mut self, tx: &mut Tx<'_>) -> Result<(), Error> {
        match self.change.apply(tx).await {
            Err(error @ Error::Storage { .. }) => Err(error),
            made => {
                self.made = Some(made);
                Ok(())
            }
        }
    }

    fn answer(self: Box<Self>, committed: Result<(), Error>) {
        let answer = match (committed, self.made) {
            (Ok(()), Some(made)) => made,
            (Err(error), _) => Err(error),
            (Ok(()), None) => Err(Error::Storage { detail: "the change was not made".to_owned() }),
        };
        // The caller may have gone away; what it asked for is done all the same.
        drop(self.reply.send(answer));
    }
}

/// Hands changes to the writer.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

impl std::fmt::Debug for dyn Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Job")
    }
}

impl Writer {
    /// Makes a change and answers when it is durable.
    pub(super) async fn write<C: Change>(&self, change: C) -> Result<C::Reply, Error> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Pending { change, made: None, reply });
        self.jobs.send(job).await.map_err(|_| Error::ShuttingDown)?;
        answer.await.map_err(|_| Error::ShuttingDown)?
    }
}

/// The task that owns the one writing connection.
#[derive(Debug)]
pub(super) struct WriterTask {
    options: SqliteConnectOptions,
    conn: Option<SqliteConnection>,
    jobs: mpsc::Receiver<Box<dyn Job>>,
    clock: Arc<dyn Clock>,
    consequences: Arc<dyn Consequences>,
    /// Whatever must be held as long as the data can be touched.
    _held: Held,
}

/// Something that is only held, such as a lock.
pub(super) type Held = Arc<dyn std::fmt::Debug + Send + Sync>;

impl WriterTask {
    /// A writer and the task that serves it.
    pub(super) fn new(
        options: SqliteConnectOptions,
        conn: SqliteConnection,
        clock: Arc<dyn Clock>,
        consequences: Arc<dyn Consequences>,
        held: Held,
    ) -> (Writer, Self) {
        let (sender, jobs) = mpsc::channel(4 * BATCH);
        (Writer { jobs: sender }, Self { options, conn: Some(conn), jobs, clock, consequences, _held: held })
    }

    /// Serves until it is stopped; then finishes what was asked before and closes the connection.
    pub(super) async fn serve(mut self, stop: CancellationToken) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let received = tokio::select! {
                biased;
                received = self.jobs.recv_many(&mut batch, BATCH) => received,
                () = stop.cancelled() => {
                    self.jobs.close();
                    self.jobs.recv_many(&mut batch, BATCH).await
                }
            };
            if received == 0 {
                break;
            }
            self.commit(&mut batch).await;
        }
        if let Some(conn) = self.conn.take()
            && let Err(error) = conn.close().await
        {
            tracing::warn!(%error, "the database was not closed in order; the next start will tidy up");
        }
    }

    async fn commit(&mut self, batch: &mut Vec<Box<dyn Job>>) {
        match self.transact(batch).await {
            Ok(after) => self.conclude(batch.drain(..), after),
            Err(error) if batch.len() == 1 => {
                tracing::error!(%error, "a change could not be written");
                batch.drain(..).for_each(|job| job.answer(Err(error.clone())));
            }
            Err(error) => {
                tracing::warn!(%error, changes = batch.len(), "a batch could not be written; each change is tried alone");
                for mut job in batch.drain(..) {
                    match self.transact(std::slice::from_mut(&mut job)).await {
                        Ok(after) => self.conclude([job], after),
                        Err(error) => job.answer(Err(error)),
                    }
                }
            }
        }
    }

    fn conclude(&self, jobs: impl IntoIterator<Item = Box<dyn Job>>, after: After) {
        after.feed.into_iter().for_each(|(team, item)| self.consequences.publish(&team, item));
        after.stop.iter().for_each(|step| self.consequences.stop(step));
        after.ready.into_iter().for_each(|work| self.consequences.ready(work));
        if let Some(at) = after.due {
            self.consequences.due(at);
        }
        jobs.into_iter().for_each(|job| job.answer(Ok(())));
    }

    async fn transact(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<After, Error> {
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => SqliteConnection::connect_with(&self.options).await?,
        };
        // Dropped on the way out, the connection is closed, and with it whatever transaction it may still be in.
        let outcome = in_transaction(&mut conn, jobs, self.clock.now()).await?;
        self.conn = Some(conn);
        outcome
    }
}

/// Makes the changes in one transaction. The outer error is one after which the connection cannot be trusted.
async fn in_transaction(
    conn: &mut SqliteConnection,
    jobs: &mut [Box<dyn Job>],
    now: Timestamp,
) -> Result<Result<After, Error>, Error> {
    let mut transaction = conn.begin_with("BEGIN IMMEDIATE").await?;
    let mut tx = Tx { conn: &mut transaction, now, after: After::default() };
    let mut made = Ok(());
    for job in jobs {
        made = job.apply(&mut tx).await;
        if made.is_err() {
            break;
        }
    }
    let after = tx.after;
    match made {
        Ok(()) => transaction.commit().await.map(|()| Ok(after)).map_err(Error::from),
        Err(error) => {
            transaction.rollback().await?;
            Ok(Err(error))
        }
    }
}
