//! In the place of [`bus`](crate) where a system is no freedesktop: nothing is shown but the number in the title.

use console::view::Banner;
use std::convert::Infallible;

/// There is none, and nobody has one.
#[derive(Debug)]
pub(crate) struct Bus(Infallible);

/// This system has no session bus.
#[derive(Debug, thiserror::Error)]
#[error("this system has no session bus")]
pub(crate) struct NoBus;

#[expect(clippy::unused_async, reason = "each has a twin that waits for the bus")]
impl Bus {
    pub(crate) async fn join() -> Result<Self, NoBus> {
        Err(NoBus)
    }

    pub(crate) async fn show(&mut self, _banner: &Banner) -> Result<(), NoBus> {
        match self.0 {}
    }

    pub(crate) async fn take_away(&mut self, _cause: &str) -> Result<(), NoBus> {
        match self.0 {}
    }

    pub(crate) async fn leave(&mut self) {
        match self.0 {}
    }

    pub(crate) async fn badge(&self, _count: u64) -> Result<(), NoBus> {
        match self.0 {}
    }

    pub(crate) async fn clicked(&mut self) -> Option<String> {
        match self.0 {}
    }
}
