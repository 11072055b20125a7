//! How old what is shown is, and what stands in the way of reading it anew. Said with every reply, because a cache that
//! does not tell its age is a liar.

use crate::{
    core::Core,
    error::{Error, code},
    link::Link,
    view::{Freshness, FreshnessState, Obstacle},
};
use domain::{ConnectionState, Timestamp};

/// How old something is that was read at that time through this connection.
pub(crate) fn of(core: &Core, link: Option<&Link>, read_at: Option<Timestamp>) -> Freshness {
    let Some(link) = link else { return Freshness { read_at, state: FreshnessState::Offline, obstacle: None } };
    Freshness { obstacle: obstacle(core, link), ..link.freshness(read_at, core.mode) }
}

/// How old something is that its plane no longer has.
pub(crate) const fn of_the_gone(read_at: Timestamp) -> Freshness {
    Freshness { read_at: Some(read_at), state: FreshnessState::Offline, obstacle: Some(Obstacle::Gone) }
}

fn obstacle(core: &Core, link: &Link) -> Option<Obstacle> {
    match core.may_contact(link) {
        Err(Error::NotContacted) => return Some(Obstacle::NotContacted),
        Err(_) => return Some(Obstacle::NotRunning),
        Ok(()) => {}
    }
    let status = link.status();
    match status.state {
        ConnectionState::SignedOut => {
            let is_keychain = status.error.is_some_and(|error| error.code == code::KEYCHAIN_UNAVAILABLE);
            Some(if is_keychain { Obstacle::Keychain } else { Obstacle::SignedOut })
        }
        ConnectionState::Incompatible => Some(Obstacle::Incompatible),
        _ => None,
    }
}
