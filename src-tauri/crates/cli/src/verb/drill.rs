//! `drill`: what can be rehearsed, a rehearsal in the foreground, and what came of earlier ones.

use super::{Session, list};
use crate::{
    arguments::{DrillVerb, Format},
    exit::Exit,
    render::{self, Cell, Table},
    screen::Screen,
    trouble::Trouble,
};
use console::view::{Drill, DrillStatus, StartDrill};
use domain::DrillScenario;
use serde_json::json;
use std::time::Duration;
use tokio::time::sleep;

/// Between two looks at a drill that goes.
const BEAT: Duration = Duration::from_millis(500);

pub(super) async fn run(session: &Session<'_>, verb: &DrillVerb, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    match verb {
        DrillVerb::Ls => {
            let scenarios: Vec<DrillScenario> = session.ask("drill.scenarios", ()).await?;
            list(screen, &scenarios, table_of_scenarios)
        }
        DrillVerb::Results => {
            let drills: Vec<Drill> = session.ask("drill.results", ()).await?;
            list(screen, &drills, table_of_results)
        }
        DrillVerb::Run { scenario, minutes } => {
            // From before the start on: whoever changes their mind at once must not leave a drill behind.
            let asked = (session.until_asked)();
            let request = StartDrill { scenario: scenario.clone(), minutes: *minutes };
            let begun: Drill = session.ask("drill.start", request).await?;
            let result = tokio::select! {
                ended = watch(session, begun, screen) => ended?,
                () = asked => session.ask("drill.stop", ()).await?,
            };
            conclude(&result, screen)
        }
    }
}

fn table_of_scenarios(scenarios: &[DrillScenario]) -> Table {
    let mut table = Table::new(vec!["SCENARIO", "LASTS", "TITLE"], "No drill can be played here.");
    for one in scenarios {
        table.row([one.id.as_str().into(), render::span(one.lasts_ms).into(), one.title.as_str().into()]);
    }
    table
}

fn table_of_results(drills: &[Drill]) -> Table {
    let heading = vec!["STARTED", "SCENARIO", "BY", "FIRST RIGHT ACT", "GOALS MET", "REQUESTS AGREE"];
    let mut table = Table::new(heading, "No drill has been played.");
    for drill in drills {
        let first = drill.first_right_after_ms.map_or_else(|| "-".to_owned(), render::span);
        let agree = if drill.proof.requests_agree() { "yes" } else { "no" };
        table.row([
            render::moment(drill.started_at).into(),
            drill.scenario.id.as_str().into(),
            drill.actor.as_str().into(),
            first.into(),
            Cell::new(render::goals_met(drill)),
            agree.into(),
        ]);
    }
    table
}

/// Shows what happens as it happens, until the drill has ended.
async fn watch(session: &Session<'_>, begun: Drill, screen: &mut Screen<'_>) -> Result<Drill, Trouble> {
    if screen.format() == Format::Table {
        screen.line(&format!("{}. {}", begun.scenario.title, begun.scenario.story))?;
        screen.line("It is on the connection `drill`; nothing of it leaves this machine. Ctrl-C ends it.")?;
    }
    let (id, mut told) = (begun.id.clone(), Vec::new());
    let mut known = begun;
    loop {
        for line in render::story(&known) {
            if told.contains(&line) {
                continue;
            }
            match screen.format() {
                Format::Table => screen.line(&line)?,
                Format::Ndjson => screen.document(&json!({ "happened": line }))?,
                Format::Json => {}
            }
            told.push(line);
        }
        screen.flush()?;
        sleep(BEAT).await;
        let status: DrillStatus = session.ask("drill.status", ()).await?;
        match status.playing.filter(|playing| playing.id == id) {
            Some(playing) => known = playing,
            None => break,
        }
    }
    let results: Vec<Drill> = session.ask("drill.results", ()).await?;
    let missing =
        || Trouble::missing("what the drill came to was not kept".to_owned(), "See `breakwater drill results`.");
    results.into_iter().find(|drill| drill.id == id).ok_or_else(missing)
}

fn conclude(drill: &Drill, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    if screen.format() == Format::Table {
        screen.line("")?;
        for line in render::score(drill) {
            screen.line(&line)?;
        }
    } else {
        screen.document(drill)?;
    }
    Ok(Exit::Done)
}
