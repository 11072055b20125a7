//! Events and log lines of a run, and finding text in its log.

use super::{ask, resolve};
use crate::{
    call::Call,
    core::Core,
    error::Error,
    guard::Guarded,
    link::Link,
    pull,
    view::{EventList, LogList, LogMatches, LogSearch, SequenceQuery},
};
use domain::{RunId, StepId};
use std::sync::Arc;

/// Items given when nothing is asked for.
const LIMIT: u32 = 500;
/// Items given at most.
const LIMIT_MAX: u32 = 1_000;

/// What a request for a part of a sequence comes down to.
struct Wanted {
    link: Arc<Link>,
    run: RunId,
    step: Option<StepId>,
    limit: u32,
    known: cache::CachedDetail,
}

/// Events of a run.
pub(crate) async fn events(core: &Core, call: &Call, query: SequenceQuery) -> Result<EventList, Error> {
    let wanted = wanted(core, call, &query).await?;
    let Wanted { link, run, step, limit, known } = &wanted;
    let last_seq = known.run.summary.last_seq;
    // Looked at first: what arrives in between may make the items more than was known, but never less.
    let complete = core.read.event_holes(&link.id, run, last_seq).await?.is_empty();
    let mut items = core.read.events(&link.id, run, query.after, *limit).await?;
    let next = (items.len() >= *limit as usize).then(|| items.last().map(|event| event.seq)).flatten();
    if let Some(step) = step {
        items.retain(|event| event.step_id.as_ref() == Some(step));
    }
    // What a person looks at is completed first.
    if !complete && core.mode.is_live() {
        link.want(run.clone());
    }
    Ok(EventList {
        items,
        next,
        last_seq,
        complete,
        freshness: crate::freshness::of(core, Some(link), Some(known.read_at)),
    })
}

/// What the steps of a run printed.
pub(crate) async fn logs(core: &Core, call: &Call, query: SequenceQuery) -> Result<LogList, Error> {
    let wanted = wanted(core, call, &query).await?;
    let Wanted { link, run, step, limit, known } = &wanted;
    let last_seq = known.run.summary.last_log_seq;
    let complete = core.read.log_holes(&link.id, run, last_seq).await?.is_empty();
    let items = core.read.logs(&link.id, run, step.as_ref(), query.after, *limit).await?;
    let next = (items.len() >= *limit as usize).then(|| items.last().map(|line| line.seq)).flatten();
    if !complete && core.mode.is_live() {
        link.want_log(run.clone());
    }
    Ok(LogList {
        items,
        next,
        last_seq,
        complete,
        freshness: crate::freshness::of(core, Some(link), Some(known.read_at)),
    })
}

/// Finds text in the whole log of a run.
pub(crate) async fn find_in_log(core: &Core, call: &Call, search: LogSearch) -> Result<LogMatches, Error> {
    if search.text.is_empty() || search.text.chars().count() > 1_000 {
        return Err(Error::invalid(
            "text",
            "length",
            "a text to be found has 1 to 1000 characters",
            "Write what to look for.",
        ));
    }
    let query =
        SequenceQuery { connection: search.connection, run: search.run, step: search.step, after: 0, limit: None };
    let Wanted { link, run, step, .. } = wanted(core, call, &query).await?;
    let found = core.read.find_in_log(&link.id, &run, step.as_ref(), &search.text, search.match_case).await?;
    Ok(LogMatches { seqs: found.seqs, total: found.total, searched: found.searched })
}

async fn wanted(core: &Core, call: &Call, query: &SequenceQuery) -> Result<Wanted, Error> {
    let limit = query.limit.unwrap_or(LIMIT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Error::invalid("limit", "range", "1 to 1000 items are given at once", "Ask for at most 1000."));
    }
    let (link, run) = resolve(core, call, query.connection.as_ref(), &query.run).await?;
    if !core.mode.is_live() {
        let (link, run) = (&*link, &run);
        let question = |port: Arc<Guarded>| async move {
            let read = pull::whole(core, link, &port, call.context(), run).await?;
            pull::logs(core, link, &port, call.context(), run, read.summary.last_log_seq).await
        };
        if let Err(error) = ask(core, call, link, question).await
            && !error.leaves_the_cache()
        {
            return Err(error);
        }
    }
    let known = core.read.run(&link.id, &run).await?;
    let known = known.ok_or_else(|| Error::NotFound { what: format!("the run {run}") })?;
    let step = query.step.as_deref().map(|step| step_id(&known, step)).transpose()?;
    Ok(Wanted { link, run, step, limit, known })
}

fn step_id(known: &cache::CachedDetail, name_or_id: &str) -> Result<StepId, Error> {
    let steps = &known.run.steps;
    let found = steps.iter().find(|step| step.id.as_str() == name_or_id || step.name == name_or_id);
    found.map(|step| step.id.clone()).ok_or_else(|| Error::NotFound { what: format!("the step {name_or_id}") })
}
