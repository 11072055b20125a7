//! Hostile evidence stays evidence.

use super::{Report, html, markdown};
use domain::{Check, CheckStatus, Evidence, LastPass, Points, Readiness, Timestamp};

const HOSTILE: &str =
    "]]></pre><script>alert('1')</script>\u{1b}[2J\u{202e}\u{0} | a `b` ```` & \"c\" \n# not a heading\n<!--";

fn hostile(status: CheckStatus) -> Check {
    let evidence =
        || Evidence { request: HOSTILE.into(), answer: HOSTILE.into(), finding: HOSTILE.into(), duration_ms: 7 };
    Check {
        id: HOSTILE.into(),
        title: HOSTILE.into(),
        proves: HOSTILE.into(),
        group: HOSTILE.into(),
        connection: None,
        status,
        evidence: Some(evidence()),
        remedy: HOSTILE.into(),
        owner: HOSTILE.into(),
        weight: 1,
        points: Points::default(),
        checked_at: Some(Timestamp::from_millis(1_787_368_000_000)),
        expires_at: None,
        since: Some(Timestamp::from_millis(1_787_368_000_000)),
        last_pass: Some(LastPass { at: Timestamp::from_millis(1_787_367_000_000), evidence: evidence() }),
        regressed: true,
        writes: Some(HOSTILE.into()),
    }
}

fn report() -> Report<'static> {
    let readiness = Readiness::of(vec![hostile(CheckStatus::Fail), hostile(CheckStatus::Pass)]);
    let at = Timestamp::from_millis(1_787_368_462_007);
    Report { of: Some(HOSTILE.into()), at, version: "0.0.0", readiness, scores: vec![] }
}

#[test]
fn html_shows_markup_and_never_obeys_it() {
    let page = html::page(&report());
    assert!(!page.contains("<script") && !page.contains("<!--"), "what came back is text");
    assert!(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"), "and all of it is there");
    assert!(!page.contains(['\u{1b}', '\u{0}', '\u{202e}']), "nothing hides or turns what stands beside it");
    let count = |what: &str| page.matches(what).count();
    assert_eq!((count("<pre>"), count("</pre>")), (4, 4), "evidence does not end its own block");
    assert!(page.contains("default-src 'none'"), "and a reader is told to load and run nothing");
    assert!(page.contains("50 of 100</td>"), "points are explained");
}

#[test]
fn markdown_keeps_its_table_and_its_blocks_whole() {
    let text = markdown::page(&report());
    assert!(!text.contains(['\u{1b}', '\u{0}', '\u{202e}']), "nothing hides or turns what stands beside it");
    let in_blocks = text.split("`````").skip(1).step_by(2);
    assert!(in_blocks.clone().all(|block| block.contains("````")), "a fence is longer than any within");
    assert_eq!(in_blocks.count(), 4, "and each block ends where it should");
    let outside: String = text.split("`````").step_by(2).collect();
    assert!(!outside.contains('<'), "no markup outside of blocks");
    for row in outside.lines().filter(|line| line.starts_with('|')) {
        let bare = row.replace("\\|", "");
        assert_eq!(bare.matches('|').count(), 6, "a row has five cells, whatever is in them: {row}");
    }
    assert!(!outside.contains("\n# not"), "a line of evidence is no heading");
}

#[test]
fn a_file_name_is_one_on_every_system() {
    let name = super::file_name(Some("../we ird/\u{202e}"), Timestamp::from_millis(0), crate::view::ReportFormat::Html);
    assert_eq!(name, "readiness----we-ird---1970-01-01T00-00-00.html", "no separators, no marks");
}
