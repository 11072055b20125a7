//! `triage`.

use super::{Session, list};
use crate::{arguments::Format, exit::Exit, render, screen::Screen, trouble::Trouble};
use console::view::{Triage, TriageQuery};

pub(super) async fn run(session: &Session<'_>, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    let mut triage: Triage = session.ask("triage.get", TriageQuery { minutes: None }).await?;
    let named = session.named()?;
    triage.problems.retain(|problem| named.is_none() || problem.connection == named);
    if let Some(note) = render::unread(triage.unread_runs) {
        screen.note(&note);
    }
    if screen.format() == Format::Json {
        screen.document(&triage)?;
        return Ok(Exit::Done);
    }
    if screen.format() == Format::Table {
        screen.line(&render::verdict(&triage))?;
    }
    list(screen, &triage.problems, render::problems)
}
