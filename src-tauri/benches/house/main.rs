//! Measures the house as it is built: `cargo xtask bench`.
//!
//! Every figure comes from the real executable over real sockets and a real database, next to a peer or a limit that is
//! measured in the same run, because absolute times on a busy machine prove nothing. Deliberately absent: assertions.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench prints, and stops at the first surprise"
)]

#[expect(dead_code, reason = "the test of the window does more with it")]
#[path = "../../../tests/window/driver.rs"]
mod driver;
mod load;
mod plane;
mod radius;
mod report;
mod scenes;
mod window;

use report::Report;

fn main() {
    // `cargo bench` passes `--bench`; anything else that is no flag narrows the scenes by name.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime can be started");
    let mut report = Report::default();
    for scene in scenes::ALL {
        if wanted.is_empty() || wanted.iter().any(|name| scene.name.contains(name.as_str())) {
            println!("measuring {} …", scene.name);
            (scene.measure)(&runtime, &mut report);
        }
    }
    println!("\n{report}");
}
