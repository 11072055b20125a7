//! `breakers`: list and reset.

use super::{Session, list};
use crate::{
    arguments::{BreakersVerb, Format},
    exit::Exit,
    render,
    screen::Screen,
    trouble::Trouble,
};
use console::view::{BreakerView, ResetBreaker};

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
        BreakersVerb::Reset { id, reason } => {
            let request = one(&all, id, reason)?;
            let reset: BreakerView = session.ask("breakers.reset", request).await?;
            if screen.format() == Format::Table {
                screen.table(&render::breakers(&[reset]))?;
            } else {
                screen.document(&reset)?;
            }
            Ok(Exit::Done)
        }
    }
}

/// The one breaker that is meant.
fn one(all: &[BreakerView], id: &str, reason: &str) -> Result<ResetBreaker, Trouble> {
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
    Ok(ResetBreaker {
        source: view.breaker.source,
        connection: view.breaker.connection.clone(),
        breaker: id.to_owned(),
        reason: reason.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::one;
    use crate::exit::Exit;

    #[test]
    fn a_breaker_that_is_not_there_is_not_found() {
        let exit = one(&[], "typo", "because").map(drop).map_err(|trouble| trouble.exit());
        assert_eq!(exit, Err(Exit::NotFound), "as for every other noun");
    }
}
