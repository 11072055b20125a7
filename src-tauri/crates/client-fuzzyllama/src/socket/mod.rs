//! The socket of `FuzzyLlama`, of which only the hint is taken that something changed.
//!
//! `line` is the connection, `packet` what comes over it, `news` what an event means. Deliberately absent: the upgrade to
//! a websocket, since polling says the same over the wire that is there; connecting again, which is for whoever listens.

mod line;
mod news;
mod packet;

pub(crate) use line::Line;
pub use news::{SocketNews, news};
pub use packet::{Opening, Packet, packets};
