//! One file per noun: how a [`crate::Batch`] keeps it and how a [`crate::Reader`] gives it back.

mod acknowledgement;
pub(crate) mod act;
mod breaker;
mod breaker_attempt;
mod breaker_event;
mod check;
mod check_change;
pub(crate) mod connection;
mod connection_status;
mod coverage;
pub(crate) mod drill;
mod event;
mod feed_position;
mod log;
pub(crate) mod news;
mod notice;
pub(crate) mod preference;
mod readiness_score;
mod run;
mod run_list;
mod sequence;
mod step;
mod template;
pub(crate) mod told;
mod trouble;
mod upkeep;
