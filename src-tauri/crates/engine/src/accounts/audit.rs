//! The chain of the audit: how an entry is sealed, and how the seals are checked.

use crate::{Error, idempotency::hex};
use domain::{AuditEntry, AuditOutcome, AuditState, TeamId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What is recorded of an act besides who and when.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deed {
    /// What, e.g. `run.cancel`.
    pub(crate) act: &'static str,
    /// To what.
    pub(crate) target: Option<String>,
    /// In which team.
    pub(crate) team: Option<TeamId>,
    /// Why.
    pub(crate) reason: Option<String>,
    /// How it was.
    pub(crate) before: Option<Value>,
    /// How it is.
    pub(crate) after: Option<Value>,
}

impl Deed {
    /// An act without further facts.
    pub(crate) fn new(act: &'static str, target: impl Into<String>) -> Self {
        Self { act, target: Some(target.into()), ..Self::default() }
    }

    pub(crate) fn team(mut self, team: &TeamId) -> Self {
        self.team = Some(team.clone());
        self
    }

    pub(crate) fn because(mut self, reason: Option<&str>) -> Self {
        self.reason = reason.map(str::to_owned);
        self
    }

    pub(crate) fn from(mut self, before: Value) -> Self {
        self.before = Some(before);
        self
    }

    pub(crate) fn to(mut self, after: Value) -> Self {
        self.after = Some(after);
        self
    }
}

/// The end of the chain: place and hash of its last entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) seq: u64,
    pub(crate) hash: String,
}

/// The hash of an entry after the one with the hash `previous`.
pub(crate) fn seal(entry: &AuditEntry, previous: &str) -> String {
    let refused = match &entry.outcome {
        AuditOutcome::Done => None,
        AuditOutcome::Refused { code } => Some(code),
    };
    // A list has one form only, whatever a map would do to its keys.
    let facts = json!([
        previous,
        entry.seq,
        entry.at.as_millis(),
        entry.team,
        entry.actor,
        entry.principal,
        entry.act,
        entry.target,
        refused,
        entry.reason,
        entry.correlation_id,
        entry.times,
        entry.before.as_ref().map(Value::to_string),
        entry.after.as_ref().map(Value::to_string),
    ]);
    hex(&Sha256::digest(facts.to_string()))
}

/// Checks entries as they come, from the first on, against the end that the plane remembers.
#[derive(Debug, Default)]
pub(crate) struct Verifier {
    last: u64,
    hash: String,
    broken: Option<String>,
}

impl Verifier {
    /// Takes the next entry.
    pub(crate) fn take(&mut self, entry: &AuditEntry) {
        if self.broken.is_some() {
            return;
        }
        let expected = self.last + 1;
        if entry.seq != expected {
            self.broken = Some(format!("entry {expected} is missing; the next one there is {}", entry.seq));
        } else if seal(entry, &self.hash) != entry.hash {
            self.broken = Some(format!("entry {expected} was edited, or is not the one that stood there"));
        }
        (self.last, self.hash) = (entry.seq, entry.hash.clone());
    }

    /// What came of it. `end` is what the plane remembers of the chain's end.
    pub(crate) fn finish(self, end: &Link, lost: u64) -> AuditState {
        let broken = self.broken.or_else(|| {
            let meets = self.last == end.seq && self.hash == end.hash;
            (!meets).then(|| format!("the chain ends at entry {}, but entry {} was written last", self.last, end.seq))
        });
        AuditState { whole: broken.is_none(), entries: self.last, broken, head: self.hash, lost }
    }
}

/// Checks a chain that is read in pieces.
pub(crate) async fn verify<F>(mut read: impl FnMut(u64) -> F, end: &Link, lost: u64) -> Result<AuditState, Error>
where
    F: Future<Output = Result<Vec<AuditEntry>, Error>>,
{
    let mut verifier = Verifier::default();
    let mut after = 0;
    loop {
        let chunk = read(after).await?;
        let Some(newest) = chunk.last() else { return Ok(verifier.finish(end, lost)) };
        after = newest.seq;
        for entry in &chunk {
            verifier.take(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Link, Verifier, seal};
    use domain::{AuditEntry, AuditOutcome, AuditState, Timestamp};

    fn chain() -> Vec<AuditEntry> {
        let mut previous = String::new();
        let entries = (1..=5).map(|seq| {
            let mut entry = AuditEntry {
                seq,
                at: Timestamp::from_millis(1_000),
                team: Some("team_1".to_owned()),
                actor: "ana".to_owned(),
                principal: "person:1".to_owned(),
                act: "run.cancel".to_owned(),
                target: Some(format!("run_{seq}")),
                outcome: AuditOutcome::Done,
                reason: Some("it hangs".to_owned()),
                correlation_id: "c".to_owned(),
                times: 1,
                before: Some(serde_json::json!({"role": "member"})),
                after: Some(serde_json::json!({"role": "admin"})),
                hash: String::new(),
            };
            entry.hash = seal(&entry, &previous);
            previous.clone_from(&entry.hash);
            entry
        });
        entries.collect()
    }

    fn judged(entries: &[AuditEntry]) -> AuditState {
        let last = chain().pop().map(|entry| Link { seq: entry.seq, hash: entry.hash }).expect("an end");
        let mut verifier = Verifier::default();
        for entry in entries {
            verifier.take(entry);
        }
        verifier.finish(&last, 0)
    }

    type Edit = (&'static str, &'static dyn Fn(&mut AuditEntry));

    #[test]
    fn whatever_is_done_to_the_chain_is_seen() {
        assert!(judged(&chain()).whole, "an untouched chain is whole");
        let broken = |what: &str, change: &dyn Fn(&mut Vec<AuditEntry>), place: &str| {
            let mut entries = chain();
            change(&mut entries);
            let state = judged(&entries);
            let said = state.broken.unwrap_or_default();
            assert!(!state.whole && said.contains(place), "{what} is found at {place}: {said:?}");
        };
        broken("a removed entry", &|entries| drop(entries.remove(2)), "entry 3");
        broken("a removed end", &|entries| drop(entries.pop()), "entry 5");
        broken("two that changed places", &|entries| entries.swap(1, 2), "entry 2");
        broken(
            "another order under the old numbers",
            &|entries| {
                entries.swap(1, 2);
                (entries[1].seq, entries[2].seq) = (2, 3);
            },
            "entry 2",
        );
        let edits: [Edit; 13] = [
            ("time", &|entry| entry.at = Timestamp::from_millis(1_001)),
            ("team", &|entry| entry.team = None),
            ("actor", &|entry| entry.actor = "bob".to_owned()),
            ("principal", &|entry| entry.principal = "person:2".to_owned()),
            ("act", &|entry| entry.act = "run.retry".to_owned()),
            ("target", &|entry| entry.target = Some("run_9".to_owned())),
            ("outcome", &|entry| entry.outcome = AuditOutcome::Refused { code: "forbidden".to_owned() }),
            ("reason", &|entry| entry.reason = None),
            ("correlation id", &|entry| entry.correlation_id = "d".to_owned()),
            ("count", &|entry| entry.times = 2),
            ("before", &|entry| entry.before = None),
            ("after", &|entry| entry.after = Some(serde_json::json!({"role": "owner"}))),
            ("hash", &|entry| entry.hash = "0".repeat(64)),
        ];
        for (what, edit) in edits {
            broken(what, &|entries| edit(&mut entries[2]), "entry 3");
        }
    }
}
