//! The control-plane port over our own HTTP API.
