//! The application service behind every face: connections, sync, runs, breakers, readiness, search.

pub mod view;
