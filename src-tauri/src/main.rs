//! The `breakwater` executable.
fn main() {}
