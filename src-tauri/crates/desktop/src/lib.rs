//! Face: the window.
