//! The tables that are printed.

use crate::measure::{Contestant, Taken};

/// Which figure a goal is about.
#[derive(Clone, Copy)]
pub enum Figure {
    /// The median.
    P50,
    /// The 90th percentile.
    P90,
}

/// What ours is to be, at most, as a share of the fastest peer.
pub struct Goal {
    /// The figure it is about.
    pub figure: Figure,
    /// The most it may be.
    pub at_most: f64,
}

/// Prints one table; the first contestant is ours.
pub fn print(title: &str, contestants: &[Contestant], taken: &[Taken], goal: Option<&Goal>) {
    let fastest = |figure: fn(&Taken) -> f64| {
        let peers = contestants.iter().zip(taken).filter(|(contestant, _)| contestant.is_peer);
        peers.map(|(_, taken)| figure(taken)).fold(f64::INFINITY, f64::min)
    };
    let (p50, p90) = (fastest(|taken| taken.p50), fastest(|taken| taken.p90));
    println!("\n{title}");
    println!("  {:<44} {:>9} {:>7} {:>9} {:>7}", "", "p50", "ratio", "p90", "ratio");
    for (contestant, taken) in contestants.iter().zip(taken) {
        let name = contestant.name;
        println!(
            "  {name:<44} {:>9.1} {:>7.2} {:>9.1} {:>7.2}",
            taken.p50,
            taken.p50 / p50,
            taken.p90,
            taken.p90 / p90
        );
    }
    if let (Some(goal), Some(ours)) = (goal, taken.first()) {
        let (what, ratio) = match goal.figure {
            Figure::P50 => ("p50", ours.p50 / p50),
            Figure::P90 => ("p90", ours.p90 / p90),
        };
        let verdict = if ratio <= goal.at_most { "met" } else { "missed" };
        println!("  goal: {what} at most {:.2} of the fastest peer; it is {ratio:.2}: {verdict}", goal.at_most);
    }
}
