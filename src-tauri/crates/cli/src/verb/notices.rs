//! `notices`.

use super::{Session, list};
use crate::{exit::Exit, render, screen::Screen, trouble::Trouble};
use console::view::Notices;

pub(super) async fn run(session: &Session<'_>, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    let mut notices: Notices = session.ask("notices.list", ()).await?;
    let named = session.named()?;
    notices.items.retain(|notice| named.is_none() || notice.connection == named);
    list(screen, &notices.items, render::notices)
}
