//! Readiness as one file for somebody who has no console: what was asked, what came back, and what is missing.
//!
//! It tells what was last probed and probes nothing. Deliberately absent: scripts, links to elsewhere, and anything that
//! the page does not show too.

mod html;
mod legible;
mod markdown;

use super::judged;
use crate::{
    core::Core,
    error::Error,
    view::{ReadinessReport, ReadinessReportQuery, ReportFormat},
};
use domain::{Check, CheckStatus, Readiness, ScorePoint, Span, Timestamp};
use std::time::Duration;

pub use markdown::table as readiness_in_markdown;

/// How far back the scores of a report reach.
const BACK: Duration = Duration::from_hours(24);
/// Scores in a report at most, newest first.
const SCORES: u32 = 50;

/// What a report tells.
struct Report<'a> {
    /// The connection that it is about; `None` for the console alone.
    of: Option<String>,
    at: Timestamp,
    version: &'a str,
    readiness: Readiness,
    /// How the score changed within the last day, newest first, and before these the one that it began with.
    scores: Vec<ScorePoint>,
}

/// The report on a connection, as text and with the name of a file for it.
pub(crate) async fn report(core: &Core, query: ReadinessReportQuery) -> Result<ReadinessReport, Error> {
    let link = match &query.connection {
        Some(_) => Some(core.link_or_default(query.connection.as_ref())?),
        None => core.link_or_default(None).ok(),
    };
    let at = core.now();
    let day = Span { from: at.minus(BACK), to: at };
    let scores = match &link {
        Some(link) => core.read.scores(&link.id, day, SCORES).await?,
        None => Vec::new(),
    };
    let readiness = judged::readiness(core, link.as_deref()).await?;
    let of = link.map(|link| link.name());
    let name = file_name(of.as_deref(), at, query.format);
    let report = Report { of, at, version: &core.version, readiness, scores };
    let text = match query.format {
        ReportFormat::Html => html::page(&report),
        ReportFormat::Markdown => markdown::page(&report),
    };
    Ok(ReadinessReport { name, text })
}

/// A name that every file system takes.
fn file_name(of: Option<&str>, at: Timestamp, format: ReportFormat) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '-' };
    let of: String = of.unwrap_or("console").chars().take(60).map(plain).collect();
    let moment: String = at.to_string().chars().take(19).map(plain).collect();
    let ending = match format {
        ReportFormat::Html => "html",
        ReportFormat::Markdown => "md",
    };
    format!("readiness-{of}-{moment}.{ending}")
}

/// The checks by group, in the order of the registry.
fn groups(readiness: &Readiness) -> Vec<(&str, Vec<&Check>)> {
    let mut groups: Vec<(&str, Vec<&Check>)> = Vec::new();
    for check in &readiness.checks {
        match groups.iter_mut().find(|(name, _)| *name == check.group) {
            Some((_, checks)) => checks.push(check),
            None => groups.push((&check.group, vec![check])),
        }
    }
    groups
}

/// Tenths of a point as people write them.
fn points(tenths: u32) -> String {
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

/// What the checks of a group give and could give.
fn sum(checks: &[&Check]) -> String {
    let earned = checks.iter().map(|check| check.points.earned).sum();
    let possible = checks.iter().map(|check| check.points.possible).sum();
    format!("{} of {}", points(earned), points(possible))
}

const fn word(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "Pass",
        CheckStatus::Warn => "Warn",
        CheckStatus::Fail => "Fail",
        CheckStatus::Unknown => "Unknown",
    }
}

fn finding(check: &Check) -> &str {
    check.evidence.as_ref().map_or("Not probed yet, so nothing is known.", |evidence| evidence.finding.as_str())
}

/// How old the evidence is; `never` where there is none.
fn age(check: &Check, at: Timestamp) -> String {
    let Some(checked_at) = check.checked_at else { return "never".to_owned() };
    let seconds = at.since(checked_at).as_secs();
    match (seconds / 3_600, seconds / 60) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m"),
        (hours, _) => format!("{hours}h"),
    }
}

/// How many checks do not pass, in words.
fn verdict(readiness: &Readiness) -> String {
    let count = |status| readiness.checks.iter().filter(|check| check.status == status).count();
    let (fail, unknown, warn) = (count(CheckStatus::Fail), count(CheckStatus::Unknown), count(CheckStatus::Warn));
    if fail + unknown + warn == 0 {
        return "Every check passes.".to_owned();
    }
    format!("Of {} checks {fail} fail, {unknown} are unknown and {warn} warn.", readiness.checks.len())
}

/// What came about with a check, in words: since when, and when it last passed.
fn past(check: &Check) -> Option<String> {
    if check.status == CheckStatus::Pass {
        return None;
    }
    let since = check.since.map(|since| format!("{} since {since}.", word(check.status)));
    let passed =
        check.last_pass.as_ref().map(|pass| format!("It last passed at {}: {}", pass.at, pass.evidence.finding));
    match (since, passed) {
        (Some(since), Some(passed)) => Some(format!("{since} {passed}")),
        (since, passed) => since.or(passed),
    }
}

#[cfg(test)]
mod tests;
