//! `runs watch`: shows what happens to a run until it ends. The exit code says how.

use super::{Session, runs};
use crate::{arguments::Format, exit::Exit, render, screen::Screen, trouble::Trouble};
use console::{
    Followed,
    view::{RunRef, RunView},
};
use domain::{ConnectionId, RunId, RunStatus};
use futures::{Stream, StreamExt as _};
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// Follows a run from its first event to its end.
pub(super) async fn run(
    session: &Session<'_>,
    connection: Option<ConnectionId>,
    run: &RunId,
    patience: Option<Duration>,
    screen: &mut Screen<'_>,
) -> Result<Exit, Trouble> {
    let mut story = session.console.follow_run(RunRef { connection, run: run.clone() }).await?;
    let mut newest: Option<Box<RunView>> = None;
    let mut unreachable = None;
    let mut give_up_at = None;
    while let Some(told) = next(&mut story, give_up_at).await {
        match told {
            Followed::Run(view) => {
                (unreachable, give_up_at) = (None, None);
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
                let end = patience.map_or_else(
                    || "Ctrl-C ends this, and --timeout SECONDS would".to_owned(),
                    |patience| format!("this ends after {} s", patience.as_secs()),
                );
                screen.note(&format!("{error}; still trying: {end}"));
                give_up_at = patience.map(|patience| Instant::now() + patience);
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

/// What is told next; `None` at the end, or when patience has come to one.
async fn next(story: &mut (impl Stream<Item = Followed> + Unpin), give_up_at: Option<Instant>) -> Option<Followed> {
    match give_up_at {
        Some(moment) => tokio::time::timeout_at(moment, story.next()).await.ok().flatten(),
        None => story.next().await,
    }
}

fn conclude(view: &RunView, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    runs::one(screen, view)?;
    Ok(if view.run.summary.status == RunStatus::Succeeded { Exit::Done } else { Exit::RunFailed })
}

#[cfg(test)]
mod tests {
    use super::next;
    use console::Followed;
    use std::time::Duration;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn a_plane_that_stays_away_is_waited_for_as_long_as_was_said() {
        let mut story = futures::stream::pending::<Followed>();
        let started = Instant::now();
        let told = next(&mut story, Some(started + Duration::from_mins(1))).await;
        assert_eq!(told, None, "patience has come to its end");
        assert_eq!(started.elapsed(), Duration::from_mins(1), "not before that");
    }
}
