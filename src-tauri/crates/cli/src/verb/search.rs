//! `search`.

use super::{Session, list};
use crate::{exit::Exit, render, screen::Screen, trouble::Trouble};
use console::view::{SearchHit, SearchQuery};

pub(super) async fn run(
    session: &Session<'_>,
    query: &str,
    limit: u32,
    screen: &mut Screen<'_>,
) -> Result<Exit, Trouble> {
    let wanted = SearchQuery { text: query.to_owned(), connection: session.connection(), limit: Some(limit) };
    let hits: Vec<SearchHit> = session.ask("search", wanted).await?;
    list(screen, &hits, render::hits)
}
