//! Whether what an operator did was right, by what the script did at that moment.

use super::script::{fault_at, has_failed, provider_of};
use crate::view::{DrillAct, DrillVerdict};
use cache::Act;
use domain::{BreakerEvent, BreakerHappening, DrillFirstAct, DrillPhase, DrillProvider, DrillRequest, Timestamp};

/// A call that was under way when a breaker opened comes a little later.
const UNDER_WAY_MS: u64 = 50;

/// What acts are judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bench<'a> {
    pub(super) started_at: Timestamp,
    pub(super) phases: &'a [DrillPhase],
    pub(super) requests: &'a [DrillRequest],
    pub(super) breakers: &'a [BreakerEvent],
}

/// Judges these acts, which are in the order in which they were done.
pub(super) fn judge(bench: Bench<'_>, acts: &[Act]) -> Vec<DrillAct> {
    let next = acts.iter().skip(1).map(|act| Some(act.at)).chain([None]);
    acts.iter().zip(next).map(|(act, next)| bench.judge(act, next)).collect()
}

impl Bench<'_> {
    fn ms(&self, at: Timestamp) -> u64 {
        u64::try_from(at.since(self.started_at).as_millis()).unwrap_or(u64::MAX)
    }

    fn judge(&self, act: &Act, next: Option<Timestamp>) -> DrillAct {
        let (verdict, because, calls) = self.verdict(act, next);
        DrillAct {
            at: act.at,
            actor: act.actor.clone(),
            action: act.action.clone(),
            target: act.target.clone(),
            reason: act.reason.clone(),
            verdict,
            because,
            calls,
        }
    }

    fn verdict(&self, act: &Act, next: Option<Timestamp>) -> (DrillVerdict, String, u32) {
        let neutral = |because: &str| (DrillVerdict::Neutral, because.to_owned(), 0);
        let Some(provider) = provider_of(&act.target) else {
            return neutral("It is about something that the script does not touch.");
        };
        if act.outcome != "done" {
            return neutral("It was refused, so nothing happened.");
        }
        let at = self.ms(act.at);
        let asks = fault_at(self.phases, provider, at).map(domain::DrillFault::first_act);
        let isolates = act.action == "isolate_breaker";
        match (asks, isolates) {
            (Some(DrillFirstAct::Isolate), true) => {
                let because = "It stops the calls to a provider that fails: work is held instead of failed.";
                (DrillVerdict::Right, because.to_owned(), 0)
            }
            (Some(DrillFirstAct::Isolate), false) => self.too_early(act, next, provider),
            (Some(DrillFirstAct::Wait), true) => {
                let because = "The provider says when to come back, and the plane waits for it. Now work waits longer.";
                (DrillVerdict::Cost, because.to_owned(), 0)
            }
            (Some(DrillFirstAct::Wait), false) => neutral("The provider turns calls away for their rate alone."),
            (None, true) => {
                (DrillVerdict::Cost, "The provider was well, and work was held all the same.".to_owned(), 0)
            }
            (None, false) if has_failed(self.phases, provider, at) => {
                (DrillVerdict::Right, "The provider was well again.".to_owned(), 0)
            }
            (None, false) => neutral("Nothing had failed yet."),
        }
    }

    /// A reset, a probe or a release while the provider still fails.
    fn too_early(&self, act: &Act, next: Option<Timestamp>, provider: DrillProvider) -> (DrillVerdict, String, u32) {
        let closed = |event: &&BreakerEvent| {
            let shuts = matches!(event.what, BreakerHappening::Opened | BreakerHappening::Isolated);
            shuts && event.at > act.at && event.breaker == provider.breaker()
        };
        let shut = self.breakers.iter().filter(closed).map(|event| event.at).min();
        let until = shut.into_iter().chain(next).min().map_or(u64::MAX, |until| self.ms(until) + UNDER_WAY_MS);
        let into = |request: &&DrillRequest| {
            request.provider == provider
                && request.fault.is_some()
                && (self.ms(act.at)..=until).contains(&request.at_ms)
        };
        let calls = u32::try_from(self.requests.iter().filter(into).count()).unwrap_or(u32::MAX);
        let because = match calls {
            0 => "It came while the provider still failed; no call was under way to feel it.".to_owned(),
            1 => "It came while the provider still failed: 1 call went into the outage.".to_owned(),
            calls => format!("It came while the provider still failed: {calls} calls went into the outage."),
        };
        (DrillVerdict::Cost, because, calls)
    }
}
