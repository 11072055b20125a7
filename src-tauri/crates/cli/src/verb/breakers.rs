//! `breakers`: list, history, and what an operator does to one.

use super::{Session, list};
use crate::{
    arguments::{BreakerActArguments, BreakersVerb, Format},
    exit::Exit,
    render,
    screen::Screen,
    trouble::Trouble,
};
use console::view::{ActOnBreaker, BlastQuery, BlastRadius, BreakerRef, BreakerView, Told};
use domain::{BreakerAct, BreakerEvent, BreakerSource};

pub(super) async fn run(session: &Session<'_>, verb: &BreakersVerb, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    let named = session.named()?;
    let mut all: Vec<BreakerView> = session.ask("breakers.list", ()).await?;
    all.retain(|view| named.is_none() || view.breaker.connection == named);
    match verb {
        BreakersVerb::Ls => {
            if let Some(note) = render::freshness_note(all.iter().map(|view| &view.freshness)) {
                screen.note(&note);
            }
            list(screen, &all, render::breakers)
        }
        BreakersVerb::BlastRadius { id } => {
            let breaker = &one(&all, id)?.breaker;
            if breaker.source == BreakerSource::Console {
                let why = format!("{id} is a breaker of this console; no step of a run calls through it");
                return Err(Trouble::given(why, "Name a breaker of a control plane: `breakwater breakers ls`."));
            }
            let request = BlastQuery { connection: breaker.connection.clone(), breaker: id.clone(), since: None };
            let radius: BlastRadius = session.ask("breakers.blast_radius", request).await?;
            if let Some(note) = render::freshness_note([&radius.freshness]) {
                screen.note(&note);
            }
            for note in render::radius_notes(&radius) {
                screen.note(&note);
            }
            match screen.format() {
                Format::Json => screen.document(&radius)?,
                _ => return list(screen, &radius.steps, render::affected),
            }
            Ok(Exit::Done)
        }
        BreakersVerb::History { id } => {
            let breaker = &one(&all, id)?.breaker;
            let (source, connection) = (breaker.source, breaker.connection.clone());
            let request = BreakerRef { source, connection, breaker: id.clone() };
            let told: Told<Vec<BreakerEvent>> = session.ask("breakers.history", request).await?;
            if let Some(note) = render::freshness_note([&told.freshness]) {
                screen.note(&note);
            }
            if let Some(why) = told.refusal.or(told.error.map(|error| error.message)) {
                screen.note(&why);
            }
            list(screen, &told.value.unwrap_or_default(), render::breaker_history)
        }
        BreakersVerb::Reset(given) => act(session, &all, given, BreakerAct::Reset, screen).await,
        BreakersVerb::Probe(given) => act(session, &all, given, BreakerAct::Probe, screen).await,
        BreakersVerb::Release(given) => act(session, &all, given, BreakerAct::Release, screen).await,
        BreakersVerb::Isolate { minutes, given } => {
            act(session, &all, given, BreakerAct::Isolate { minutes: *minutes }, screen).await
        }
    }
}

async fn act(
    session: &Session<'_>,
    all: &[BreakerView],
    given: &BreakerActArguments,
    act: BreakerAct,
    screen: &mut Screen<'_>,
) -> Result<Exit, Trouble> {
    let breaker = &one(all, &given.id)?.breaker;
    let request = ActOnBreaker {
        source: breaker.source,
        connection: breaker.connection.clone(),
        breaker: given.id.clone(),
        act,
        reason: given.reason.clone(),
    };
    let done: BreakerView = session.ask("breakers.act", request).await?;
    if screen.format() == Format::Table {
        screen.table(&render::breakers(&[done]))?;
    } else {
        screen.document(&done)?;
    }
    Ok(Exit::Done)
}

/// The one breaker that is meant.
fn one<'a>(all: &'a [BreakerView], id: &str) -> Result<&'a BreakerView, Trouble> {
    let mut found = all.iter().filter(|view| view.breaker.id == id);
    let Some(view) = found.next() else {
        return Err(Trouble::missing(format!("there is no breaker {id:?}"), "See `breakwater breakers ls`."));
    };
    if found.next().is_some() {
        return Err(Trouble::given(
            format!("several connections have a breaker {id:?}"),
            "Say which one is meant: --connection NAME",
        ));
    }
    Ok(view)
}

#[cfg(test)]
mod tests {
    use super::one;
    use crate::exit::Exit;

    #[test]
    fn a_breaker_that_is_not_there_is_not_found() {
        let exit = one(&[], "typo").map(drop).map_err(|trouble| trouble.exit());
        assert_eq!(exit, Err(Exit::NotFound), "as for every other noun");
    }
}
