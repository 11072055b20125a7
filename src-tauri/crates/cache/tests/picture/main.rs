//! The cache as the console uses it, over real files in temporary folders.
#![expect(clippy::unwrap_used, reason = "a set-up that fails is a failed test")]

mod coverage;
mod join;
mod opening;
mod retention;
mod runs;
mod sample;
mod search;
mod sequences;
mod sharing;
mod small_nouns;
