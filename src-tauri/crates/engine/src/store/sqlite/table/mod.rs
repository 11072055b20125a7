//! The tables, one file each: every statement that touches a table is in its file.

pub(super) mod api_keys;
pub(super) mod attempts;
pub(super) mod audit;
pub(super) mod breaker_events;
pub(super) mod dead_letters;
pub(super) mod dependencies;
pub(super) mod events;
pub(super) mod gates;
pub(super) mod idempotency_keys;
pub(super) mod invitations;
pub(super) mod log_lines;
pub(super) mod memberships;
pub(super) mod people;
pub(super) mod plane;
pub(super) mod run_list;
pub(super) mod runs;
pub(super) mod sessions;
pub(super) mod step_sums;
pub(super) mod steps;
pub(super) mod stripe_events;
pub(super) mod subscribers;
pub(super) mod teams;
pub(super) mod usage;
