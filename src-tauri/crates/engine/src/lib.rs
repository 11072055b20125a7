//! The built-in control plane without HTTP.
