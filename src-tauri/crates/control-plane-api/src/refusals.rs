//! With which statuses an operation can be refused. Each is in the document once and referred to by every operation that it
//! can happen to.
//!
//! Deliberately absent: 500, which is a defect and no part of what is promised; 405, which belongs to no operation.

use crate::{Method, Need, Operation};

/// Every status that refuses, and when it is given.
pub(crate) const ALL: [(u16, &str); 12] = [
    (400, "The request cannot be read."),
    (401, "No credential, or one that is not accepted."),
    (403, "The credential is accepted, the act is not."),
    (404, "It is not there, or not there for the caller."),
    (408, "The body took too long to arrive."),
    (409, "The state of the thing does not allow this; `code` says which rule."),
    (413, "The body is larger than is read."),
    (415, "The body is of a type that is not read here."),
    (421, "The `Host` header names a machine that this control plane is not."),
    (422, "It can be read but breaks a rule; `details.faults` names each."),
    (429, "More was asked for than a limit allows; `Retry-After` says when to come back."),
    (503, "The plane cannot do its work now; `Retry-After` says when to come back."),
];

/// Those that an operation can be refused with.
pub(crate) fn of(operation: Operation) -> impl Iterator<Item = u16> {
    ALL.into_iter().map(|(status, _)| status).filter(move |status| can_be(operation, *status))
}

fn can_be(operation: Operation, status: u16) -> bool {
    let is_probe = matches!(operation, Operation::Live | Operation::Ready);
    let has_body = has_body(operation);
    match status {
        401 => !is_probe,
        403 => operation.need() != Need::Nothing,
        404 => {
            operation.parameters().next().is_some()
                || operation.queries().contains(&"team")
                || matches!(operation, Operation::AcceptInvitation | Operation::CreateApiKey)
        }
        408 | 413 | 415 => has_body,
        409 => operation.acts(),
        _ => true,
    }
}

/// Whether a body is read.
fn has_body(operation: Operation) -> bool {
    matches!(operation.method(), Method::Post)
        && !matches!(operation, Operation::SignOut | Operation::SignOutEverywhere)
}
