//! What probes found, as text, and the files that keep it.

use domain::{Check, CheckStatus};
use std::{collections::BTreeMap, fmt::Write as _};

pub(crate) const fn word(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Warn => "warn",
        CheckStatus::Fail => "FAIL",
        CheckStatus::Unknown => "unknown",
    }
}

/// By id.
pub(crate) type Found = BTreeMap<String, CheckStatus>;

pub(crate) fn found(checks: &[Check]) -> Found {
    checks.iter().map(|check| (check.id.clone(), check.status)).collect()
}

/// Each check with its word, and the finding where it does not pass.
pub(crate) fn listed(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        let why = check.evidence.as_ref().filter(|_| check.status != CheckStatus::Pass);
        let why = why.map(|evidence| evidence.finding.as_str()).unwrap_or_default();
        let line = format!("{:<30} {:<8} {why}", check.id, word(check.status));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Notes a state and what does not pass in it; one probe in particular must say this of it.
pub(crate) fn told(table: &mut String, name: &str, found_by: &str, wanted: CheckStatus, checks: &[Check]) {
    let found = checks.iter().find(|check| check.id == found_by).map(|check| (check.status, &check.evidence));
    assert_eq!(found.map(|(status, _)| status), Some(wanted), "{name}: {found_by} says {found:?}");
    let _ = write!(table, "\n{name}\n");
    if wanted == CheckStatus::Pass {
        let _ = writeln!(table, "    {:<8} {found_by}", word(wanted));
    }
    // How long this console has been open says nothing of the plane.
    let of_interest = |check: &&Check| {
        check.status != CheckStatus::Pass && (check.id != "plane.coverage" || found_by == "plane.coverage")
    };
    for check in checks.iter().filter(of_interest).filter(|check| check.evidence.is_some()) {
        let _ = writeln!(table, "    {:<8} {}", word(check.status), check.id);
    }
}

/// Compares with what the file holds, or writes it.
pub(crate) fn compare(name: &str, text: &str) {
    let file = format!("{}/tests/readiness/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_READINESS").is_some() {
        std::fs::write(&file, text).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    let differing: Vec<_> = text.lines().zip(expected.lines()).filter(|(now, before)| now != before).collect();
    assert!(text == expected, "{name} says something else now; write it anew if that is meant:\n{differing:#?}");
}
