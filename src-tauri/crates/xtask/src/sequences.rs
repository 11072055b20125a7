//! `cargo xtask sequences`: the breaker against its model, in full length.

use crate::{failure::Failure, headline::headline, process::Job};

/// How long.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Sequences in all; `cargo xtask test` does fewer.
    #[arg(long, default_value_t = 100_000)]
    count: u32,
}

/// Runs the comparison, optimised.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    headline(&format!("Breaker and model, {} sequences", arguments.count));
    let words = ["test", "--release", "--locked", "--package", "reliability", "--test", "conformance", "model::"];
    Job::new("cargo", &words)
        .env("PROPTEST_CASES", arguments.count.to_string())
        .remedy("Breaker and model disagree; the output above has the shortest sequence that shows it.")
        .run()
}
