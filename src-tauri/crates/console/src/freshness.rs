//! How old what is shown is. Said with every reply, because a cache that does not tell its age is a liar.

use crate::{core::Core, link::Link, view::Freshness, view::FreshnessState};
use domain::Timestamp;

/// How old something is that was read at that time through this connection.
pub(crate) fn of(core: &Core, link: Option<&Link>, read_at: Option<Timestamp>) -> Freshness {
    link.map_or(Freshness { read_at, state: FreshnessState::Offline }, |link| link.freshness(read_at, core.mode))
}
