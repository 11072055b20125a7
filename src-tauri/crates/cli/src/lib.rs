//! Face: the terminal.
