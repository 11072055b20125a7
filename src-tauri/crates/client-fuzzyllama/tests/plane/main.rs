//! The client against recordings of the real server, a stand-in of it, and servers that are broken or mean.

#![expect(clippy::expect_used, clippy::panic, reason = "a set-up that breaks is a failed test")]

mod acts;
mod bench;
mod conformance;
mod hostile;
mod mutations;
mod projects;
mod recorded;
mod samples;
mod samples_of_work;
mod sessions;
mod shapes;
mod shapes_of_work;
mod socket;
mod work;
