//! Face: loopback HTTP and server-sent events.
