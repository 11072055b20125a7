//! The numbers of a bulkhead.

/// How many may run and wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkheadPolicy {
    /// How many may run at once; 0 counts as 1, and no more than 2^29 do.
    pub concurrent: u32,
    /// How many may wait for a slot.
    pub queue: u32,
}
