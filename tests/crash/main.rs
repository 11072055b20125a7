//! `kill -9` at random instants under a load of mixed plans, and after each restart every promise is checked.
//!
//! The promises: whatever was acknowledged is still there; states and events agree and are gapless; terminal stays
//! terminal; nothing executes twice unless its plan allows it; and in the end every run ends. The short form kills a
//! dozen times; `cargo xtask crash --kills 300` is the full form. A failing run names its seed, and `BREAKWATER_CRASH_SEED`
//! repeats its choices, though never its timing.

#![expect(clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "set-up that fails is a failed test")]

mod ledger;
mod load;
mod plane;

use ledger::Ledger;
use plane::Plane;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A folder that is kept for a look when the test fails.
#[derive(Debug)]
struct Folder(Option<tempfile::TempDir>);

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(folder) = self.0.take().filter(|_| std::thread::panicking()) {
            eprintln!("kept for a look: {}", folder.keep().display());
        }
    }
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().map_or(default, |text| text.parse().expect("the variable is a number"))
}

fn clock_seed() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "the seed of a randomised test may be anything, and is printed")]
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_secs())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_promise_survives_being_killed_at_random_instants() {
    let kills = number("BREAKWATER_CRASH_KILLS", 12);
    let seed = number("BREAKWATER_CRASH_SEED", clock_seed());
    println!("seed {seed}, {kills} kills");
    let mut random = StdRng::seed_from_u64(seed);
    let folder = Folder(Some(tempfile::tempdir().expect("a temporary directory can be made")));
    let data = folder.0.as_ref().expect("it is there until the end");
    let mut ledger = Ledger::new(data.path());
    let mut plane = Plane::start(data.path()).await;

    for kill in 1..=kills {
        let load = load::start(&plane, &ledger, random.random());
        tokio::time::sleep(Duration::from_millis(random.random_range(5..700))).await;
        plane.kill();
        load.stop().await;
        let faults =
            engine::invariants::check_file(&data.path().join("engine.db")).await.expect("the database can be read");
        assert!(faults.is_empty(), "seed {seed}, after kill {kill}, before the restart: {faults:#?}");

        plane = Plane::start(data.path()).await;
        ledger.check(&plane, kill % 20 == 0, &format!("seed {seed}, after kill {kill}")).await;
        if kill % 20 == 0 || kill == kills {
            println!("{kill} kills: {}", ledger.summary());
        }
    }

    ledger.settle(&plane).await;
    ledger.check(&plane, true, &format!("seed {seed}, at the end")).await;
    plane.stop();
    let faults =
        engine::invariants::check_file(&data.path().join("engine.db")).await.expect("the database can be read");
    assert!(faults.is_empty(), "seed {seed}, at the end: {faults:#?}");
    ledger.check_side_effects(&format!("seed {seed}, at the end"));
    println!("{}", ledger.summary());
}
