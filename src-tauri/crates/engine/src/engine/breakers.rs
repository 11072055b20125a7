//! Breakers: where they stand, what happened to them, and what an operator does to them.

use super::{Act, Engine, acts::required_reason};
use crate::{Error, accounts::Deed, tools::breakers::Undone};
use domain::{Breaker, BreakerAct, BreakerEvent, Fault, Page, PageRequest};
use serde_json::json;

impl Engine {
    /// Every breaker of this plane, by id.
    pub fn breakers(&self) -> Vec<Breaker> {
        self.scheduler().registry.breakers().list()
    }

    /// One page of what happened to a breaker in the last 90 days, newest first.
    pub async fn breaker_history(&self, breaker: &str, page: &PageRequest) -> Result<Page<BreakerEvent>, Error> {
        let history = self.house.breaker_history.of_breaker(breaker, page).await?;
        if history.items.is_empty() && !self.breakers().iter().any(|known| known.id == breaker) {
            return Err(missing(breaker));
        }
        Ok(history)
    }

    /// Does something to a breaker.
    pub async fn act_on_breaker(
        &self,
        breaker: &str,
        deed: BreakerAct,
        reason: &str,
        act: &Act,
    ) -> Result<Breaker, Error> {
        let reason = required_reason(reason)?;
        judge(deed)?;
        let before = self.breakers().into_iter().find(|known| known.id == breaker);
        let actor = act.caller.actor();
        let done = self.scheduler().registry.breakers().act(breaker, deed, &actor, reason);
        let done = done.map_err(|undone| refused(breaker, undone))?;
        tracing::info!(breaker, ?deed, actor, reason, correlation_id = %act.correlation_id, "an act on a breaker");
        let (name, until) = (name(deed), done.isolation.as_ref().and_then(|isolation| isolation.ends_at));
        let entry = Deed::new(name, breaker)
            .because(Some(reason))
            .from(json!({ "state": before.map(|before| before.state) }))
            .to(json!({ "state": done.state, "until": until }));
        // It is done already, and no database could take that back.
        if let Err(error) = self.accounts().record(act, entry).await {
            tracing::error!(%error, breaker, "an act on a breaker could not be recorded in the audit");
        }
        Ok(done)
    }
}

const fn name(act: BreakerAct) -> &'static str {
    match act {
        BreakerAct::Reset => "breaker.reset",
        BreakerAct::Probe => "breaker.probe",
        BreakerAct::Isolate { .. } => "breaker.isolate",
        BreakerAct::Release => "breaker.release",
    }
}

/// An isolation that nobody remembers is an outage, so every one ends.
fn judge(act: BreakerAct) -> Result<(), Error> {
    let BreakerAct::Isolate { minutes } = act else { return Ok(()) };
    if (1..=BreakerAct::LONGEST_MINUTES).contains(&minutes) {
        return Ok(());
    }
    let fault = Fault {
        path: "minutes".to_owned(),
        rule: "range".to_owned(),
        message: format!("An isolation lasts 1 to {} minutes.", BreakerAct::LONGEST_MINUTES),
        remedy: "Give a time in that range, and isolate it again if that is too short.".to_owned(),
    };
    Err(Error::Invalid { faults: vec![fault] })
}

fn missing(breaker: &str) -> Error {
    Error::NotFound { what: format!("breaker {breaker}") }
}

fn refused(breaker: &str, undone: Undone) -> Error {
    let conflict = |code, message: &str, remedy: &str| Error::Conflict {
        code,
        message: message.to_owned(),
        remedy: remedy.to_owned(),
    };
    match undone {
        Undone::Missing => missing(breaker),
        Undone::NotOpen => conflict(
            "breaker_not_open",
            "only an open breaker can be probed",
            "Look where it stands now; a closed one lets every call through.",
        ),
        Undone::NotIsolated => conflict(
            "breaker_not_isolated",
            "nobody has isolated this breaker",
            "Look where it stands now; reset it if it is open.",
        ),
    }
}
