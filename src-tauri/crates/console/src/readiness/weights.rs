//! What each readiness check weighs: the one table that the score is computed from.
//!
//! 3 is whether a plane works at all, 2 is work or evidence that is lost, 1 is what makes an outage harder to handle.
//! Deliberately absent: any other way to change the score, for an operator, a plane or a check.

const TABLE: &[(&str, u32)] = &[
    ("plane.live", 3),
    ("plane.ready", 3),
    ("plane.latency", 1),
    ("plane.clock", 1),
    ("plane.queue_age", 2),
    ("plane.dead_letters", 2),
    ("plane.stuck_runs", 2),
    ("plane.event_gaps", 2),
    ("plane.credential", 1),
    ("plane.coverage", 1),
    ("console.breakers", 2),
    ("console.keychain", 1),
    ("console.cache", 2),
    ("console.disk", 2),
];

/// The weight of a check; one without a row would count for nothing, which a test does not let happen.
pub(super) fn of(id: &str) -> u32 {
    TABLE.iter().find(|(known, _)| *known == id).map_or(0, |(_, weight)| *weight)
}

#[cfg(test)]
mod tests {
    use super::TABLE;
    use crate::readiness::registry;

    #[test]
    fn every_check_has_one_row_that_counts_and_every_row_has_its_check() {
        let registered: Vec<_> = registry::ALL.iter().map(|check| check.facts().id).collect();
        let weighed: Vec<_> = TABLE.iter().map(|(id, _)| *id).collect();
        assert_eq!(weighed, registered, "one row for each check, in the order of the registry");
        assert!(TABLE.iter().all(|(_, weight)| *weight > 0), "a check that counts for nothing proves nothing");
    }
}
