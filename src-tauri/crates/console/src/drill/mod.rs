//! Drill mode: an outage of an AI provider is rehearsed on a plane of its own, which every screen shows as any other.
//!
//! The stage is handed in. What is here begins a drill, watches it, judges what operators did, and keeps what it came to.
//! Deliberately absent: any way in which a drill could reach another plane, and any figure that is not counted.

mod account;
mod acts;
mod attempts;
mod compare;
mod goals;
mod play;
mod script;
mod stage;
#[cfg(test)]
mod tests;

pub use stage::{DrillSeen, DrillStage, OpenedDrill};

pub(crate) use play::{is_drill, results, scenarios, start, status, stop, tidy};

use crate::view::Drill;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What this console has of drills.
#[derive(Debug, Default)]
pub(crate) struct Drills {
    /// Builds their scene; `None` where none can be played.
    stage: Option<Arc<dyn DrillStage>>,
    playing: Mutex<Option<Playing>>,
    /// One at a time may begin one.
    turn: tokio::sync::Mutex<()>,
}

/// A drill that goes.
#[derive(Debug)]
struct Playing {
    /// As it stood at the last look.
    drill: Drill,
    /// Asks for its end.
    stop: CancellationToken,
    /// Told once nothing of it is left.
    over: CancellationToken,
}

impl Drills {
    pub(crate) fn on(stage: Option<Arc<dyn DrillStage>>) -> Self {
        Self { stage, ..Self::default() }
    }

    /// The id of the drill that goes, how its end is asked for, and how its end is told.
    fn going(&self) -> Option<(String, CancellationToken, CancellationToken)> {
        let playing = self.playing.lock();
        playing.as_ref().map(|playing| (playing.drill.id.clone(), playing.stop.clone(), playing.over.clone()))
    }
}
