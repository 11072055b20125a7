//! What the console tells its faces without being asked.

use super::Banner;
use domain::{ConnectionId, LogLine, RunId};
use serde::{Deserialize, Serialize};

/// Something that a face should know of. Ids count from 1 within one start of the console, without a gap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ConsoleEvent {
    /// What was read under these tags is out of date: read it again if it is on screen.
    Stale {
        /// What is out of date.
        tags: Vec<Tag>,
    },
    /// A step of a run that is on screen printed something.
    Log {
        /// Where the run is.
        connection: ConnectionId,
        /// The run.
        run: RunId,
        /// What was printed, in order.
        lines: Vec<LogLine>,
    },
    /// Something is to be shown by the desktop.
    Banner {
        /// What.
        banner: Banner,
    },
    /// What a banner was about is over, and it can be taken away.
    BannerOver {
        /// By which it is known.
        cause: String,
    },
    /// Events were lost on the way: read everything again.
    Resync,
}

/// Names what a reply was made of. A command provides tags; acts and events make tags stale.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "noun", rename_all = "snake_case")]
pub enum Tag {
    /// Lists and counts of runs.
    Runs,
    /// One run with its steps and events.
    Run {
        /// Where it is.
        connection: ConnectionId,
        /// The run.
        run: RunId,
    },
    /// Connections and how well they are watched.
    Connections,
    /// Breakers.
    Breakers,
    /// Readiness checks.
    Readiness,
    /// Coverage.
    Coverage,
    /// Templates.
    Templates,
    /// What belongs to projects.
    Projects,
    /// Teams and who is in them.
    Teams,
    /// What planes keep of what was done and refused.
    Audit,
    /// API keys.
    ApiKeys,
    /// Queues and dead letters.
    Queues,
    /// What planes charge.
    Billing,
    /// Preferences.
    Preferences,
    /// Acts of operators.
    Acts,
    /// Drills.
    Drill,
    /// What an operator was told, and what they want to be told.
    Notices,
    /// Facts about this console itself.
    App,
}
