//! What each readiness check weighs: the one table that the score is computed from.
//!
//! 3 is whether a plane works at all, 2 is work or evidence that is lost, 1 is what makes an outage harder to handle.
//! Deliberately absent: any other way to change the score, for an operator, a plane or a check.

const TABLE: &[(&str, u32)] = &[
    ("plane.live", 3),
    ("plane.ready", 3),
    ("plane.latency", 1),
    ("plane.clock", 1),
    ("plane.version", 1),
    ("plane.disk", 2),
    ("plane.credential", 1),
    ("access.no_credential", 5),
    ("access.wrong_credential", 5),
    ("access.forged_headers", 4),
    ("access.in_address", 3),
    ("access.malformed_credential", 3),
    ("access.hides_existence", 2),
    ("access.foreign_host", 2),
    ("access.socket", 5),
    ("access.least_privilege", 2),
    ("access.private_way", 4),
    ("access.certificate", 3),
    ("access.stays_encrypted", 1),
    ("access.credential_end", 2),
    ("access.browser_headers", 2),
    ("access.not_kept", 1),
    ("access.other_origins", 3),
    ("limits.told", 2),
    ("limits.count_down", 2),
    ("limits.strangers", 3),
    ("limits.refusal", 2),
    ("limits.body", 2),
    ("contract.open_probes", 2),
    ("contract.ready_parts", 1),
    ("contract.correlation", 2),
    ("contract.envelope", 3),
    ("contract.no_internals", 3),
    ("contract.not_found", 1),
    ("contract.method", 1),
    ("contract.malformed", 2),
    ("contract.page_bounds", 2),
    ("contract.pages", 1),
    ("contract.idempotency", 3),
    ("contract.document", 1),
    ("contract.types", 1),
    ("contract.feed", 3),
    ("plane.queue_age", 2),
    ("plane.dead_letters", 2),
    ("plane.stuck_runs", 2),
    ("work.slots", 2),
    ("work.queue_depth", 1),
    ("work.error_rate", 2),
    ("work.measurements", 1),
    ("provider.breakers", 3),
    ("provider.serving", 2),
    ("plane.event_gaps", 2),
    ("plane.coverage", 1),
    ("data.audit_chain", 4),
    ("data.audit_complete", 2),
    ("data.log_complete", 1),
    ("data.migrations", 2),
    ("data.backup", 2),
    ("console.breakers", 2),
    ("console.keychain", 1),
    ("console.cache", 2),
    ("console.disk", 2),
    ("console.updates", 1),
    ("console.private_data", 2),
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
