//! The reliability layer beside its peers, in one process: `cargo xtask bench reliability`.
//!
//! Every contestant is set up as like the others as it can be: opens after five failures in a row (or its nearest rule), stays
//! open for an hour, protects the same small function. What they do is not alike: of the peers only one bounds the probes
//! of a half-open circuit, and none tells a result of an earlier state from one of this. The figures are the price.

mod breakers;
mod measure;
mod others;
mod table;

fn main() {
    let samples = match std::env::args().nth(1).as_deref() {
        None => 201,
        Some(given) => given.parse().ok().filter(|samples| *samples > 0).unwrap_or_else(|| {
            eprintln!("the only argument is how many samples to take, a number from 1");
            std::process::exit(2);
        }),
    };
    println!("{samples} samples of about 2 ms each, interleaved; ns per call.");
    println!("A ratio is to the fastest peer of the same table; below 1 is cheaper than every peer.");
    breakers::closed(samples);
    breakers::open(samples);
    breakers::contended(samples);
    breakers::bytes();
    others::rate_limits(samples);
    others::locks(samples);
}
