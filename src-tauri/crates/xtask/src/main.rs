//! The rituals: run, test, bench, codegen, package.
fn main() {}
