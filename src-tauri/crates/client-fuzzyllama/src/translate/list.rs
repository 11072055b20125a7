//! Pages of a list that the plane gives only whole.

use crate::{reply::Project, translate::run::summary};
use control_plane::{Error, RunFilter};
use domain::{Fault, Page, PageRequest, RunSummary, Timestamp};
use std::cmp::Reverse;

/// One page of the projects that match, newest first. The key holds the time as well as the id, so that a page goes on
/// where the one before ended even if the project at its end is gone.
pub(crate) fn page(projects: &[Project], filter: &RunFilter) -> Result<Page<RunSummary>, Error> {
    let after = filter.page.after.as_deref().map(|text| read(text).ok_or_else(unreadable)).transpose()?;
    let mut runs: Vec<_> = projects
        .iter()
        .map(summary)
        .filter(|run| filter.statuses.is_empty() || filter.statuses.contains(&run.status))
        .collect();
    runs.sort_by(|one, next| key(one).cmp(&key(next)));
    if let Some((at, id)) = after {
        runs.retain(|run| key(run) > (Reverse(at), id));
    }
    let limit = filter.page.limit.clamp(1, PageRequest::MAX_LIMIT);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_last = runs.len() <= limit;
    runs.truncate(limit);
    let next = runs.last().filter(|_| !is_last);
    let next = next.map(|run| format!("{}.{}", run.created_at.as_millis(), run.id));
    Ok(Page { items: runs, next })
}

fn key(run: &RunSummary) -> (Reverse<Timestamp>, &str) {
    (Reverse(run.created_at), run.id.as_str())
}

fn read(text: &str) -> Option<(Timestamp, &str)> {
    let (millis, id) = text.split_once('.')?;
    Some((Timestamp::from_millis(millis.parse().ok()?), id))
}

fn unreadable() -> Error {
    let fault = Fault {
        path: "after".to_owned(),
        rule: "key".to_owned(),
        message: "this is not the end of a page".to_owned(),
        remedy: "Give what the page before named as next.".to_owned(),
    };
    Error::Invalid { message: fault.message.clone(), faults: vec![fault] }
}
