//! The `breakwater` executable.

use std::process::ExitCode;

fn main() -> ExitCode {
    breakwater_app::run()
}
