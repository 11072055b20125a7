//! `runs`: list, show, and the acts.

use super::{Session, plan, watch};
use crate::{
    arguments::{CreateArguments, Format, ListArguments, RunsVerb, ShowArguments},
    exit::Exit,
    render,
    screen::Screen,
    trouble::Trouble,
};
use console::view::{
    CreateRun, DecideGate, EventList, FreshnessState, LogList, RetryStep, RunAct, RunList, RunQuery, RunRef, RunSource,
    RunView, SequenceQuery,
};
use domain::{Event, LogLine};
use serde_json::{Value, json};

/// Events and log lines asked for at once.
const PAGE: u32 = 1000;

pub(super) async fn run(session: &mut Session<'_>, verb: &RunsVerb, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    let connection = session.connection();
    let view: RunView = match verb {
        RunsVerb::Ls(arguments) => return list(session, arguments, screen).await,
        RunsVerb::Show(arguments) => return show(session, arguments, screen).await,
        RunsVerb::Watch { run, patience } => {
            return watch::run(session, connection, &run.as_str().into(), patience.timeout, screen).await;
        }
        RunsVerb::Create(arguments) => return create(session, arguments, screen).await,
        RunsVerb::RetryStep(given) => {
            let inputs = given.inputs.as_deref().map(plan::inputs).transpose()?;
            let (run, step, reason) = (given.run.as_str().into(), given.step.clone(), given.reason.clone());
            session.ask("runs.retry_step", RetryStep { connection, run, step, reason, inputs }).await?
        }
        RunsVerb::Cancel(given) => {
            let request = RunAct { connection, run: given.run.as_str().into(), reason: given.reason.clone() };
            session.ask("runs.cancel", request).await?
        }
        RunsVerb::Approve(given) => {
            let (run, step, reason) = (given.run.as_str().into(), given.step.clone(), given.reason.clone());
            session.ask("gates.approve", DecideGate { connection, run, step, reason }).await?
        }
        RunsVerb::Reject(given) => {
            let (run, step, reason) = (given.run.as_str().into(), given.step.clone(), given.reason.clone());
            session.ask("gates.reject", DecideGate { connection, run, step, reason }).await?
        }
    };
    one(screen, &view)?;
    Ok(Exit::Done)
}

async fn list(session: &Session<'_>, arguments: &ListArguments, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    let mut query = RunQuery {
        connection: session.connection(),
        kinds: arguments.kind.clone(),
        statuses: arguments.status.clone(),
        text: arguments.search.clone(),
        since: None,
        after: arguments.after.clone(),
        limit: Some(arguments.limit),
        whole: arguments.all || arguments.after.is_some() || arguments.search.is_some(),
    };
    let mut all: RunList = session.ask("runs.list", &query).await?;
    // The first page has had everything read that the others show.
    query.whole = false;
    while let Some(next) = all.next.take_if(|_| arguments.all) {
        query.after = Some(next);
        let page: RunList = session.ask("runs.list", &query).await?;
        all.items.extend(page.items);
        all.next = page.next;
    }
    for note in render::source_notes(&all) {
        screen.note(&note);
    }
    let empty = empty(&all, arguments.search.is_some() || !arguments.status.is_empty() || !arguments.kind.is_empty());
    match screen.format() {
        Format::Table => screen.table(&render::runs(&all.items, empty))?,
        Format::Json => screen.document(&all)?,
        Format::Ndjson => screen.documents(&all.items)?,
    }
    if let Some(next) = &all.next {
        let at_least = if all.sources.iter().all(|source| source.complete) { "" } else { "at least " };
        let (shown, matching) = (all.items.len(), all.matching);
        screen.note(&format!("{shown} of {at_least}{matching} runs; go on with --after {next}, or --all"));
    }
    Ok(exit_of(&all))
}

/// What an empty list means.
fn empty(list: &RunList, is_filtered: bool) -> &'static str {
    let is_unknown = |source: &RunSource| source.freshness.state == FreshnessState::Offline && source.cached_runs == 0;
    match (list.sources.iter().all(is_unknown) && !list.sources.is_empty(), is_filtered) {
        (true, _) => "Nothing is known.",
        (false, true) => "No match.",
        (false, false) => "No runs.",
    }
}

/// A list is no answer if nobody could be asked and the cache has nothing of anybody.
fn exit_of(list: &RunList) -> Exit {
    let is_unknown = |source: &RunSource| source.error.is_some() && source.cached_runs == 0;
    match list.sources.first().and_then(|source| source.error.as_ref()) {
        Some(error) if list.sources.iter().all(is_unknown) => Exit::of_error(&error.code),
        _ => Exit::Done,
    }
}

async fn create(
    session: &mut Session<'_>,
    arguments: &CreateArguments,
    screen: &mut Screen<'_>,
) -> Result<Exit, Trouble> {
    let plan = plan::plan(session, &arguments.file)?;
    let idempotency_key = arguments.idempotency_key.clone();
    let request = CreateRun { connection: session.connection(), plan, template: None, team: None, idempotency_key };
    let view: RunView = session.ask("runs.create", request).await?;
    if arguments.watch {
        let (connection, run) = (Some(view.connection), view.run.summary.id);
        return watch::run(session, connection, &run, arguments.patience.timeout, screen).await;
    }
    one(screen, &view)?;
    Ok(Exit::Done)
}

async fn show(session: &Session<'_>, arguments: &ShowArguments, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    let request = RunRef { connection: session.connection(), run: arguments.run.as_str().into() };
    let view: RunView = session.ask("runs.get", request).await?;
    if let Some(note) = render::freshness_note([&view.freshness]) {
        screen.note(&note);
    }
    let events = if arguments.events { Some(events(session, &view, screen).await?) } else { None };
    let logs = if arguments.logs { Some(logs(session, &view, screen).await?) } else { None };
    match screen.format() {
        Format::Table => {
            one(screen, &view)?;
            for event in events.iter().flatten() {
                screen.line(&render::event_line(event))?;
            }
            for line in logs.iter().flatten() {
                log(screen, line, Some(&view))?;
            }
        }
        Format::Json => {
            let mut document: Value = serde_json::to_value(&view)?;
            if let Some(events) = events {
                document["events"] = serde_json::to_value(events)?;
            }
            if let Some(logs) = logs {
                document["logs"] = serde_json::to_value(logs)?;
            }
            screen.document(&document)?;
        }
        Format::Ndjson => {
            screen.document(&json!({ "run": view }))?;
            for event in events.into_iter().flatten() {
                screen.document(&json!({ "event": event }))?;
            }
            for line in logs.into_iter().flatten() {
                screen.document(&json!({ "log": line }))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// One run in the form that was asked for.
pub(super) fn one(screen: &mut Screen<'_>, view: &RunView) -> Result<(), Trouble> {
    match screen.format() {
        Format::Table => {}
        Format::Json => return screen.document(view),
        Format::Ndjson => return screen.document(&json!({ "run": view })),
    }
    let (head, steps) = render::run(view);
    for (mark, colour, text) in head {
        screen.marked_line(&mark, colour, &text)?;
    }
    Ok(screen.table(&steps)?)
}

/// One line that a step printed.
pub(super) fn log(screen: &mut Screen<'_>, line: &LogLine, view: Option<&RunView>) -> Result<(), Trouble> {
    let (mark, colour, text) = render::log_line(line, view.map_or(&[], |view| &view.run.steps));
    Ok(screen.marked_line(&mark, colour, text)?)
}

fn sequence(view: &RunView) -> SequenceQuery {
    let run = view.run.summary.id.clone();
    SequenceQuery { connection: Some(view.connection.clone()), run, step: None, after: 0, limit: Some(PAGE) }
}

/// Every event; says so if the cache lacks some.
async fn events(session: &Session<'_>, view: &RunView, screen: &mut Screen<'_>) -> Result<Vec<Event>, Trouble> {
    let mut query = sequence(view);
    let mut all = Vec::new();
    loop {
        let page: EventList = session.ask("runs.events", &query).await?;
        all.extend(page.items);
        match page.next {
            Some(next) if next > query.after => query.after = next,
            _ if !page.complete => {
                screen.note(&format!("incomplete: {} of {} events are in the cache", all.len(), page.last_seq));
                return Ok(all);
            }
            _ => return Ok(all),
        }
    }
}

/// Every log line; says so if the cache lacks some.
async fn logs(session: &Session<'_>, view: &RunView, screen: &mut Screen<'_>) -> Result<Vec<LogLine>, Trouble> {
    let mut query = sequence(view);
    let mut all = Vec::new();
    loop {
        let page: LogList = session.ask("runs.logs", &query).await?;
        all.extend(page.items);
        match page.next {
            Some(next) if next > query.after => query.after = next,
            _ if !page.complete => {
                screen.note(&format!("incomplete: {} of {} log lines are in the cache", all.len(), page.last_seq));
                return Ok(all);
            }
            _ => return Ok(all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{empty, exit_of};
    use crate::exit::Exit;
    use console::view::RunList;
    use serde_json::json;

    fn list(sources: &[(u64, Option<&str>)]) -> RunList {
        let source = |(cached_runs, code): &(u64, Option<&str>)| {
            let mut source = json!({
                "connection": "con_1", "connection_name": "staging", "cached_runs": cached_runs, "complete": false,
                "freshness": { "read_at": null, "state": "offline" },
            });
            if let Some(code) = code {
                source["error"] = json!({ "code": code, "message": "why", "correlationId": "req-1" });
            }
            source
        };
        let sources: Vec<_> = sources.iter().map(source).collect();
        serde_json::from_value(
            json!({ "items": [], "next": null, "matching": 0, "total": 0, "counts": [], "sources": sources }),
        )
        .expect("a list as the console gives it")
    }

    #[test]
    fn nothing_known_is_not_told_as_nothing_there() {
        assert_eq!(exit_of(&list(&[(0, Some("offline"))])), Exit::Unreachable, "the plane is away, the cache empty");
        assert_eq!(exit_of(&list(&[(0, Some("unauthenticated"))])), Exit::Refused, "the credential is refused");
        assert_eq!(exit_of(&list(&[(3, Some("offline"))])), Exit::Done, "the cache has an answer");
        assert_eq!(exit_of(&list(&[(0, Some("offline")), (0, None)])), Exit::Done, "one of two has answered");
        assert_eq!(exit_of(&list(&[(0, None)])), Exit::Done, "there are none");
        assert_eq!(empty(&list(&[(0, Some("offline"))]), false), "Nothing is known.", "nor in its words");
        assert_eq!(empty(&list(&[(3, Some("offline"))]), true), "No match.", "a search is told from a list");
        assert_eq!(empty(&list(&[(3, None)]), false), "No runs.", "and none is none");
    }
}
