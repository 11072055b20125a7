//! Every code that can leave the console. A code exists only because a face acts on it.

/// There is no such thing.
pub const NOT_FOUND: &str = "not_found";
/// What was written fits several runs; the faults list them, or the connections that have the run.
pub const AMBIGUOUS_RUN: &str = "ambiguous_run";
/// The input is refused; the faults say where and why.
pub const INVALID: &str = "invalid";
/// The connection is locked against acts.
pub const READ_ONLY: &str = "read_only";
/// The control plane cannot be reached and the cache has no answer.
pub const OFFLINE: &str = "offline";
/// The control plane does not accept the credential.
pub const UNAUTHENTICATED: &str = "unauthenticated";
/// Nobody is signed in, or the session is over.
pub const SIGNED_OUT: &str = "signed_out";
/// The credential does not allow this.
pub const FORBIDDEN: &str = "forbidden";
/// The state of the thing does not allow this.
pub const CONFLICT: &str = "conflict";
/// The control plane asks for fewer calls.
pub const THROTTLED: &str = "throttled";
/// The console's own breaker refuses calls to this connection for now.
pub const BREAKER_OPEN: &str = "breaker_open";
/// The OS keychain does not take the token, or does not give it.
pub const KEYCHAIN_UNAVAILABLE: &str = "keychain_unavailable";
/// The control plane cannot do this at all.
pub const UNSUPPORTED: &str = "unsupported";
/// The control plane answers something that we do not understand.
pub const INCOMPATIBLE: &str = "incompatible";
/// A fault of this console.
pub const INTERNAL: &str = "internal";
/// No command has this name (from the door in front of the console).
pub const UNKNOWN_COMMAND: &str = "unknown_command";

/// All of them.
pub const ALL: &[&str] = &[
    NOT_FOUND,
    AMBIGUOUS_RUN,
    INVALID,
    READ_ONLY,
    OFFLINE,
    UNAUTHENTICATED,
    SIGNED_OUT,
    FORBIDDEN,
    CONFLICT,
    THROTTLED,
    BREAKER_OPEN,
    KEYCHAIN_UNAVAILABLE,
    UNSUPPORTED,
    INCOMPATIBLE,
    INTERNAL,
    UNKNOWN_COMMAND,
];
