//! The console against a control plane that fails as scripted: real cache, real reliability layer, real time.

mod acts;
mod bench;
mod breakers;
mod connections;
mod follow;
mod offline;
mod overview;
mod reads;
mod sync;
