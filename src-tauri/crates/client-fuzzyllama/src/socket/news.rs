//! What the socket of `FuzzyLlama` says, as far as it concerns a console.
//!
//! The socket tells of agents only, without replay, so it can hasten a reading but never replace one. Deliberately absent:
//! the texts of agents, which hold their private thoughts.

use serde_json::Value;

/// One thing that the socket said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketNews {
    /// The transport is up; nothing is proven yet.
    Up,
    /// The token was accepted. Only now may projects be joined.
    Accepted,
    /// The connection is over.
    Down {
        /// Whether the plane ended it, which means that it does not accept the token.
        is_refusal: bool,
    },
    /// News of this project will come.
    Joined {
        /// Which one.
        project: String,
    },
    /// A request was not understood or not allowed.
    Refused,
    /// Something about this project changed, so that it should be read again.
    Changed {
        /// What, in the words of the plane.
        event: String,
    },
    /// Words of an agent at work, or of nothing that is known here.
    Chatter,
}

/// Reads one event with its arguments.
pub fn news(event: &str, arguments: &[Value]) -> SocketNews {
    let first = arguments.first();
    let text = |name: &str| first.and_then(|first| first.get(name)).and_then(Value::as_str);
    match event {
        "<connect>" => SocketNews::Up,
        "<disconnect>" => {
            SocketNews::Down { is_refusal: first.and_then(Value::as_str) == Some("io server disconnect") }
        }
        "connected" => SocketNews::Accepted,
        "project:joined" => match text("projectId") {
            Some(project) => SocketNews::Joined { project: project.to_owned() },
            None => SocketNews::Refused,
        },
        "error" | "exception" => SocketNews::Refused,
        "agent:started"
        | "agent:completed"
        | "agent:completed_with_warnings"
        | "agent:failed"
        | "gate:ready"
        | "gate:approved"
        | "document:created"
        | "workspace:updated"
        | "g6:test_failure"
        | "chat:message"
        | "task:created" => SocketNews::Changed { event: event.to_owned() },
        _ => SocketNews::Chatter,
    }
}
