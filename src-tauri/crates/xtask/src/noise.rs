//! `cargo xtask noise`: noise, made-up JSON and damaged recordings into every parser of what other control planes answer.

use crate::{failure::Failure, headline::headline, process::Job};
use std::time::{Duration, Instant};

/// How long.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Minutes for the parsers of each client; `cargo xtask test` does it for seconds.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
}

/// The package of each client, its test binary, the tests that make noise, and cases of one round, which is to take some
/// ten seconds. Each round begins with new random numbers.
const CLIENTS: [(&str, &str, &str, &str); 3] = [
    ("client-store-platform", "samples", "no_", "1000000"),
    ("client-nofx", "noise", "", "5000"),
    ("client-fuzzyllama", "plane", "mutations::", "100000"),
];

/// Makes noise, optimised, round after round until the time is over.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let enough = Duration::from_secs(60 * arguments.minutes);
    for (package, binary, tests, cases) in CLIENTS {
        headline(&format!("Noise for the parsers of {package}, {} minutes", arguments.minutes));
        let began = Instant::now();
        let mut rounds = 0;
        while rounds == 0 || began.elapsed() < enough {
            let words = ["test", "--release", "--locked", "--quiet", "--package", package, "--test", binary, tests];
            Job::new("cargo", &words)
                .env("PROPTEST_CASES", cases)
                .remedy("A parser does not stand this input; the output above has the shortest that shows it.")
                .run()?;
            rounds += 1;
        }
        println!("    {rounds} rounds of {cases} cases for each test, in {} s", began.elapsed().as_secs());
    }
    Ok(())
}
