//! Packets of Socket.IO 5 in Engine.IO 4, as they come in the answer to a poll.
//!
//! Deliberately absent: binary packets, acknowledgements and other namespaces, none of which this plane uses; they are
//! read as noise.

use super::{SocketNews, news};
use client_http::incompatible;
use control_plane::Error;
use serde::Deserialize;
use serde_json::Value;

/// Between the packets of one answer, and of one body that is sent.
pub(super) const SEPARATOR: char = '\u{1e}';

/// Most packets of one answer. Each takes more room here than in the answer.
const MAX_PACKETS: usize = 10_000;

/// One packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// The first one of a connection.
    Open(Opening),
    /// A question whether we still listen, which has to be answered.
    Ping,
    /// The connection is over.
    Close,
    /// What the plane says.
    News(SocketNews),
    /// Something that has a meaning, but none here.
    Noise,
}

/// What a plane says of a new connection.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opening {
    /// Names the connection in every later request.
    pub sid: String,
    /// Milliseconds from one ping to the next.
    pub ping_interval: u64,
    /// Milliseconds in which each has to be answered.
    pub ping_timeout: u64,
}

/// Reads the body of an answer.
///
/// # Errors
/// [`Error::Incompatible`] if any of it is no packet, or there are more than 10,000. What it is instead is not told: it may hold secrets.
pub fn packets(body: &[u8]) -> Result<Vec<Packet>, Error> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.matches(SEPARATOR).count() < MAX_PACKETS);
    let packets: Option<_> = text.and_then(|text| text.split(SEPARATOR).map(packet).collect());
    packets.ok_or_else(|| incompatible("the socket says something that is no packet"))
}

fn packet(text: &str) -> Option<Packet> {
    let mut rest = text.chars();
    match rest.next()? {
        '0' => serde_json::from_str(rest.as_str()).ok().map(Packet::Open),
        '1' => Some(Packet::Close),
        '2' => Some(Packet::Ping),
        '4' => message(rest.as_str()),
        '3' | '5' | '6' | 'b' => Some(Packet::Noise),
        _ => None,
    }
}

fn message(text: &str) -> Option<Packet> {
    let mut rest = text.chars();
    let kind = rest.next()?;
    let said = rest.as_str();
    match kind {
        '0'..='4' if said.starts_with('/') => Some(Packet::Noise),
        '0' => Some(Packet::News(SocketNews::Up)),
        '1' => Some(Packet::News(SocketNews::Down { is_refusal: true })),
        '2' => event(said).map(Packet::News),
        '4' => Some(Packet::News(SocketNews::Refused)),
        '3' | '5' | '6' => Some(Packet::Noise),
        _ => None,
    }
}

/// An event may bear the number of an acknowledgement that it asks for, and none is ever needed.
fn event(text: &str) -> Option<SocketNews> {
    let said: Vec<Value> = serde_json::from_str(text.trim_start_matches(|digit: char| digit.is_ascii_digit())).ok()?;
    let (name, arguments) = said.split_first()?;
    Some(match name.as_str()? {
        // These names stand for the connection itself, of which no event may tell.
        "<connect>" | "<disconnect>" => SocketNews::Chatter,
        name => news(name, arguments),
    })
}

#[cfg(test)]
mod tests {
    use super::{Opening, Packet, SocketNews, packets};
    use control_plane::Error;

    #[test]
    fn an_answer_holds_packets_in_their_order() {
        let body = "2\u{1e}42[\"agent:chunk\",{\"chunk\":\"a\"}]\u{1e}4217[\"agent:failed\",{}]\u{1e}6\u{1e}41\u{1e}1";
        let changed = Packet::News(SocketNews::Changed { event: "agent:failed".to_owned() });
        let expected = [
            Packet::Ping,
            Packet::News(SocketNews::Chatter),
            changed,
            Packet::Noise,
            Packet::News(SocketNews::Down { is_refusal: true }),
            Packet::Close,
        ];
        assert_eq!(packets(body.as_bytes()), Ok(expected.to_vec()), "each is known");
    }

    #[test]
    fn the_first_packet_names_the_connection() {
        let body = r#"0{"sid":"a","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1}"#;
        let opening = Opening { sid: "a".to_owned(), ping_interval: 25_000, ping_timeout: 20_000 };
        assert_eq!(packets(body.as_bytes()), Ok(vec![Packet::Open(opening)]), "and how often it is asked for");
    }

    #[test]
    fn what_is_no_packet_is_incompatible() {
        for body in ["", "<html>", "0", "0{}", "4", "49", "42", "42{}", "42[]", "42[1]", "2\u{1e}", "é", "42[\"a\""] {
            let outcome = packets(body.as_bytes());
            assert!(matches!(outcome, Err(Error::Incompatible { .. })), "{body:?} is none: {outcome:?}");
        }
        assert!(packets(&[b'2', 0xff]).is_err(), "nor are bytes");
        assert!(packets(format!("{}2", "2\u{1e}".repeat(20_000)).as_bytes()).is_err(), "nor is a flood");
    }

    #[test]
    fn other_namespaces_and_false_names_prove_nothing() {
        for body in
            ["40/other,{}", "41/other,", "42/other,[\"connected\",{}]", "42[\"<disconnect>\"]", "43[]", "451-[]"]
        {
            let packets = packets(body.as_bytes()).expect("a packet");
            let is_silent = matches!(packets.as_slice(), [Packet::Noise | Packet::News(SocketNews::Chatter)]);
            assert!(is_silent, "{body} is nothing to us: {packets:?}");
        }
    }
}
