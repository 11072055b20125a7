//! What pages show that somebody looks at, as they say themselves.

use crate::{
    core::Core,
    error::{Error, fault},
    view::Looking,
};
use parking_lot::Mutex;
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;

/// A page that has said nothing for so long is gone.
const HOLDS: Duration = Duration::from_secs(75);
/// Pages that are remembered at most.
const PAGES: usize = 32;
/// Most characters of the name of a page, and of an address.
const NAME_MAX: usize = 64;
const ROUTE_MAX: usize = 2_048;

/// What each page shows.
#[derive(Debug, Default)]
pub(super) struct Pages(Mutex<HashMap<String, (Instant, String)>>);

impl Pages {
    fn note(&self, page: String, route: Option<String>) {
        let now = Instant::now();
        let mut pages = self.0.lock();
        pages.retain(|_, (said, _)| now.duration_since(*said) < HOLDS);
        match route {
            None => {
                pages.remove(&page);
            }
            Some(route) if pages.len() < PAGES || pages.contains_key(&page) => {
                pages.insert(page, (now, route));
            }
            Some(_) => {}
        }
    }

    pub(super) fn looked_at(&self) -> Vec<String> {
        let now = Instant::now();
        let pages = self.0.lock();
        pages.values().filter(|(said, _)| now.duration_since(*said) < HOLDS).map(|(_, route)| route.clone()).collect()
    }
}

/// A page says what it shows.
pub(crate) async fn looking(core: &Core, looking: Looking) -> Result<(), Error> {
    let Looking { page, route } = looking;
    let mut faults = Vec::new();
    if page.is_empty() || page.chars().count() > NAME_MAX {
        let rule = format!("the name of a page has 1 to {NAME_MAX} characters");
        faults.push(fault("page", "length", rule, "Make a random name once for each page."));
    }
    if route.as_ref().is_some_and(|route| route.len() > ROUTE_MAX || !route.starts_with('#')) {
        let rule = format!("an address begins with # and has at most {ROUTE_MAX} bytes");
        faults.push(fault("route", "address", rule, "Send the part of the address from # on."));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    core.notices.pages.note(page, route);
    core.notices.nudge.notify_one();
    Ok(())
}
