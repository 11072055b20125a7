//! `[limits]`: how much the control plane takes on.

use super::section::Section;
use std::ops::RangeInclusive;

/// Live streams at once.
const STREAMS: RangeInclusive<u32> = 1..=10_000;
/// Connections at once per listener; with fewer a single page could take them all.
const CONNECTIONS: RangeInclusive<u32> = 16..=65_536;
/// Bytes of a request body, 1 KiB to 64 MiB.
const BODY: RangeInclusive<u32> = 1_024..=67_108_864;

/// How much the control plane takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Most live streams at once: so many for all credentials together, and so many for the local socket.
    pub(crate) max_streams: usize,
    /// Most connections at once per listener.
    pub(crate) max_connections: usize,
    /// Most bytes of a request body.
    pub(crate) body_limit: usize,
}

pub(super) fn read(root: &mut Section<'_>) -> Limits {
    let mut limits = Limits { max_streams: 64, max_connections: 512, body_limit: 1_048_576 };
    let Some(mut section) = root.section("limits") else { return limits };
    limits.max_streams = section.number("max_streams", &STREAMS, limits.max_streams);
    limits.max_connections = section.number("max_connections", &CONNECTIONS, limits.max_connections);
    limits.body_limit = section.number("body_limit", &BODY, limits.body_limit);
    section.end();
    limits
}
