//! What waits at a plane and what carries it out.

mod error_rate;
mod measurements;
mod queue_depth;
mod slots;

pub(crate) use error_rate::ErrorRate;
pub(crate) use measurements::Measurements;
pub(crate) use queue_depth::QueueDepth;
pub(crate) use slots::Slots;
