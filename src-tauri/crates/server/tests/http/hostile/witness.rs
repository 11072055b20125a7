//! What the audit says of a scenario: every refusal is in it, nothing else is, and its chain is whole.

use crate::plane::{PATIENCE, Plane};
use domain::{AuditEntry, AuditOutcome};
use engine::accounts::Scope;
use std::time::Duration;

/// Every entry, oldest first.
pub(crate) async fn entries(plane: &Plane) -> Vec<AuditEntry> {
    let mut entries = Vec::new();
    loop {
        let after = entries.last().map_or(0, |entry: &AuditEntry| entry.seq);
        let more = plane.engine.audit_after(after, 1_000).await.expect("entries");
        if more.is_empty() {
            return entries;
        }
        entries.extend(more);
    }
}

/// How many acts were done.
pub(crate) async fn done(plane: &Plane) -> usize {
    entries(plane).await.iter().filter(|entry| entry.outcome == AuditOutcome::Done).count()
}

/// How many requests were refused, as the audit counts them.
async fn refused(plane: &Plane) -> u64 {
    let entries = entries(plane).await;
    entries.iter().filter(|entry| entry.outcome != AuditOutcome::Done).map(|entry| u64::from(entry.times)).sum()
}

/// Waits until the audit tells of so many refused requests, and fails unless it tells of exactly those and its chain is whole.
pub(crate) async fn tells_of(plane: &Plane, expected: u64) {
    let counting = async {
        while refused(plane).await < expected {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let counted = tokio::time::timeout(PATIENCE, counting).await;
    assert_eq!(refused(plane).await, expected, "every refusal is in the audit, once: {counted:?}");
    let state = plane.engine.verify_audit(None).await.expect("it can be read");
    assert!(state.whole && state.lost == 0, "the chain is whole: {state:?}");
    let newest = plane.engine.audit(&Scope::Everywhere, None, 1_000).await.expect("a page");
    for entry in newest.items {
        let text = format!("{}{}{}", entry.actor, entry.target.unwrap_or_default(), entry.reason.unwrap_or_default());
        assert!(!text.chars().any(engine::tools::is_deceptive), "nothing in it hides: {text:?}");
    }
}
