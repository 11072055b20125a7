//! `cargo xtask fuzz`: libFuzzer before every parser of what other control planes answer, led by what input reaches.
//!
//! Coverage is counted by the compiler's own pass, which every toolchain has; address sanitising, which only some have, is
//! left out, since these parsers hold no unsafe code. What was found is kept below `target/fuzz` and goes on from there.

use crate::{failure::Failure, headline::headline, process::Job};
use std::{path::Path, time::Duration};

/// For how long, and what.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Minutes for each target; two targets run at the same time.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Only this target; may be repeated.
    #[arg(long)]
    target: Vec<String>,
}

pub(crate) const MANIFEST: &str = "src-tauri/fuzz/Cargo.toml";
const TARGETS: [&str; 5] = ["store_platform", "nofx", "nofx_history", "fuzzyllama", "fuzzyllama_socket"];
/// Targets that run at the same time.
const AT_ONCE: usize = 2;
/// The flags of libFuzzer's instrumentation, as `cargo fuzz` gives them.
const COUNTING: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";

/// Builds the targets, gives each what was recorded, and lets them run.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let unknown = arguments.target.iter().find(|target| !TARGETS.contains(&target.as_str()));
    if let Some(unknown) = unknown {
        return Err(Failure::by_hand(format!("there is no fuzz target {unknown}"), TARGETS.join(", ")));
    }
    let is_wanted = |target: &&&str| arguments.target.is_empty() || arguments.target.iter().any(|one| one == **target);
    let targets: Vec<&str> = TARGETS.iter().filter(is_wanted).copied().collect();
    let folder = root.join("target/fuzz");
    headline("Fuzz targets");
    let host = host()?;
    let mut words = vec!["build", "--release", "--locked", "--manifest-path", MANIFEST, "--target", &host];
    words.extend(targets.iter().flat_map(|target| ["--bin", target]));
    Job::new("cargo", &words)
        .env("RUSTFLAGS", COUNTING)
        .env("CARGO_TARGET_DIR", &folder)
        .remedy("Read the output above; libFuzzer takes a C++ compiler: sudo apt-get install g++")
        .run()?;
    let built = folder.join(&host).join("release");
    for target in &targets {
        let corpus = folder.join("corpus").join(target).to_string_lossy().into_owned();
        // Not counted, since it is linked without libFuzzer.
        let sow = ["run", "--quiet", "--locked", "--manifest-path", MANIFEST, "--target-dir", "target", "--bin", "sow"];
        let words = [&sow[..], &["--", target, &corpus]].concat();
        Job::new("cargo", &words).run()?;
    }
    for together in targets.chunks(AT_ONCE) {
        headline(&format!("{}, {} min each", together.join(" and "), arguments.minutes));
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let running: Vec<_> = together
                .iter()
                .map(|target| scope.spawn(|| fuzz(&built, &folder, target, arguments.minutes)))
                .collect();
            running.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
        });
        for outcome in outcomes {
            outcome.unwrap_or_else(|_| Err(Failure::by_hand("a fuzz target could not be watched", "Run it again.")))?;
        }
    }
    Ok(())
}

fn fuzz(built: &Path, folder: &Path, target: &str, minutes: u64) -> Result<(), Failure> {
    let corpus = folder.join("corpus").join(target);
    let found = format!("-artifact_prefix={}/found-{target}-", folder.display());
    let time = format!("-max_total_time={}", minutes * 60);
    let words = [
        &corpus.to_string_lossy(),
        time.as_str(),
        "-max_len=65536",
        "-timeout=10",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        "-print_funcs=0",
        "-verbosity=0",
        &found,
    ];
    Job::new(built.join(target), &words)
        .limit(Duration::from_secs(minutes * 60 + 300))
        .remedy(format!("{target} does not stand an input; it is kept below {}", folder.display()))
        .run()
}

/// For which machine, as the compiler calls it: with it named, build scripts are not instrumented.
fn host() -> Result<String, Failure> {
    let said = crate::process::answer("rustc", &["-vV"]).unwrap_or_default();
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).map(ToOwned::to_owned);
    host.ok_or_else(|| Failure::by_hand("rustc does not say for which machine it compiles", "Run: rustc -vV"))
}
