//! The stories that can be rehearsed, each with its script.
//!
//! Their times fit the breakers of a control plane as they are: five failures open one, and two minutes later it probes.

use domain::{DrillFault, DrillPhase, DrillProvider, DrillScenario};
use std::time::Duration;

/// A story and its script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// What an operator may know before it begins.
    pub known: DrillScenario,
    /// What happens when.
    pub phases: Vec<DrillPhase>,
    /// Between two runs that are submitted to each provider.
    pub every: Duration,
}

impl Scenario {
    fn new(id: &str, title: &str, story: &str, lasts: u64, phases: Vec<DrillPhase>) -> Self {
        let known = DrillScenario {
            id: id.to_owned(),
            title: title.to_owned(),
            story: story.to_owned(),
            lasts_ms: lasts * 1_000,
        };
        Self { known, phases, every: Duration::from_secs(4) }
    }
}

/// One provider fails in one way between two moments, in seconds.
fn one(provider: DrillProvider, fault: DrillFault, from: u64, to: u64) -> Vec<DrillPhase> {
    vec![at(from, provider, Some(fault)), at(to, provider, None)]
}

const fn at(seconds: u64, provider: DrillProvider, fault: Option<DrillFault>) -> DrillPhase {
    DrillPhase { after_ms: seconds * 1_000, provider, fault }
}

/// Every scenario of the product. What fails is not in their titles where finding it out is part of the drill.
pub fn built_in() -> Vec<Scenario> {
    use DrillFault::{CutStream, Hanging, Malformed, Overloaded, RateLimited, ServerError, SlowStream, Unreachable};
    use DrillProvider::{Anthropic, Openai};
    let friday = vec![
        at(20, Anthropic, Some(Overloaded)),
        at(75, Openai, Some(RateLimited)),
        at(135, Openai, None),
        at(230, Anthropic, None),
        at(290, Openai, Some(Malformed)),
        at(330, Openai, None),
    ];
    vec![
        Scenario::new(
            "overloaded",
            "A provider is overloaded",
            "Work runs steadily at two AI providers. Then one of them begins to turn calls away, and runs fail. Find out which one, keep the work from failing, and bring it back when the provider is well.",
            300,
            one(Anthropic, Overloaded, 20, 120),
        ),
        Scenario::new(
            "rate-limited",
            "A provider asks for fewer calls",
            "Work runs steadily at two AI providers. Then one of them says that it gets too many calls, and when to come back. Decide whether there is anything to do.",
            300,
            one(Openai, RateLimited, 20, 150),
        ),
        Scenario::new(
            "server-errors",
            "A provider breaks down",
            "Work runs steadily at two AI providers. Then one of them answers with errors of its own. Keep the work from failing, and bring it back when the provider is well.",
            420,
            one(Openai, ServerError, 20, 240),
        ),
        Scenario::new(
            "hanging",
            "A provider falls silent",
            "Work runs steadily at two AI providers. Then one of them takes calls and does not answer. Nothing fails at first; see what tells of it, and act.",
            480,
            one(Anthropic, Hanging, 20, 270),
        ),
        Scenario::new(
            "slow-stream",
            "A provider becomes slow",
            "Work runs steadily at two AI providers. Then the answers of one of them trickle. No breaker opens for that, so it is yours to act.",
            480,
            one(Anthropic, SlowStream, 20, 270),
        ),
        Scenario::new(
            "cut-stream",
            "Answers break off",
            "Work runs steadily at two AI providers. Then the answers of one of them break off in the middle. Keep the work from failing, and bring it back when the provider is well.",
            420,
            one(Openai, CutStream, 20, 240),
        ),
        Scenario::new(
            "malformed",
            "A provider answers nonsense",
            "Work runs steadily at two AI providers. Then one of them answers something that is not its protocol. Keep the work from failing, and bring it back when the provider is well.",
            420,
            one(Anthropic, Malformed, 20, 240),
        ),
        Scenario::new(
            "unreachable",
            "A provider cannot be reached",
            "Work runs steadily at two AI providers. Then nobody listens any more where one of them was. Keep the work from failing, and bring it back when the provider is well.",
            420,
            one(Openai, Unreachable, 20, 240),
        ),
        Scenario::new(
            "friday",
            "Several faults, one after the other",
            "Work runs steadily at two AI providers, and more than one thing goes wrong. Find out what belongs together, and act on each provider for itself.",
            480,
            friday,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::built_in;
    use domain::DrillProvider;
    use std::collections::BTreeSet;

    #[test]
    fn every_scenario_can_be_played_to_a_good_end() {
        let all = built_in();
        let ids: BTreeSet<_> = all.iter().map(|scenario| scenario.known.id.as_str()).collect();
        assert_eq!(ids.len(), all.len(), "each has a name of its own");
        for scenario in &all {
            let id = &scenario.known.id;
            assert!(scenario.known.lasts_ms <= 600_000, "{id} lasts ten minutes at most");
            for provider in DrillProvider::ALL {
                let last = scenario.phases.iter().rfind(|phase| phase.provider == provider);
                let well = last.is_none_or(|phase| phase.fault.is_none());
                let room = last.is_none_or(|phase| phase.after_ms + 120_000 <= scenario.known.lasts_ms);
                assert!(well && room, "in {id} each provider recovers with time left to see it");
            }
        }
    }

    #[test]
    fn every_fault_is_rehearsed_somewhere() {
        let played: BTreeSet<_> = built_in()
            .iter()
            .flat_map(|one| one.phases.clone())
            .filter_map(|phase| phase.fault)
            .map(|fault| format!("{fault:?}"))
            .collect();
        assert_eq!(played.len(), 8, "all of them: {played:?}");
    }
}
