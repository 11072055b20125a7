//! The list of commands as data, for help pages and tests.

use crate::commands::with_commands;

/// What is declared of one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandInfo {
    /// Its name, e.g. `runs.list`.
    pub name: &'static str,
    /// Whether it acts or only reads.
    pub kind: CommandKind,
    /// Type of its request; `()` for none.
    pub request: &'static str,
    /// Type of its reply.
    pub reply: &'static str,
    /// A query provides these tags, an act makes them stale.
    pub tags: &'static [&'static str],
    /// One sentence.
    pub docs: &'static str,
}

/// Whether a command acts or only reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandKind {
    /// It only reads.
    Query,
    /// It changes something.
    Act,
}

macro_rules! kind {
    (query) => {
        CommandKind::Query
    };
    (act) => {
        CommandKind::Act
    };
}

/// Every command.
pub const fn commands() -> &'static [CommandInfo] {
    macro_rules! list {
        ($($(#[doc = $doc:literal])* $kind:ident $name:literal $method:ident($request:ty) -> $reply:ty, [$($tag:ident),*];)+) => {
            &[$(CommandInfo {
                name: $name,
                kind: kind!($kind),
                request: stringify!($request),
                reply: stringify!($reply),
                tags: &[$(stringify!($tag)),*],
                docs: concat!($($doc),*).trim_ascii_start(),
            }),+]
        };
    }
    const ALL: &[CommandInfo] = with_commands!(list);
    ALL
}
