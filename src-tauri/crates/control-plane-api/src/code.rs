//! The stable error codes that the HTTP layer itself gives; the engine's own codes pass through unchanged.

/// No credential, or one that is not accepted.
pub const UNAUTHENTICATED: &str = "unauthenticated";
/// The credential is accepted, the act is not.
pub const FORBIDDEN: &str = "forbidden";
/// The `Host` header names a machine that this server is not.
pub const HOST_REFUSED: &str = "host_refused";
/// There is no such path, or no such thing.
pub const NOT_FOUND: &str = "not_found";
/// The path is there but not with this method.
pub const METHOD_NOT_ALLOWED: &str = "method_not_allowed";
/// The body took too long to arrive.
pub const REQUEST_TIMEOUT: &str = "request_timeout";
/// The body is larger than is read.
pub const BODY_TOO_LARGE: &str = "body_too_large";
/// The body is of a type that is not read here.
pub const UNSUPPORTED_MEDIA_TYPE: &str = "unsupported_media_type";
/// The body, a header or the path cannot be read at all.
pub const MALFORMED: &str = "malformed";
/// It can be read but breaks a rule; `details.faults` names each.
pub const INVALID: &str = "invalid";
/// The same idempotency key came with another body before.
pub const IDEMPOTENCY_MISMATCH: &str = "idempotency_mismatch";
/// The first request with this idempotency key is still being carried out.
pub const IN_FLIGHT: &str = "in_flight";
/// More was asked for in the window of a limit than it allows.
pub const RATE_LIMITED: &str = "rate_limited";
/// As many live streams are open as are served at once.
pub const TOO_MANY_STREAMS: &str = "too_many_streams";
/// The plane is there but cannot do its work now.
pub const NOT_READY: &str = "not_ready";
/// The plane is stopping.
pub const SHUTTING_DOWN: &str = "shutting_down";
/// The state cannot be read or written now.
pub const STORAGE: &str = "storage_unavailable";
/// A defect of the server; the correlation id finds it in the log.
pub const INTERNAL: &str = "internal";
