//! What the database of a drill's plane says, read anew only where something has changed.

use domain::{BreakerEvent, DrillProvider, PageRequest, Run, RunId};
use engine::{Engine, Error, RunQuery, accounts::Scope};
use std::collections::BTreeMap;

/// Every run as it was read last.
#[derive(Debug, Default)]
pub(super) struct Readings {
    runs: BTreeMap<RunId, Run>,
}

impl Readings {
    /// Every run with its steps, and what happened to the breakers round the providers, oldest first.
    pub(super) async fn read(&mut self, engine: &Engine) -> Result<(Vec<Run>, Vec<BreakerEvent>), Error> {
        let mut query = RunQuery::of(Scope::Everywhere);
        query.page.limit = PageRequest::MAX_LIMIT;
        loop {
            let page = engine.list_runs(&query).await?;
            for summary in page.items {
                if self.runs.get(&summary.id).is_none_or(|known| known.summary != summary) {
                    let run = engine.run(&summary.id).await?;
                    self.runs.insert(summary.id, run);
                }
            }
            query.page.after = page.next;
            if query.page.after.is_none() {
                break;
            }
        }
        Ok((self.runs.values().cloned().collect(), breakers(engine).await?))
    }
}

async fn breakers(engine: &Engine) -> Result<Vec<BreakerEvent>, Error> {
    let mut events = Vec::new();
    for provider in DrillProvider::ALL {
        let page = PageRequest { after: None, limit: PageRequest::MAX_LIMIT };
        events.extend(engine.breaker_history(provider.breaker(), &page).await?.items);
    }
    events.sort_by_key(|event| event.seq);
    Ok(events)
}
