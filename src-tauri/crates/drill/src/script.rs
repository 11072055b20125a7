//! What each provider does when. Time is the runtime's, so that a test can stop it.

use domain::{DrillFault, DrillPhase, DrillProvider};
use std::time::Duration;
use tokio::time::Instant;

/// A script that has begun.
#[derive(Debug)]
pub(crate) struct Script {
    began: Instant,
    phases: Vec<DrillPhase>,
}

impl Script {
    /// Begins now.
    pub(crate) fn begin(mut phases: Vec<DrillPhase>) -> Self {
        phases.sort_by_key(|phase| phase.after_ms);
        Self { began: Instant::now(), phases }
    }

    /// How far it is, in milliseconds.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// How a provider fails now; `None` while it is well.
    pub(crate) fn fault(&self, provider: DrillProvider) -> Option<DrillFault> {
        let now = self.elapsed_ms();
        let of_it = self.phases.iter().filter(|phase| phase.provider == provider);
        of_it.take_while(|phase| phase.after_ms <= now).last().and_then(|phase| phase.fault)
    }

    /// Waits until the next phase of a provider begins; for ever if there is none.
    pub(crate) async fn change(&self, provider: DrillProvider) {
        let now = self.elapsed_ms();
        let next = self.phases.iter().find(|phase| phase.provider == provider && phase.after_ms > now);
        match next {
            Some(phase) => tokio::time::sleep_until(self.began + Duration::from_millis(phase.after_ms)).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Script;
    use domain::{DrillFault, DrillPhase, DrillProvider};
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn each_provider_follows_its_own_phases() {
        let phase = |after_ms, provider, fault| DrillPhase { after_ms, provider, fault };
        let script = Script::begin(vec![
            phase(5_000, DrillProvider::Anthropic, None),
            phase(1_000, DrillProvider::Anthropic, Some(DrillFault::Overloaded)),
            phase(2_000, DrillProvider::Openai, Some(DrillFault::Hanging)),
        ]);
        let mut seen = Vec::new();
        for _ in 0..6 {
            seen.push(DrillProvider::ALL.map(|provider| script.fault(provider)));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let (ill, hangs) = (Some(DrillFault::Overloaded), Some(DrillFault::Hanging));
        let expected = [[None, None], [ill, None], [ill, hangs], [ill, hangs], [ill, hangs], [None, hangs]];
        assert_eq!(seen, expected, "the order in which phases are written does not matter");
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_phase_is_waited_for_to_the_moment() {
        let phase = |after_ms, fault| DrillPhase { after_ms, provider: DrillProvider::Openai, fault };
        let script = Script::begin(vec![phase(700, Some(DrillFault::Unreachable)), phase(900, None)]);
        script.change(DrillProvider::Openai).await;
        assert_eq!((script.elapsed_ms(), script.fault(DrillProvider::Openai)), (700, Some(DrillFault::Unreachable)));
        script.change(DrillProvider::Openai).await;
        assert_eq!((script.elapsed_ms(), script.fault(DrillProvider::Openai)), (900, None), "and it is well again");
        let late = tokio::time::timeout(Duration::from_hours(1), script.change(DrillProvider::Openai)).await;
        assert!(late.is_err(), "nothing follows");
    }
}
