//! Keeps what steps printed, with a number of its own for each line of a run.

use super::super::{
    column::{signed, unsigned},
    table::{log_lines, runs},
    writer::{Change, Tx},
};
use crate::{Error, store::PendingLine};
use domain::{FeedItem, LogLine, RunId};
use std::sync::Arc;

/// Keeps lines, in the order in which they were read.
pub(in super::super) struct AppendLogs(pub(in super::super) Arc<Vec<PendingLine>>);

#[async_trait::async_trait]
impl Change for AppendLogs {
    type Reply = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        append(tx, &self.0).await
    }
}

/// Keeps lines within another change.
pub(super) async fn append(tx: &mut Tx<'_>, lines: &[PendingLine]) -> Result<(), Error> {
    let mut by_run: Vec<(&RunId, Vec<&PendingLine>)> = Vec::new();
    for line in lines {
        match by_run.iter_mut().find(|(run, _)| **run == line.run) {
            Some((_, lines)) => lines.push(line),
            None => by_run.push((&line.run, vec![line])),
        }
    }
    for (run, lines) in by_run {
        let Some((last, team)) = runs::advance_log(tx.conn, run, signed(lines.len())).await? else {
            continue;
        };
        log_lines::insert_all(tx.conn, run, last, &lines).await?;
        let team: Arc<str> = team.into();
        let items = (unsigned(last) + 1..).zip(lines).map(|(seq, line)| FeedItem::Log {
            run_id: run.clone(),
            line: LogLine {
                seq,
                at: line.at,
                step_id: line.step.clone(),
                attempt: line.attempt,
                stream: line.stream,
                text: line.text.clone(),
            },
        });
        tx.after.feed.extend(items.map(|item| (Arc::clone(&team), item)));
    }
    Ok(())
}
