//! What an operator is told without asking: what went wrong, once for each cause.

use domain::{ConnectionId, Timestamp};
use serde::{Deserialize, Serialize};

/// Of what kind a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A run of mine failed.
    Failure,
    /// A gate that waits for a person is about to fail closed.
    Approval,
    /// A breaker opened, or closed again.
    Breaker,
    /// Readiness lost what it had.
    Readiness,
}

/// How much is made of a notice. Each level holds what the ones before it hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// Nothing.
    Off,
    /// It counts in the badge.
    Badge,
    /// The desktop shows it.
    Banner,
    /// The desktop makes a sound besides.
    Sound,
}

/// What an operator wants to be told, and when not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct NoticeSettings {
    /// Runs of mine that fail.
    pub failure: NoticeLevel,
    /// Approvals that are about to close.
    pub approval: NoticeLevel,
    /// Breakers that open or close.
    pub breaker: NoticeLevel,
    /// Readiness that is lost.
    pub readiness: NoticeLevel,
    /// When nothing is shown, though the badge counts; `None` for never.
    pub quiet: Option<QuietHours>,
}

impl Default for NoticeSettings {
    fn default() -> Self {
        Self {
            failure: NoticeLevel::Banner,
            approval: NoticeLevel::Sound,
            breaker: NoticeLevel::Sound,
            readiness: NoticeLevel::Badge,
            quiet: None,
        }
    }
}

/// Hours of each day, on the clock on the wall of this machine. They may cross midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// From, as `HH:MM`.
    pub from: String,
    /// To, as `HH:MM`; it is over at that minute.
    pub to: String,
}

/// Something that an operator was told, or is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Notice {
    /// The same as long as it is the same cause; where triage knows the problem, its id there.
    pub cause: String,
    /// Of what kind it is.
    pub kind: NoticeKind,
    /// Where.
    pub connection: Option<ConnectionId>,
    /// What happened, in a few words.
    pub title: String,
    /// What is known about it, one sentence.
    pub text: String,
    /// Where the page shows it: the part of the address that begins with `#`.
    pub route: String,
    /// Since when.
    pub began_at: Timestamp,
    /// When it was told, or decided that it needs no telling; `None` while it is held back.
    pub told_at: Option<Timestamp>,
    /// When its cause was gone.
    pub over_at: Option<Timestamp>,
    /// Whether somebody has the problem in hand.
    pub in_hand: bool,
}

/// What was told, and what is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Notices {
    /// Those whose cause is still there, then those that are over, each newest first; at most 100.
    pub items: Vec<Notice>,
    /// The number in the badge: what is not over, is in nobody's hand, and is not switched off.
    pub unresolved: u64,
    /// What an operator wants to be told.
    pub settings: NoticeSettings,
    /// Whether these are quiet hours.
    pub is_quiet: bool,
}

/// What a page shows, so that nobody is told what they are looking at. Said again each half minute while it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Looking {
    /// Which page, by a name of its own, 1 to 64 characters.
    pub page: String,
    /// Where it is: the part of the address that begins with `#`; `None` while nobody looks at it.
    pub route: Option<String>,
}

/// Something that the desktop is to show. One of the same cause takes the place of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Banner {
    /// By which it is known again.
    pub cause: String,
    /// What happened, in a few words.
    pub title: String,
    /// What is known about it, one sentence.
    pub text: String,
    /// Where a click leads: the part of the address that begins with `#`.
    pub route: String,
    /// Whether it makes a sound.
    pub sound: bool,
}
