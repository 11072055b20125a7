//! Reading one request, as far as a provider has to understand it.
//!
//! By hand and not with a server library: that would not let a connection be reset in the middle of a body.

use serde_json::Value;
use std::time::Duration;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    time::timeout,
};

/// Longest head and body that are read, in bytes.
const LONGEST: usize = 1024 * 1024;
/// How long a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request as it was read.
#[derive(Debug, PartialEq)]
pub(crate) struct Request {
    /// Method and path, e.g. `POST /v1/messages`.
    pub(crate) line: String,
    /// Names in small letters, with their values.
    headers: Vec<(String, String)>,
    /// The body as JSON; `Null` if it is none.
    pub(crate) body: Value,
}

impl Request {
    /// Reads one. `None` if the other side gives up, or sends what is none.
    pub(crate) async fn read(from: &mut (impl AsyncRead + Unpin)) -> Option<Self> {
        timeout(PATIENCE, Self::arrive(from)).await.ok().flatten()
    }

    async fn arrive(from: &mut (impl AsyncRead + Unpin)) -> Option<Self> {
        let mut bytes = Vec::new();
        loop {
            if let Some(request) = Self::parse(&bytes) {
                return Some(request);
            }
            if bytes.len() > LONGEST || from.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }
    }

    /// The request, once it is there as a whole.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let (head, body) = bytes.split_at_checked(end + 4)?;
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let line = lines.next()?.rsplit_once(' ')?.0.to_owned();
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut request = Self { line, headers, body: Value::Null };
        let length = request.header("content-length").map_or(Some(0), |length| length.parse().ok())?;
        request.body = serde_json::from_slice(body.get(..length)?).unwrap_or(Value::Null);
        Some(request)
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the answer is wanted as a stream.
    pub(crate) fn wants_stream(&self) -> bool {
        self.body.get("stream").and_then(Value::as_bool).unwrap_or(false)
    }

    /// The model that is asked.
    pub(crate) fn model(&self) -> Option<&str> {
        self.body.get("model").and_then(Value::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::Request;
    use serde_json::json;

    #[tokio::test]
    async fn a_request_is_read_when_it_is_there_as_a_whole() {
        let (mut theirs, mut ours) = tokio::io::duplex(16);
        let writing = tokio::spawn(async move {
            use tokio::io::AsyncWriteExt as _;
            let text = "POST /v1/messages HTTP/1.1\r\nX-Api-Key: k\r\nContent-Length: 31\r\n\r\n{\"model\": \"m\", \"stream\": true}\n";
            theirs.write_all(text.as_bytes()).await
        });
        let request = Request::read(&mut ours).await.expect("it is one");
        writing.await.expect("it was written").expect("to the end");
        assert_eq!((request.line.as_str(), request.header("x-api-key")), ("POST /v1/messages", Some("k")));
        assert_eq!(request.body, json!({"model": "m", "stream": true}), "in pieces of 16 bytes");
        assert!(request.wants_stream() && request.model() == Some("m"));
    }

    #[tokio::test]
    async fn one_that_ends_too_early_is_none() {
        let mut cut: &[u8] = b"POST /v1/messages HTTP/1.1\r\ncontent-length: 10\r\n\r\n{}";
        assert_eq!(Request::read(&mut cut).await, None, "eight bytes are missing");
        let mut odd: &[u8] = b"POST /v1/messages HTTP/1.1\r\ncontent-length: many\r\n\r\n{}";
        assert_eq!(Request::read(&mut odd).await, None, "and here nobody knows how many");
    }
}
