//! A closed-loop HTTP load: so many connections, each sending its next request when the last was answered.

use crate::report::percentile;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// What is sent again and again.
#[derive(Debug, Clone)]
pub(crate) struct Shot {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) token: Option<String>,
    pub(crate) body: String,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) requests: usize,
    pub(crate) errors: usize,
    pub(crate) elapsed: Duration,
    latencies: Vec<Duration>,
}

impl Outcome {
    /// Requests a second.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency below which `percent` of the answers came.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        percentile(&self.latencies, percent)
    }
}

/// Sends `shot` over `connections` connections for `span`.
pub(crate) async fn fire(address: &str, connections: usize, span: Duration, shot: &Shot) -> Outcome {
    let started = Instant::now();
    let gunners: Vec<_> = (0..connections)
        .map(|_| tokio::spawn(one_connection(address.to_owned(), started + span, shot.clone())))
        .collect();
    let (mut latencies, mut errors) = (Vec::new(), 0);
    for gunner in gunners {
        let (times, failed) = gunner.await.expect("a connection task ends by itself");
        latencies.extend(times);
        errors += failed;
    }
    let elapsed = started.elapsed();
    latencies.sort_unstable();
    Outcome { requests: latencies.len(), errors, elapsed, latencies }
}

async fn one_connection(address: String, until: Instant, shot: Shot) -> (Vec<Duration>, usize) {
    let stream = TcpStream::connect(&address).await.expect("the plane listens");
    stream.set_nodelay(true).expect("a TCP option can be set");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1 is spoken");
    tokio::spawn(connection);
    let (mut latencies, mut errors) = (Vec::new(), 0);
    while Instant::now() < until {
        let mut request = Request::builder()
            .method(shot.method.clone())
            .uri(&shot.path)
            .header("host", &address)
            .header("content-type", "application/json");
        if let Some(token) = &shot.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Full::new(Bytes::from(shot.body.clone()))).expect("a request can be made");
        let sent = Instant::now();
        let Ok(answer) = sender.send_request(request).await else {
            errors += 1;
            break;
        };
        let ok = answer.status().is_success();
        let _ = answer.into_body().collect().await;
        latencies.push(sent.elapsed());
        errors += usize::from(!ok);
    }
    (latencies, errors)
}
