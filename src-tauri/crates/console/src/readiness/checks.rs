//! The checks, one file each.

mod console_breakers;
mod console_cache;
mod console_disk;
mod console_keychain;
mod plane_clock;
mod plane_coverage;
mod plane_credential;
mod plane_dead_letters;
mod plane_event_gaps;
mod plane_latency;
mod plane_live;
mod plane_queue_age;
mod plane_ready;
mod plane_stuck_runs;

pub(crate) use console_breakers::ConsoleBreakers;
pub(crate) use console_cache::ConsoleCache;
pub(crate) use console_disk::ConsoleDisk;
pub(crate) use console_keychain::ConsoleKeychain;
pub(crate) use plane_clock::PlaneClock;
pub(crate) use plane_coverage::PlaneCoverage;
pub(crate) use plane_credential::PlaneCredential;
pub(crate) use plane_dead_letters::PlaneDeadLetters;
pub(crate) use plane_event_gaps::PlaneEventGaps;
pub(crate) use plane_latency::PlaneLatency;
pub(crate) use plane_live::PlaneLive;
pub(crate) use plane_queue_age::PlaneQueueAge;
pub(crate) use plane_ready::PlaneReady;
pub(crate) use plane_stuck_runs::PlaneStuckRuns;
