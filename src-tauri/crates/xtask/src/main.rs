//! The rituals of this repository: `cargo xtask run`, `test`, `bench`, `codegen`, `package`, `crash`, `sequences`,
//! `silence`, `fuzz`, `noise`, `openapi-fuzz`.
//!
//! Each one finds out what is missing, says what it does while it does it, and ends every failure with what to do.
//! Deliberately absent: anything that the product needs at run time, and any dependency that takes long to compile,
//! since this is built before everything else.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "talking to the terminal is what this program is for")]

mod bench;
mod codegen;
mod crash;
mod failure;
mod fingerprint;
mod fuzz;
mod headline;
mod node;
mod noise;
mod openapi_fuzz;
mod package;
mod process;
mod requirement;
mod root;
mod run;
mod sequences;
mod silence;
mod test;
mod watchdog;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// What can be done with this repository.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 something must be installed by hand first.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", verbatim_doc_comment)]
struct Arguments {
    #[command(subcommand)]
    ritual: Ritual,
}

#[derive(Debug, Subcommand)]
enum Ritual {
    /// Install what is missing, build, and open the console. Without a display it is served on loopback instead.
    Run(run::Arguments),
    /// Check everything, from formatting to the real window; this is what CI calls.
    Test(test::Arguments),
    /// Measure, and print a table with the command that repeats each line.
    Bench(bench::Arguments),
    /// Write the files that are generated from code.
    Codegen(codegen::Arguments),
    /// Build the Debian package.
    Package,
    /// Kill the control plane at random instants under load, and check after each restart that nothing was lost.
    Crash(crash::Arguments),
    /// Compare the breaker with its model, on many random sequences of whatever can happen to it.
    Sequences(sequences::Arguments),
    /// Take the network away under open screens for minutes, and bring it back: what is not seen is shown as not seen.
    Silence(silence::Arguments),
    /// Fuzz every parser of what other control planes answer, led by what input reaches.
    Fuzz(fuzz::Arguments),
    /// Give noise, made-up JSON and damaged recordings to every parser of what other control planes answer.
    Noise(noise::Arguments),
    /// Ask a real plane for everything in its OpenAPI document, rightly and wrongly, and hold every answer against it.
    OpenapiFuzz(openapi_fuzz::Arguments),
}

fn main() -> ExitCode {
    let done = root::enter().and_then(|root| match Arguments::parse().ritual {
        Ritual::Run(arguments) => run::run(&root, &arguments),
        Ritual::Test(arguments) => test::run(&root, &arguments),
        Ritual::Bench(arguments) => bench::run(&root, &arguments),
        Ritual::Codegen(arguments) => codegen::run(&root, &arguments),
        Ritual::Package => package::run(&root),
        Ritual::Crash(arguments) => crash::run(&root, &arguments),
        Ritual::Sequences(arguments) => sequences::run(&arguments),
        Ritual::Silence(arguments) => silence::run(&root, &arguments),
        Ritual::Fuzz(arguments) => fuzz::run(&root, &arguments),
        Ritual::Noise(arguments) => noise::run(&arguments),
        Ritual::OpenapiFuzz(arguments) => openapi_fuzz::run(&root, &arguments),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            failure.exit_code()
        }
    }
}
