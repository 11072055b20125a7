//! What an answer tells of the limit that it counted in.

use control_plane::Heard;

/// How much may still be asked.
pub(super) struct Left {
    pub(super) limit: u64,
    pub(super) remaining: u64,
    /// In seconds.
    pub(super) reset: u64,
}

impl Left {
    /// `RateLimit-*` as the IETF's draft has them, or the same with `X-` before it, which many say.
    pub(super) fn told(heard: &Heard) -> Option<Self> {
        let number = |name: &str| {
            let said =
                heard.header(&format!("ratelimit-{name}")).or_else(|| heard.header(&format!("x-ratelimit-{name}")));
            said.and_then(|value| value.trim().parse().ok())
        };
        Some(Self { limit: number("limit")?, remaining: number("remaining")?, reset: number("reset")? })
    }
}
