//! Taking times on a machine that does other things as well.
//!
//! Contestants take turns, sample by sample, so that whatever else the machine does hits all of them alike; of many short
//! samples the median is given, and the 90th percentile where threads contend. Times are told as ratios to a peer of
//! the same run: a nanosecond on one machine is nothing on another.

use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// How long one sample takes.
const SAMPLE: Duration = Duration::from_millis(2);

/// Something that is called over and over.
pub struct Contestant {
    /// What the table calls it.
    pub name: &'static str,
    /// Whether the ratios are to it, if it is the fastest: the peers, not ours and not the uninstrumented call.
    pub is_peer: bool,
    /// Makes so many calls; two threads may do so at once.
    pub calls: Box<dyn Fn(u64) + Send + Sync>,
}

impl Contestant {
    /// One that makes the call `once` over and over.
    pub fn new(name: &'static str, once: impl Fn() + Send + Sync + 'static) -> Self {
        let calls = move |times| {
            for _ in 0..times {
                once();
            }
        };
        Self { name, is_peer: false, calls: Box::new(calls) }
    }

    /// The same as a peer.
    pub fn peer(name: &'static str, once: impl Fn() + Send + Sync + 'static) -> Self {
        Self { is_peer: true, ..Self::new(name, once) }
    }
}

/// What came of one contestant, in nanoseconds per call.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    /// The median.
    pub p50: f64,
    /// The 90th percentile of the samples.
    pub p90: f64,
}

/// Times each contestant alone.
pub fn alone(contestants: &[Contestant], samples: usize) -> Vec<Taken> {
    interleaved(contestants, samples, time)
}

/// Times each contestant while another thread makes the same calls on the same object.
pub fn contended(contestants: &[Contestant], samples: usize) -> Vec<Taken> {
    interleaved(contestants, samples, |contestant, times| {
        let (started, over) = (AtomicBool::new(false), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    (contestant.calls)(64);
                    started.store(true, Ordering::Relaxed);
                }
            });
            while !started.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
            let took = time(contestant, times);
            over.store(true, Ordering::Relaxed);
            took
        })
    })
}

fn time(contestant: &Contestant, times: u64) -> Duration {
    let started = Instant::now();
    (contestant.calls)(black_box(times));
    started.elapsed()
}

fn interleaved(
    contestants: &[Contestant],
    samples: usize,
    sample: impl Fn(&Contestant, u64) -> Duration,
) -> Vec<Taken> {
    let times: Vec<u64> = contestants.iter().map(calibrate).collect();
    let mut taken: Vec<Vec<f64>> = contestants.iter().map(|_| Vec::with_capacity(samples)).collect();
    for _ in 0..samples {
        for ((contestant, times), taken) in contestants.iter().zip(&times).zip(&mut taken) {
            taken.push(sample(contestant, *times).as_secs_f64() * 1e9 / *times as f64);
        }
    }
    taken.into_iter().map(summed_up).collect()
}

/// How many calls make one sample.
fn calibrate(contestant: &Contestant) -> u64 {
    let mut times = 64;
    while times < 1 << 30 {
        let took = time(contestant, times);
        if took >= SAMPLE {
            break;
        }
        times *= 2;
    }
    times
}

fn summed_up(mut samples: Vec<f64>) -> Taken {
    samples.sort_by(f64::total_cmp);
    let at = |share: f64| samples[((samples.len() - 1) as f64 * share).round() as usize];
    Taken { p50: at(0.5), p90: at(0.9) }
}
