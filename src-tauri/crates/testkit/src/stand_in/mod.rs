//! Control planes that others made, as they were recorded to behave, for tests that need one that is alive.
//!
//! A test of each compares the shapes of its answers with those that were recorded, so that it cannot drift away from them.

mod store_platform;

pub use store_platform::StorePlatform;
