//! Paging by key: a page names the key after which the next one starts, so nothing is skipped or shown twice.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Give this as `after` to get the next page; absent on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page with nothing on it and nothing after it.
    pub const fn empty() -> Self {
        Self { items: Vec::new(), next: None }
    }
}

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct PageRequest {
    /// `next` of the page before; `None` for the first.
    #[serde(default)]
    pub after: Option<String>,
    /// Items wanted, 1 to 100.
    #[serde(default = "PageRequest::default_limit")]
    pub limit: u32,
}

impl PageRequest {
    /// Most items on one page.
    pub const MAX_LIMIT: u32 = 100;

    const fn default_limit() -> u32 {
        50
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { after: None, limit: Self::default_limit() }
    }
}
