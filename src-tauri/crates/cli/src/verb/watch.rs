//! `runs watch`: shows what happens to a run until it ends. The exit code says how.

use super::{Session, runs};
use crate::{arguments::Format, exit::Exit, render, screen::Screen, trouble::Trouble};
use console::{
    Followed,
    view::{RunRef, RunView},
};
use domain::{ConnectionId, RunId, RunStatus};
use futures::StreamExt as _;
use serde_json::json;

/// Follows a run from its first event to its end.
pub(super) async fn run(
    session: &Session<'_>,
    connection: Option<ConnectionId>,
    run: &RunId,
    screen: &mut Screen<'_>,
) -> Result<Exit, Trouble> {
    let mut story = session.console.follow_run(RunRef { connection, run: run.clone() }).await?;
    let mut newest: Option<Box<RunView>> = None;
    let mut unreachable = None;
    while let Some(told) = story.next().await {
        match told {
            Followed::Run(view) => {
                unreachable = None;
                newest = Some(view);
            }
            Followed::Event(event) => match screen.format() {
                Format::Table => screen.line(&render::event_line(&event))?,
                Format::Ndjson => screen.document(&json!({ "event": event }))?,
                Format::Json => {}
            },
            Followed::Log(line) => match screen.format() {
                Format::Table => runs::log(screen, &line, newest.as_deref())?,
                Format::Ndjson => screen.document(&json!({ "log": line }))?,
                Format::Json => {}
            },
            Followed::Unreachable(error) => {
                screen.note(&format!("{error}; still trying"));
                unreachable = Some(error);
            }
        }
        screen.flush()?;
    }
    match (newest, unreachable) {
        (_, Some(error)) => Err(error.into()),
        (Some(view), None) => conclude(&view, screen),
        (None, None) => Err(Trouble::given("the run told nothing", "See `breakwater runs show`.")),
    }
}

fn conclude(view: &RunView, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    match screen.format() {
        Format::Table | Format::Json => runs::one(screen, view)?,
        Format::Ndjson => screen.document(&json!({ "run": view }))?,
    }
    Ok(if view.run.summary.status == RunStatus::Succeeded { Exit::Done } else { Exit::RunFailed })
}
