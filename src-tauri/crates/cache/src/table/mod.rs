//! One file per noun: how a [`crate::Batch`] keeps it and how a [`crate::Reader`] gives it back.

mod act;
mod breaker;
mod check;
mod connection;
mod connection_status;
mod coverage;
mod event;
mod feed_position;
mod log;
mod preference;
mod run;
mod run_list;
mod sequence;
mod step;
mod template;
