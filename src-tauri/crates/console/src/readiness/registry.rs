//! Every readiness check, in the order in which they are shown.

use super::{check::Check, checks};

pub(crate) static ALL: &[&dyn Check] = &[
    &checks::PlaneLive,
    &checks::PlaneReady,
    &checks::PlaneLatency,
    &checks::PlaneClock,
    &checks::PlaneQueueAge,
    &checks::PlaneDeadLetters,
    &checks::PlaneStuckRuns,
    &checks::PlaneEventGaps,
    &checks::PlaneCredential,
    &checks::PlaneCoverage,
    &checks::ConsoleBreakers,
    &checks::ConsoleKeychain,
    &checks::ConsoleCache,
    &checks::ConsoleDisk,
];

#[cfg(test)]
mod tests {
    use super::ALL;
    use std::collections::HashSet;

    #[test]
    fn every_check_has_an_id_of_its_own_and_a_remedy() {
        let ids: HashSet<_> = ALL.iter().map(|check| check.facts().id).collect();
        assert_eq!(ids.len(), ALL.len(), "an id names one check");
        for check in ALL {
            let facts = check.facts();
            assert!(
                !facts.remedy.is_empty() && !facts.proves.is_empty(),
                "{} says what it proves and what to do",
                facts.id
            );
        }
    }
}
