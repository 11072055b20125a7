//! Questions to a script: how a provider fails at a moment, and when it recovers.

use domain::{DrillFault, DrillFirstAct, DrillPhase, DrillProvider};

/// The provider that a breaker stands round.
pub(super) fn provider_of(breaker: &str) -> Option<DrillProvider> {
    DrillProvider::ALL.into_iter().find(|provider| provider.breaker() == breaker)
}

/// How a provider fails at a moment.
pub(super) fn fault_at(phases: &[DrillPhase], provider: DrillProvider, at_ms: u64) -> Option<DrillFault> {
    let of_it = phases.iter().filter(|phase| phase.provider == provider && phase.after_ms <= at_ms);
    of_it.max_by_key(|phase| phase.after_ms).and_then(|phase| phase.fault)
}

/// Whether a provider has failed by a moment.
pub(super) fn has_failed(phases: &[DrillPhase], provider: DrillProvider, at_ms: u64) -> bool {
    phases.iter().any(|phase| phase.provider == provider && phase.after_ms <= at_ms && phase.fault.is_some())
}

/// The provider that fails first in a way that asks for this act.
pub(super) fn first(phases: &[DrillPhase], act: DrillFirstAct) -> Option<DrillProvider> {
    let asks = |phase: &&DrillPhase| phase.fault.is_some_and(|fault| fault.first_act() == act);
    phases.iter().filter(asks).min_by_key(|phase| phase.after_ms).map(|phase| phase.provider)
}

/// When a provider is well again after it first failed.
pub(super) fn recovers_at(phases: &[DrillPhase], provider: DrillProvider) -> Option<u64> {
    let well = phases.iter().filter(|phase| phase.provider == provider && phase.fault.is_none());
    let after = |at_ms: &u64| has_failed(phases, provider, *at_ms);
    well.map(|phase| phase.after_ms).filter(after).min()
}
