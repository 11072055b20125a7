//! The chain of the audit: how an entry is sealed, and how the seals are checked.

use crate::{Error, idempotency::hex};
use domain::{AuditEntry, AuditLink, AuditOutcome, AuditState, TeamId};
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

/// Entries that follow one another in the file.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    /// Oldest first.
    pub(crate) entries: Vec<AuditEntry>,
    /// The place after them, where there is something that cannot be read as an entry.
    pub(crate) unreadable: Option<u64>,
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

/// Checks entries as they come, from the first on, against the end that the plane remembers and against an entry that
/// somebody remembers elsewhere: whoever can write the whole database can seal every entry anew, but cannot change that one.
#[derive(Debug, Default)]
pub(crate) struct Verifier<'a> {
    last: u64,
    hash: String,
    broken: Option<String>,
    expected: Option<&'a AuditLink>,
}

impl<'a> Verifier<'a> {
    /// `expected` must be an entry of the chain.
    pub(crate) fn expecting(expected: Option<&'a AuditLink>) -> Self {
        Self { expected, ..Self::default() }
    }

    /// Takes the next entry.
    pub(crate) fn take(&mut self, entry: &AuditEntry) {
        if self.broken.is_some() {
            return;
        }
        let expected = self.last + 1;
        if entry.seq != expected {
            self.broken = Some(missing(expected, entry.seq));
        } else if seal(entry, &self.hash) != entry.hash {
            self.broken = Some(format!("entry {expected} was edited, or is not the one that stood there"));
        } else if self.expected.is_some_and(|kept| kept.seq == entry.seq && kept.hash != entry.hash) {
            self.broken = Some(format!("entry {expected} is not the one that was expected there"));
        }
        (self.last, self.hash) = (entry.seq, entry.hash.clone());
    }

    /// Takes the place of something that cannot be read as an entry.
    pub(crate) fn take_unreadable(&mut self, place: u64) {
        let expected = self.last + 1;
        let broken = || {
            if place == expected {
                format!("entry {expected} was edited: it cannot be read as an entry any more")
            } else {
                missing(expected, place)
            }
        };
        self.broken.get_or_insert_with(broken);
    }

    /// Whether a place was found that does not fit.
    pub(crate) const fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// What came of it. `end` is what the plane remembers of the chain's end.
    pub(crate) fn finish(self, end: &AuditLink, lost: u64) -> AuditState {
        let broken = self.broken.or_else(|| {
            let meets = self.last == end.seq && self.hash == end.hash;
            (!meets).then(|| format!("the chain ends at entry {}, but entry {} was written last", self.last, end.seq))
        });
        let broken = broken.or_else(|| {
            let kept = self.expected.filter(|kept| kept.seq > self.last)?;
            Some(format!("the chain ends at entry {}, but entry {} was expected in it", self.last, kept.seq))
        });
        AuditState { whole: broken.is_none(), entries: self.last, broken, head: self.hash, lost }
    }
}

fn missing(expected: u64, next: u64) -> String {
    format!("entry {expected} is missing; the next one there is {next}")
}

/// Checks a chain that is read in pieces, up to the first place that does not fit.
pub(crate) async fn verify<F>(
    mut read: impl FnMut(u64) -> F,
    (end, lost): (&AuditLink, u64),
    expected: Option<&AuditLink>,
) -> Result<AuditState, Error>
where
    F: Future<Output = Result<Piece, Error>>,
{
    let mut verifier = Verifier::expecting(expected);
    let mut after = 0;
    loop {
        let Piece { entries, unreadable } = read(after).await?;
        for entry in &entries {
            verifier.take(entry);
        }
        if let Some(place) = unreadable {
            verifier.take_unreadable(place);
        }
        // Whoever can write the file can also number entries so that reading on would never end.
        let Some(newest) = entries.last().filter(|_| !verifier.is_broken()) else {
            return Ok(verifier.finish(end, lost));
        };
        after = newest.seq;
    }
}

#[cfg(test)]
mod tests {
    use super::{Verifier, seal};
    use domain::{AuditEntry, AuditLink, AuditOutcome, AuditState, Timestamp};

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

    fn link(entry: &AuditEntry) -> AuditLink {
        AuditLink { seq: entry.seq, hash: entry.hash.clone() }
    }

    fn judged(entries: &[AuditEntry]) -> AuditState {
        against(entries, &link(&chain()[4]), None)
    }

    fn against(entries: &[AuditEntry], end: &AuditLink, expected: Option<&AuditLink>) -> AuditState {
        let mut verifier = Verifier::expecting(expected);
        for entry in entries {
            verifier.take(entry);
        }
        verifier.finish(end, 0)
    }

    #[test]
    fn a_chain_that_was_sealed_anew_does_not_hold_what_was_kept_elsewhere() {
        let (old, mut forged) = (chain(), chain());
        forged[1].actor = "bob".to_owned();
        let mut previous = String::new();
        for entry in &mut forged {
            entry.hash = seal(entry, &previous);
            previous.clone_from(&entry.hash);
        }
        let end = link(&forged[4]);
        assert!(against(&forged, &end, None).whole, "by itself it is a whole chain");
        let said = |kept: &AuditEntry| against(&forged, &end, Some(&link(kept))).broken.unwrap_or_default();
        assert!(said(&old[2]).contains("entry 3 is not the one"), "entry 3 was kept: {}", said(&old[2]));
        assert_eq!(said(&old[0]), "", "what came before the change is as it was");
        for kept in &old {
            assert!(against(&old, &link(&old[4]), Some(&link(kept))).whole, "the true chain holds each of its entries");
        }
        let cut = against(&old[..3], &link(&old[2]), Some(&link(&old[4])));
        assert!(cut.broken.unwrap_or_default().contains("entry 5 was expected"), "a shortened chain lacks it");
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
