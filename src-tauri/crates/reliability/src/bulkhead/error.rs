//! What a caller gets when there is no room.

/// Every slot and every place in the queue is taken; the work was not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("all {concurrent} slots and all {queue} places in the queue are taken")]
pub struct Full {
    /// The slots there are.
    pub concurrent: u32,
    /// The places in the queue there are.
    pub queue: u32,
}
