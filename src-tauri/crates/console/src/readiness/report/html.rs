//! The report as one page of HTML: nothing is loaded, nothing is run, and it can be printed.

use super::{Report, age, finding, groups, legible::legible, past, points, sum, verdict, word};
use domain::{Check, CheckStatus};
use std::fmt::Write as _;

const STYLE: &str = include_str!("report.css");

/// The whole page.
pub(super) fn page(report: &Report<'_>) -> String {
    let of = report.of.as_deref().unwrap_or("this console");
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Readiness of {of}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Readiness of {of}</h1>\n<p class=\"score\"><b>{score}</b> of 100</p>\n<p>{verdict}</p>\n\
         <p class=\"quiet\">As last probed, written at {at} by Breakwater {version}. Unknown and expired evidence earns \
         no points; the score is rounded down.</p>\n",
        of = shown(of),
        score = report.readiness.score,
        verdict = shown(&verdict(&report.readiness)),
        at = report.at,
        version = shown(report.version),
    );
    bar(&mut page, report);
    table(&mut page, report);
    scores(&mut page, report);
    page.push_str("<h2>Evidence</h2>\n");
    for check in &report.readiness.checks {
        evidence(&mut page, report, check);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// One cell for each check, as wide as what it could earn.
fn bar(page: &mut String, report: &Report<'_>) {
    page.push_str("<div class=\"bar\" aria-hidden=\"true\">");
    for check in &report.readiness.checks {
        let _ = write!(page, "<i class=\"{}\" style=\"flex-grow:{}\"></i>", class(check.status), check.points.possible);
    }
    page.push_str("</div>\n");
}

fn table(page: &mut String, report: &Report<'_>) {
    page.push_str(
        "<h2>Points</h2>\n<table>\n<thead><tr><th>Result</th><th>Check</th><th>Finding</th><th>Age</th>\
         <th>Points</th></tr></thead>\n",
    );
    for (name, checks) in groups(&report.readiness) {
        let _ = write!(
            page,
            "<tbody>\n<tr class=\"group\"><th colspan=\"4\">{}</th><td>{}</td></tr>\n",
            shown(name),
            sum(&checks)
        );
        for check in checks {
            let _ = writeln!(
                page,
                "<tr><td>{}</td><td>{} <code>{}</code></td><td>{}</td><td>{}</td><td>{} of {}</td></tr>",
                mark(check.status),
                shown(&check.title),
                shown(&check.id),
                shown(finding(check)),
                age(check, report.at),
                points(check.points.earned),
                points(check.points.possible)
            );
        }
        page.push_str("</tbody>\n");
    }
    page.push_str("</table>\n");
}

fn scores(page: &mut String, report: &Report<'_>) {
    if report.scores.is_empty() {
        return;
    }
    page.push_str("<h2>The last 24 hours</h2>\n<ul>\n");
    for point in &report.scores {
        let because: Vec<_> = point
            .because
            .iter()
            .map(|change| format!("{} became {}", change.check, word(change.to).to_lowercase()))
            .collect();
        let _ = writeln!(page, "<li>{}: <b>{}</b> {}</li>", point.at, point.score, shown(&because.join(", ")));
    }
    page.push_str("</ul>\n");
}

fn evidence(page: &mut String, report: &Report<'_>, check: &Check) {
    let _ = write!(
        page,
        "<section>\n<h3>{} {} <code>{}</code></h3>\n<p>{}</p>\n",
        mark(check.status),
        shown(&check.title),
        shown(&check.id),
        shown(&check.proves)
    );
    if let Some(seen) = &check.evidence {
        let at = check.checked_at.map(|at| at.to_string()).unwrap_or_default();
        let _ = write!(
            page,
            "<h4>What was asked</h4>\n<pre>{}</pre>\n<h4>What came back</h4>\n<pre>{}</pre>\n\
             <p class=\"quiet\">in {} ms, at {at}, {} before this report</p>\n",
            shown(&seen.request),
            shown(&seen.answer),
            seen.duration_ms,
            age(check, report.at)
        );
    }
    let _ = writeln!(page, "<h4>What it means</h4>\n<p>{}</p>", shown(finding(check)));
    if let Some(past) = past(check) {
        let _ = writeln!(page, "<p>{}</p>", shown(&past));
    }
    if check.status != CheckStatus::Pass {
        let _ = writeln!(page, "<h4>Remedy</h4>\n<p>{}</p>", shown(&check.remedy));
    }
    let _ = writeln!(page, "<p class=\"quiet\">Owner: {}</p>\n</section>", shown(&check.owner));
}

const fn class(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Warn => "warn",
        CheckStatus::Fail => "fail",
        CheckStatus::Unknown => "unknown",
    }
}

/// Shape and word, so that colour is not needed.
fn mark(status: CheckStatus) -> String {
    let shape = match status {
        CheckStatus::Pass => "\u{2713}",
        CheckStatus::Warn => "\u{25b2}",
        CheckStatus::Fail => "\u{2715}",
        CheckStatus::Unknown => "?",
    };
    format!("<span class=\"mark {}\">{shape} {}</span>", class(status), word(status))
}

/// Text as text, wherever in the page it stands.
fn shown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for character in legible(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            character => safe.push(character),
        }
    }
    safe
}
