//! Clocks and absurd durations: C44 and C45.

use super::{MINUTE, Stand};
use reliability::{
    Growth,
    breaker::{BreakerPolicy, State},
};
use std::time::Duration;

/// The breaker has no way to read a wall clock: the only time it is given is monotonic, so a step of the wall clock cannot
/// reach it. What is left to show is that monotonic time alone decides.
#[tokio::test(start_paused = true)]
async fn c44_only_monotonic_time_decides() {
    let breaker = reliability::breaker::Breaker::new("c44", BreakerPolicy::http());
    for _ in 0..5 {
        breaker.try_acquire().unwrap().failure(reliability::breaker::Cause::Other);
    }
    tokio::time::advance(Duration::from_millis(59_999)).await;
    assert!(breaker.try_acquire().is_err(), "not earlier");
    tokio::time::advance(Duration::from_millis(1)).await;
    assert!(breaker.try_acquire().is_ok(), "nor later");
}

/// The claim above, and the same of the rate limit (L05): it is checked, not believed.
#[test]
fn c44_l05_nothing_here_reads_a_wall_clock() {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let code = std::fs::read_to_string(&path).unwrap();
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            read += 1;
            for line in code {
                assert!(!line.contains("SystemTime::now"), "{} reads the wall clock: {line}", path.display());
            }
        }
    }
    assert!(read > 40, "all sources were looked at, not {read} of them");
}

#[test]
fn c45_absurd_times_saturate() {
    let growth = Growth { factor: 2.0, cap: Duration::MAX };
    let stand =
        Stand::new(BreakerPolicy { open_for: Duration::MAX, open_growth: Some(growth), ..BreakerPolicy::http() });
    stand.fail(5);
    for _ in 0..2000 {
        assert_eq!(stand.breaker.stats().remaining, Duration::MAX, "for ever stays for ever");
        assert_eq!(stand.breaker.try_acquire().unwrap_err().retry_after(), None, "nobody can say when it ends");
        stand.hand.advance(MINUTE);
        stand.breaker.half_open("amira", "force a round").unwrap();
        stand.fail(1);
    }
    assert_eq!(stand.state(), State::Open, "two thousand rounds of growth do no harm");
}
