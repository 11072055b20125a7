//! What changes nothing: lists, runs, timelines, logs, the live feed, and the engine's own state.

use super::{DeadLetter, Engine, Health, Keeping, QueueFacts, RunQuery, ToolInfo};
use crate::{Error, accounts::Scope, backup, feed, templates};
use domain::{Event, FeedItem, LogLine, Page, PageRequest, Run, RunId, RunStatus, RunSummary, Template};
use futures::stream::BoxStream;
use serde_json::{Map, Value};
use std::{path::Path, sync::Arc, time::Duration};

/// Most events on one page.
const EVENTS: u32 = 1_000;
/// Most log lines on one page.
const LINES: u32 = 5_000;
/// How long the database may take to answer a probe.
const PROBE: Duration = Duration::from_secs(3);
/// How long ago the scheduler may have moved last; it moves five times a second.
const STILL: Duration = Duration::from_secs(5);

impl Engine {
    /// One run with its steps.
    pub async fn run(&self, run: &RunId) -> Result<Run, Error> {
        let mut run = self.store().run(run).await?;
        let registry = &self.scheduler().registry;
        for step in &mut run.steps {
            step.breaker = registry.breaker(&step.tool, &step.inputs);
        }
        Ok(run)
    }

    /// One page of runs, newest first.
    pub async fn list_runs(&self, query: &RunQuery) -> Result<Page<RunSummary>, Error> {
        self.store().list_runs(query).await
    }

    /// Events of a run with sequence numbers above `after`, oldest first; `limit` is 1 to 1,000.
    pub async fn events(&self, run: &RunId, after: u64, limit: u32) -> Result<Page<Event>, Error> {
        let limit = limit.clamp(1, EVENTS);
        let last_seq = self.store().head(run).await?.last_seq;
        let items: Vec<Event> =
            self.store().events(run, after, limit).await?.into_iter().map(|(_, event)| event).collect();
        let next = items.last().map(|event| event.seq).filter(|last| *last < last_seq).map(|last| last.to_string());
        Ok(Page { items, next })
    }

    /// Log lines of a run with sequence numbers above `after`, oldest first; `limit` is 1 to 5,000.
    pub async fn logs(&self, run: &RunId, after: u64, limit: u32) -> Result<Page<LogLine>, Error> {
        let limit = limit.clamp(1, LINES);
        let last_seq = self.store().head(run).await?.last_log_seq;
        let items = self.store().logs(run, after, limit).await?;
        let next = items.last().map(|line| line.seq).filter(|last| *last < last_seq).map(|last| last.to_string());
        Ok(Page { items, next })
    }

    /// The live feed of the runs of these teams. With a position it first replays every event after it; log lines are live
    /// only.
    pub fn feed(&self, scope: Scope, after: Option<u64>) -> BoxStream<'static, FeedItem> {
        let scheduler = self.scheduler();
        let (store, live, over) = (Arc::clone(&scheduler.store), scheduler.signals.watch(), scheduler.over.clone());
        feed::of_teams(store, scope, live, over, after)
    }

    /// Events and log lines of one run after these sequence numbers, then live; ends after the event that ends the run.
    pub async fn run_feed(
        &self,
        run: &RunId,
        after_seq: u64,
        after_log_seq: u64,
    ) -> Result<BoxStream<'static, FeedItem>, Error> {
        let scheduler = self.scheduler();
        let live = scheduler.signals.watch();
        self.store().head(run).await?;
        let (store, over) = (Arc::clone(&scheduler.store), scheduler.over.clone());
        Ok(feed::of_run(store, run.clone(), live, over, (after_seq, after_log_seq)))
    }

    /// Every template.
    pub fn templates(&self) -> Vec<Template> {
        templates::list()
    }

    /// The plan that a template makes of these values.
    pub async fn fill_template(&self, template: &str, values: &Map<String, Value>) -> Result<Value, Error> {
        if !templates::list().iter().any(|known| known.id == template) {
            return Err(Error::NotFound { what: format!("template {template}") });
        }
        templates::fill(template, values).await.map_err(|faults| Error::Invalid { faults })
    }

    /// Tools that plans may name.
    pub fn tools(&self) -> Vec<ToolInfo> {
        let tools = self.scheduler().registry.tools().iter();
        tools.map(|tool| ToolInfo { name: tool.name().to_owned(), summary: tool.summary().to_owned() }).collect()
    }

    /// Steps of these teams that nothing will try again by itself, newest first.
    pub async fn dead_letters(&self, scope: &Scope, page: &PageRequest) -> Result<Page<DeadLetter>, Error> {
        self.store().dead_letters(scope, page).await
    }

    /// Depth and age of what these teams have in the queue; slots are those of the plane.
    pub async fn queue(&self, scope: &Scope) -> Result<QueueFacts, Error> {
        let slots = u64::try_from(self.scheduler().config.slots.get()).unwrap_or(u64::MAX);
        Ok(QueueFacts { slots, ..self.store().queue_facts(scope).await? })
    }

    /// How many runs are in each state, in the order of a normal life; states without a run count 0.
    pub async fn run_counts(&self) -> Result<Vec<(RunStatus, u64)>, Error> {
        let found = self.store().run_counts().await?;
        let count = |status| found.iter().find(|(known, _)| *known == status).map_or(0, |(_, count)| *count);
        Ok(RunStatus::ALL.iter().map(|&status| (status, count(status))).collect())
    }

    /// How well what this engine knows is kept.
    pub async fn keeping(&self) -> Keeping {
        let folder = &self.scheduler().config.data_dir;
        let schema = self.store().schema().await.ok();
        Keeping {
            schema: schema.map(|(found, _)| found),
            schema_expected: schema.map_or(0, |(_, expected)| expected),
            free_bytes: free_bytes(folder),
            backed_up_at: backup::last_backup(folder).map(|backup| backup.at),
        }
    }

    /// Writes the database, reads it back, and looks whether the scheduler moved lately.
    pub async fn health(&self) -> Health {
        let probe = async {
            self.store().probe().await?;
            self.store().last_position().await
        };
        let database = match tokio::time::timeout(PROBE, probe).await {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("the database did not answer within {PROBE:?}")),
        };
        let still = self.scheduler().last_moved();
        let scheduler = if self.scheduler().stopping.is_cancelled() {
            Some("the control plane is shutting down".to_owned())
        } else if still > STILL {
            Some(format!("the scheduler has not moved for {} s", still.as_secs()))
        } else {
            None
        };
        Health { database, scheduler }
    }
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let facts = rustix::fs::statvfs(folder).ok()?;
    Some(facts.f_bavail.saturating_mul(facts.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}
