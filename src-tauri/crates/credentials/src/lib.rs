//! Secrets in the OS keychain, or in memory.
