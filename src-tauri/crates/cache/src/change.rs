//! What a write changed, in the nouns and keys that a reader asked by.

use crate::table::told::Noun;
use domain::{ConnectionId, RunId};
use serde::{Deserialize, Serialize};

/// Something that is out of date for whoever has read it. Announced after the commit, never before.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Connections were added, edited or removed.
    Connections,
    /// How well a connection is watched.
    ConnectionStatus {
        /// Which.
        connection: ConnectionId,
    },
    /// Runs appeared or changed.
    Runs {
        /// Where.
        connection: ConnectionId,
        /// Which.
        ids: Vec<RunId>,
    },
    /// Events of a run arrived.
    Events {
        /// Where.
        connection: ConnectionId,
        /// The run.
        run: RunId,
    },
    /// Log lines of a run arrived.
    Logs {
        /// Where.
        connection: ConnectionId,
        /// The run.
        run: RunId,
    },
    /// How far the feed of a connection has been read.
    FeedPosition {
        /// Where.
        connection: ConnectionId,
    },
    /// When a connection was watched.
    Coverage {
        /// Which.
        connection: ConnectionId,
    },
    /// Breakers.
    Breakers {
        /// Of which connection; `None` for those of this console alone.
        connection: Option<ConnectionId>,
    },
    /// Readiness checks.
    Checks,
    /// Templates of a connection.
    Templates {
        /// Which.
        connection: ConnectionId,
    },
    /// What a plane told of something that is read when somebody looks at it.
    Told {
        /// Which plane.
        connection: ConnectionId,
        /// Of what.
        noun: Noun,
    },
    /// An act of an operator.
    Acts,
    /// A drill was ended.
    Drills,
    /// What an operator was told.
    Notices,
    /// A preference.
    Preferences {
        /// Its name.
        key: String,
    },
    /// Anything: rows were forgotten, or another process wrote. Read everything again.
    Everything,
}
