//! What was told, as a table.

use super::{Cell, Colour, Table, moment, moment_or_dash, word};
use console::view::Notice;

/// What was told: what still holds first.
pub(crate) fn notices(notices: &[Notice]) -> Table {
    let mut table = Table::new(vec!["SINCE", "STATE", "KIND", "TOLD", "WHAT"], "Nothing was told.");
    for notice in notices {
        let (state, colour) = match notice.over_at {
            Some(_) => ("over", Colour::Plain),
            None if notice.in_hand => ("in hand", Colour::Waiting),
            None => ("open", Colour::Bad),
        };
        table.row([
            moment(notice.began_at).into(),
            Cell::coloured(state, colour),
            word(&notice.kind).into(),
            moment_or_dash(notice.told_at).into(),
            notice.title.as_str().into(),
        ]);
    }
    table
}
