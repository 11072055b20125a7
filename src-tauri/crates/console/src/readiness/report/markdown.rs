//! The report in Markdown. What comes from elsewhere is escaped in sentences and tables, and fenced where it is evidence.

use super::{Report, age, finding, groups, legible::legible, past, points, sum, verdict, word};
use domain::{Check, CheckStatus, Readiness};
use std::fmt::Write as _;

/// The table of points alone, with the score above it.
pub fn table(readiness: &Readiness) -> String {
    let mut text = format!(
        "**{} of 100**. {}\n\n| Result | Check | Id | Finding | Points |\n| --- | --- | --- | --- | ---: |\n",
        readiness.score,
        verdict(readiness)
    );
    for (name, checks) in groups(readiness) {
        let _ = writeln!(text, "| | **{}** | | | **{}** |", inline(name), sum(&checks));
        for check in checks {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} of {} |",
                word(check.status),
                inline(&check.title),
                inline(&check.id),
                inline(finding(check)),
                points(check.points.earned),
                points(check.points.possible)
            );
        }
    }
    text
}

/// The whole report.
pub(super) fn page(report: &Report<'_>) -> String {
    let of = inline(report.of.as_deref().unwrap_or("this console"));
    let mut text = format!(
        "# Readiness of {of}\n\nAs last probed, written at {} by Breakwater {}. Unknown and expired evidence earns no \
         points; the score is rounded down.\n\n{}\n",
        report.at,
        inline(report.version),
        table(&report.readiness)
    );
    if !report.scores.is_empty() {
        text.push_str("## The last 24 hours\n\n");
        for point in &report.scores {
            let because: Vec<_> = point
                .because
                .iter()
                .map(|change| format!("{} became {}", inline(&change.check), word(change.to).to_lowercase()))
                .collect();
            let _ = writeln!(text, "- {}: **{}** {}", point.at, point.score, because.join(", "));
        }
        text.push('\n');
    }
    text.push_str("## Evidence\n");
    for check in &report.readiness.checks {
        evidence(&mut text, report, check);
    }
    text
}

fn evidence(text: &mut String, report: &Report<'_>, check: &Check) {
    let _ = write!(
        text,
        "\n### {}: {} ({})\n\n{}\n\n",
        word(check.status),
        inline(&check.title),
        inline(&check.id),
        inline(&check.proves)
    );
    if let Some(seen) = &check.evidence {
        let at = check.checked_at.map(|at| at.to_string()).unwrap_or_default();
        let _ = write!(
            text,
            "What was asked:\n\n{}\n\nWhat came back, in {} ms, at {at}, {} before this report:\n\n{}\n\n",
            fenced(&seen.request),
            seen.duration_ms,
            age(check, report.at),
            fenced(&seen.answer)
        );
    }
    let _ = write!(text, "What it means: {}\n\n", inline(finding(check)));
    if let Some(past) = past(check) {
        let _ = write!(text, "{}\n\n", inline(&past));
    }
    if check.status != CheckStatus::Pass {
        let _ = write!(text, "Remedy: {}\n\n", inline(&check.remedy));
    }
    let _ = writeln!(text, "Owner: {}", inline(&check.owner));
}

/// Text on one line, with everything escaped that Markdown or HTML in it might take as markup.
fn inline(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for character in legible(text).chars() {
        match character {
            '\n' | '\t' => safe.push(' '),
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => safe.extend(['\\', character]),
            character => safe.push(character),
        }
    }
    safe
}

/// A block that nothing in it can end: its fence is longer than any run of backticks within.
fn fenced(text: &str) -> String {
    let text = legible(text);
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}", text.trim_end_matches('\n'))
}
