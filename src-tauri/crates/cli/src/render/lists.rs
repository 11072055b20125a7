//! Lists of nouns as tables.

use super::junit::points;
use super::{Cell, Colour, Table, beginning, moment, moment_or_dash, span, word};
use console::view::{
    BreakerView, ConnectionTest, ConnectionView, Freshness, FreshnessState, HopResult, Obstacle, RunList, RunRow,
    RunSource, SearchHit,
};
use domain::{BreakerEvent, CheckStatus, Readiness, Template};

/// What must be said when some of what is shown may be out of date.
pub(crate) fn freshness_note<'a>(all: impl IntoIterator<Item = &'a Freshness>) -> Option<String> {
    let old: Vec<_> = all.into_iter().filter(|freshness| freshness.state == FreshnessState::Offline).collect();
    let oldest = old.iter().map(|freshness| freshness.read_at).min()?;
    let why = why(old.iter().find_map(|freshness| freshness.obstacle));
    Some(match oldest {
        Some(at) => format!("{why}: this is from the cache, as it was at {} or later", moment(at)),
        None => format!("{why}: this is from the cache"),
    })
}

/// Why something could not be read anew.
const fn why(obstacle: Option<Obstacle>) -> &'static str {
    match obstacle {
        None => "offline",
        Some(Obstacle::NotContacted) => "not contacted",
        Some(Obstacle::NotRunning) => "the control plane is not running",
        Some(Obstacle::SignedOut) => "signed out",
        Some(Obstacle::Keychain) => "the keychain does not give the token",
        Some(Obstacle::Incompatible) => "the control plane is not understood",
        Some(Obstacle::Gone) => "the control plane no longer has it",
    }
}

/// What must be said of the connections that a list was made of.
pub(crate) fn source_notes(list: &RunList) -> Vec<String> {
    let note = |source: &RunSource| {
        let (name, why) = (&source.connection_name, why(source.freshness.obstacle));
        let oldest =
            list.items.iter().filter(|row| row.connection == source.connection).map(|row| row.freshness.read_at);
        let is_away = source.freshness.state == FreshnessState::Offline;
        match oldest.min().flatten() {
            _ if is_away && source.cached_runs == 0 => {
                Some(format!("{name}: {why}, and nothing of it is in the cache"))
            }
            Some(at) if is_away => {
                Some(format!("{name}: {why}; this is from the cache, as it was at {} or later", moment(at)))
            }
            None if is_away => Some(format!("{name}: {why}; this is from the cache")),
            _ => source.error.as_ref().map(|error| format!("{name}: not everything was read: {error}")),
        }
    };
    let mut notes: Vec<_> = list.sources.iter().filter_map(note).collect();
    // A page that ends says so itself.
    let cut = list.sources.iter().filter(|source| !source.complete && source.error.is_none());
    let cut = cut.filter(|source| list.next.is_none() && source.freshness.state != FreshnessState::Offline);
    notes.extend(
        cut.map(|source| {
            format!("{}: not everything could be read in time; ask again to go on", source.connection_name)
        }),
    );
    notes
}

/// `empty` is what is said when there are none.
pub(crate) fn runs(rows: &[RunRow], empty: &'static str) -> Table {
    let mut table = Table::new(vec!["RUN", "STATUS", "CREATED", "STEPS", "CONNECTION", "GOAL"], empty);
    for row in rows {
        let run = &row.summary;
        table.row([
            run.id.as_str().into(),
            Cell::coloured(run.status.as_str(), run.status.into()),
            moment(run.created_at).into(),
            format!("{}/{}", run.step_counts.succeeded, run.step_counts.total).into(),
            row.connection_name.as_str().into(),
            beginning(&run.goal, 60).into(),
        ]);
    }
    table
}

pub(crate) fn breakers(views: &[BreakerView]) -> Table {
    let mut table = Table::new(vec!["BREAKER", "STATE", "SINCE", "FAILURES", "CONNECTION", "PROTECTS"], "No breakers.");
    for BreakerView { breaker, connection_name, .. } in views {
        table.row([
            breaker.id.as_str().into(),
            Cell::coloured(word(&breaker.state), breaker.state.into()),
            moment(breaker.since).into(),
            format!("{}/{}", breaker.consecutive_failures, breaker.failure_threshold).into(),
            connection_name.as_deref().unwrap_or("-").into(),
            beginning(&breaker.protects, 60).into(),
        ]);
    }
    table
}

pub(crate) fn breaker_history(events: &[BreakerEvent]) -> Table {
    let mut table = Table::new(vec!["AT", "WHAT", "STATE", "CAUSE", "UNTIL", "BY", "REASON"], "Nothing has happened.");
    for event in events {
        table.row([
            moment(event.at).into(),
            word(&event.what).into(),
            Cell::coloured(word(&event.to), event.to.into()),
            event.cause.map_or_else(|| "-".to_owned(), |cause| word(&cause)).into(),
            moment_or_dash(event.until).into(),
            event.actor.as_deref().unwrap_or("-").into(),
            beginning(event.reason.as_deref().unwrap_or("-"), 60).into(),
        ]);
    }
    table
}

pub(crate) fn readiness(readiness: &Readiness) -> Table {
    let mut table = Table::new(vec!["CHECK", "STATUS", "POINTS", "CHECKED", "FINDING"], "No checks.");
    for check in &readiness.checks {
        let finding = check.evidence.as_ref().map_or("not observed", |evidence| evidence.finding.as_str());
        let advice = if check.status == CheckStatus::Pass { String::new() } else { format!(" → {}", check.remedy) };
        table.row([
            check.id.as_str().into(),
            Cell::coloured(word(&check.status), check.status.into()),
            format!("{} of {}", points(check.points.earned), points(check.points.possible)).into(),
            moment_or_dash(check.checked_at).into(),
            format!("{finding}{advice}").into(),
        ]);
    }
    table
}

pub(crate) fn connections(views: &[ConnectionView]) -> Table {
    let heading = vec!["CONNECTION", "STATE", "KIND", "ENVIRONMENT", "LOCK", "RUNS", "ADDRESS"];
    let mut table = Table::new(heading, "No connections.");
    for ConnectionView { connection, status, cached_runs, .. } in views {
        table.row([
            connection.name.as_str().into(),
            Cell::coloured(word(&status.state), status.state.into()),
            word(&connection.kind).into(),
            word(&connection.environment).into(),
            (if connection.read_only { "read-only" } else { "-" }).into(),
            cached_runs.to_string().into(),
            connection.base_url.as_str().into(),
        ]);
    }
    table
}

pub(crate) fn test(test: &ConnectionTest) -> Table {
    let mut table = Table::new(vec!["HOP", "RESULT", "TIME", "SEEN"], "Nothing was tried.");
    for hop in &test.hops {
        let colour = match hop.result {
            HopResult::Pass => Colour::Good,
            HopResult::Fail => Colour::Bad,
            HopResult::Needed => Colour::Waiting,
            HopResult::NotTried => Colour::Faint,
        };
        table.row([
            hop.name.as_str().into(),
            Cell::coloured(word(&hop.result), colour),
            hop.duration_ms.map_or_else(|| "-".to_owned(), span).into(),
            hop.detail.as_str().into(),
        ]);
    }
    table
}

pub(crate) fn templates(templates: &[Template]) -> Table {
    let mut table = Table::new(vec!["TEMPLATE", "BLANKS", "SUMMARY"], "No templates.");
    for template in templates {
        let blanks: Vec<_> = template
            .fields
            .iter()
            .map(|field| {
                field.default.as_ref().map_or_else(|| field.name.clone(), |value| format!("{}={value}", field.name))
            })
            .collect();
        table.row([template.id.as_str().into(), blanks.join(" ").into(), template.summary.as_str().into()]);
    }
    table
}

pub(crate) fn hits(hits: &[SearchHit]) -> Table {
    let mut table = Table::new(vec!["RUN", "FOUND IN", "STEP", "GOAL", "TEXT"], "Nothing found.");
    for hit in hits {
        let place = hit.seq.map_or_else(|| hit.found_in.clone(), |seq| format!("{} {seq}", hit.found_in));
        table.row([
            hit.run.as_str().into(),
            place.into(),
            beginning(hit.step.as_deref().unwrap_or_default(), 20).into(),
            beginning(&hit.goal, 30).into(),
            beginning(&hit.snippet, 80).into(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::source_notes;
    use console::view::RunList;
    use serde_json::{Value, json};

    fn notes(source: &Value) -> Vec<String> {
        let list = json!({ "items": [], "next": null, "matching": 0, "total": 0, "counts": [], "sources": [source] });
        source_notes(&serde_json::from_value::<RunList>(list).expect("a list as the console gives it"))
    }

    #[test]
    fn each_reason_for_an_empty_list_reads_differently() {
        let source = |cached_runs: u64, freshness: Value, complete: bool| {
            notes(&json!({
                "connection": "con_1", "connection_name": "staging", "cached_runs": cached_runs, "complete": complete,
                "freshness": freshness,
            }))
        };
        let signed_out = json!({ "read_at": null, "state": "offline", "obstacle": "signed_out" });
        let told = source(0, signed_out, false);
        assert_eq!(told, ["staging: signed out, and nothing of it is in the cache"], "a revoked token is not offline");
        let told = source(7, json!({ "read_at": null, "state": "offline" }), false);
        assert_eq!(told, ["staging: offline; this is from the cache"], "what is there is old");
        let live = json!({ "read_at": null, "state": "live" });
        assert_eq!(source(7, live.clone(), true), Vec::<String>::new(), "there is nothing to be said");
        assert_eq!(source(7, live, false).len(), 1, "that something may be missing is said");
    }
}
