//! What each gate asks for, and which of it is there.
//!
//! The plane counts a proof at the gate whose row it names. One that names none counts nowhere; it is shown at the gate
//! that its text is about, as something that nobody waits for.

use crate::{
    reply::{GateRow, ProofOutcome, ProofRow},
    rules::{HANDED_IN, Rule, STRICT, rules},
    translate::gate::{number_of, rows_of, step_name},
};
use client_http::plain;
use domain::{GateNeeds, Proof, ProofResult};

/// What the gates of a project of this kind ask for.
pub(crate) fn needs(kind: Option<&str>, gates: &[GateRow], proofs: &[ProofRow]) -> Vec<GateNeeds> {
    rules().map(|(number, rule)| needs_of(number, rule, kind, gates, proofs)).collect()
}

fn needs_of(number: u32, rule: Rule, kind: Option<&str>, gates: &[GateRow], proofs: &[ProofRow]) -> GateNeeds {
    let row = rows_of(gates, number).0;
    // A row may be told not to ask. As long as there is none, the machine that will make it says what it will ask for.
    let asks_for_proof = row.map_or(!rule.proofs.is_empty(), |row| row.requires_proof);
    let required = if asks_for_proof { rule.proofs } else { &[] };
    let (counting, loose): (Vec<&ProofRow>, Vec<&ProofRow>) = proofs
        .iter()
        .filter(|proof| is_about(proof, number, gates))
        .partition(|proof| row.is_some_and(|row| proof.gate_id.as_deref() == Some(&row.id)));
    let mut told: Vec<Proof> = required.iter().map(|kind| required_proof(kind, number, &counting)).collect();
    let others = counting.iter().filter(|proof| !required.contains(&proof.proof_type.as_str())).chain(&loose);
    told.extend(others.map(|proof| proof_of(&proof.proof_type, false, Some(proof))));
    let paths = if kind.is_none_or(|kind| kind == "traditional") { rule.paths } else { &[] };
    GateNeeds {
        gate: step_name(number),
        asks_for_proof,
        proofs: told,
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
    }
}

/// Whether a proof is about a gate: by the row that it names, or else by its text.
fn is_about(proof: &ProofRow, number: u32, gates: &[GateRow]) -> bool {
    let named = proof.gate_id.as_deref().and_then(|id| gates.iter().find(|gate| gate.id == id));
    number_of(named.map_or(&proof.gate, |named| &named.gate_type)) == Some(number)
}

/// The proof that decides: one that passes, or at the strict gate one that fails, or else the newest.
fn required_proof(kind: &str, number: u32, counting: &[&ProofRow]) -> Proof {
    let of_kind = || counting.iter().copied().filter(|proof| proof.proof_type == kind);
    let decisive = if number == STRICT { ProofOutcome::Fail } else { ProofOutcome::Pass };
    let deciding = of_kind().find(|proof| proof.pass_fail == decisive);
    let passing = of_kind().find(|proof| proof.pass_fail == ProofOutcome::Pass);
    let newest = of_kind().max_by_key(|proof| proof.created_at);
    proof_of(kind, true, deciding.or(passing).or(newest))
}

fn proof_of(kind: &str, is_required: bool, row: Option<&ProofRow>) -> Proof {
    Proof {
        kind: plain(kind),
        is_required,
        result: row.map(|row| match row.pass_fail {
            ProofOutcome::Pass => ProofResult::Pass,
            ProofOutcome::Fail => ProofResult::Fail,
            ProofOutcome::Warning => ProofResult::Warning,
            ProofOutcome::Info => ProofResult::Info,
        }),
        at: row.map(|row| row.created_at),
        can_be_added: HANDED_IN.contains(&kind),
    }
}

#[cfg(test)]
mod tests {
    use super::needs;
    use crate::reply::{GateRow, ProofRow};
    use domain::{GateNeeds, ProofResult};
    use serde_json::{from_value, json};

    const AT: &str = "2026-11-20T10:00:00.000Z";

    fn gate(id: &str, kind: &str, requires_proof: bool) -> GateRow {
        let row = json!({
            "id": id, "gateType": kind, "status": "PENDING", "requiresProof": requires_proof, "createdAt": AT,
            "updatedAt": AT,
        });
        from_value(row).expect("a row")
    }

    /// A proof given at this second, at the row of a gate or at none.
    fn proof(second: u32, kind: &str, outcome: &str, gate: &str, id: Option<&str>) -> ProofRow {
        let at = format!("2026-11-20T10:00:{second:02}.000Z");
        let row = json!({ "gate": gate, "proofType": kind, "passFail": outcome, "gateId": id, "createdAt": at });
        from_value(row).expect("a row")
    }

    fn results(needs: &GateNeeds) -> Vec<(&str, bool, Option<ProofResult>)> {
        needs.proofs.iter().map(|proof| (proof.kind.as_str(), proof.is_required, proof.result)).collect()
    }

    #[test]
    fn one_proof_that_passes_is_enough_but_where_one_failure_is_too_many() {
        use ProofResult::{Fail, Info, Pass};
        let gates = [gate("g3", "G3_PENDING", true), gate("g6", "G6_PENDING", true)];
        let at = |number: usize, id: &str, kind: &str, outcomes: &[&str]| {
            let given = outcomes.iter().zip(0..).map(|(outcome, second)| proof(second, kind, outcome, "", Some(id)));
            needs(None, &gates, &given.collect::<Vec<_>>())[number - 1].proofs[0].result
        };
        assert_eq!(at(3, "g3", "spec_validation", &["pass", "fail"]), Some(Pass), "one that passes is enough");
        assert_eq!(at(3, "g3", "spec_validation", &["fail", "info"]), Some(Info), "or else the newest is told");
        assert_eq!(at(6, "g6", "unit_test_output", &["pass", "fail"]), Some(Fail), "not at the sixth gate");
        assert_eq!(at(6, "g6", "unit_test_output", &["pass", "info"]), Some(Pass), "where nothing failed");
        assert_eq!(at(6, "g6", "unit_test_output", &[]), None, "nothing is nothing");
    }

    #[test]
    fn a_proof_counts_at_the_row_that_it_names() {
        let gates = [gate("g3", "G3_PENDING", true), gate("again", "G3_PENDING", true)];
        let kind = "spec_validation";
        let pass = Some(ProofResult::Pass);
        for (what, given) in [
            ("it names no row", proof(0, kind, "pass", "G3_PENDING", None)),
            ("it names the row that does not count", proof(0, kind, "pass", "G3_PENDING", Some("again"))),
            ("it names a row that is gone", proof(0, kind, "pass", "G3", Some("gone"))),
        ] {
            let told = needs(None, &gates, &[given]);
            assert_eq!(results(&told[2]), [(kind, true, None), (kind, false, pass)], "{what}");
        }
        let told = needs(None, &gates, &[proof(0, kind, "pass", "G5", Some("g3"))]);
        assert_eq!(results(&told[2]), [(kind, true, pass)], "the row decides, whatever the text says");
        assert!(told[4].proofs.iter().all(|proof| proof.result.is_none()), "and no other gate has it");
        let told = needs(None, &gates, &[proof(0, kind, "pass", "whatever", None)]);
        assert_eq!(results(&told[2]), [(kind, true, None)], "what is about no gate is shown at none");
    }

    #[test]
    fn a_gate_that_does_not_ask_waits_for_nothing() {
        let told = needs(None, &[gate("g3", "G3_PENDING", false), gate("g4", "G4_PENDING", true)], &[]);
        assert_eq!((told[2].asks_for_proof, told[2].proofs.len()), (false, 0), "its owner can switch that off");
        assert_eq!((told[3].asks_for_proof, told[3].proofs.len()), (true, 0), "or on, without saying for what");
        assert_eq!((told[4].asks_for_proof, told[4].proofs.len()), (true, 3), "one that is not there yet will ask");
        assert_eq!(
            needs(Some("traditional"), &[], &[])[0].paths,
            ["docs/INTAKE.md"],
            "the paths of this sort are known"
        );
        assert!(needs(Some("hybrid"), &[], &[]).iter().all(|needs| needs.paths.is_empty()), "of others they are not");
    }
}
