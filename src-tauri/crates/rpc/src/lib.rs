//! The door between faces and core: every command declared once, with its request, its reply, and the tags that it
//! provides or makes stale.
//!
//! From the one list in [`commands`] come the router, the TypeScript map in `ui/src/rpc/schema.ts` and the page of
//! documentation. Deliberately absent: any transport and any rule.

mod commands;
mod dispatch;
mod info;
pub mod schema;

pub use dispatch::dispatch;
pub use info::{CommandInfo, CommandKind, commands};
