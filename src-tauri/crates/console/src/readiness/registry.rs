//! Every readiness check, in the order in which they are shown.

use super::{check::Check, checks};

pub(crate) static ALL: &[&dyn Check] = &[
    &checks::PlaneLive,
    &checks::PlaneReady,
    &checks::PlaneLatency,
    &checks::PlaneClock,
    &checks::plane::Version,
    &checks::plane::Disk,
    &checks::PlaneCredential,
    &checks::access::NoCredential,
    &checks::access::WrongCredential,
    &checks::access::ForgedHeaders,
    &checks::access::InAddress,
    &checks::access::MalformedCredential,
    &checks::access::HidesExistence,
    &checks::access::ForeignHost,
    &checks::access::Socket,
    &checks::access::LeastPrivilege,
    &checks::access::PrivateWay,
    &checks::access::Certificate,
    &checks::access::StaysEncrypted,
    &checks::access::CredentialEnd,
    &checks::access::BrowserHeaders,
    &checks::access::NotKept,
    &checks::access::OtherOrigins,
    &checks::limits::Told,
    &checks::limits::CountDown,
    &checks::limits::Strangers,
    &checks::limits::Refusal,
    &checks::limits::Body,
    &checks::contract::OpenProbes,
    &checks::contract::ReadyParts,
    &checks::contract::Correlation,
    &checks::contract::Envelope,
    &checks::contract::NoInternals,
    &checks::contract::NotFound,
    &checks::contract::Method,
    &checks::contract::Malformed,
    &checks::contract::PageBounds,
    &checks::contract::Pages,
    &checks::contract::Idempotency,
    &checks::contract::Document,
    &checks::contract::Types,
    &checks::contract::Feed,
    &checks::PlaneQueueAge,
    &checks::PlaneDeadLetters,
    &checks::PlaneStuckRuns,
    &checks::work::Slots,
    &checks::work::QueueDepth,
    &checks::work::ErrorRate,
    &checks::work::Measurements,
    &checks::provider::Breakers,
    &checks::provider::Serving,
    &checks::PlaneEventGaps,
    &checks::PlaneCoverage,
    &checks::data::AuditChain,
    &checks::data::AuditComplete,
    &checks::data::LogComplete,
    &checks::data::Migrations,
    &checks::data::Backup,
    &checks::ConsoleBreakers,
    &checks::ConsoleKeychain,
    &checks::ConsoleCache,
    &checks::ConsoleDisk,
    &checks::console::Updates,
    &checks::console::PrivateData,
];

#[cfg(test)]
mod tests {
    use super::ALL;
    use std::collections::HashSet;

    /// What was found where something was broken, as the tests against whole planes wrote it down.
    const TABLES: &[&str] = &[
        include_str!("../../tests/readiness/broken.txt"),
        include_str!("../../tests/readiness/foreign.txt"),
        include_str!("../../tests/readiness/machine.txt"),
        include_str!("../../tests/readiness/states.txt"),
        include_str!("../../tests/readiness/ways.txt"),
    ];

    #[test]
    fn every_check_was_seen_to_find_something() {
        let is_red = |line: &&str| line.split_whitespace().take(2).any(|word| ["FAIL", "warn"].contains(&word));
        let lines = TABLES.iter().flat_map(|table| table.lines()).filter(is_red);
        let words = lines.flat_map(|line| line.split([' ', ','])).collect::<HashSet<_>>();
        let unseen: Vec<_> = ALL.iter().map(|check| check.facts().id).filter(|id| !words.contains(id)).collect();
        assert_eq!(unseen, Vec::<&str>::new(), "a check that was never seen to fail may not be able to");
    }

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
