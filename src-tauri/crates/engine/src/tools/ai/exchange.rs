//! One try at one question: send it, read the answer as it streams, say what went wrong.

use super::provider::{Answer, Arrived, Provider, Refusal};
use crate::tools::{
    process::capture::{Lines, Recorder},
    web,
};
use domain::{LogStream, Timestamp};
use eventsource_stream::{EventStreamError, Eventsource as _};
use futures::{StreamExt as _, stream};
use reliability::breaker::Outcome;
use reqwest::{RequestBuilder, Response, header::CONTENT_TYPE};
use std::time::Duration;
use tokio::time::timeout;

/// Longest answer that is read, in bytes as sent.
const ANSWER_CAP: usize = 16 * 1024 * 1024;

/// Sends the question and reads the whole answer into `answer`, which keeps what arrived even when the try fails.
/// Gives up when nothing arrives for `silence`.
pub(super) async fn ask(
    provider: Provider,
    request: RequestBuilder,
    silence: Duration,
    now: Timestamp,
    answer: &mut Answer,
    recorder: &mut Recorder,
) -> Result<(), Refusal> {
    let response = match timeout(silence, request.send()).await {
        Err(_) => return Err(provider.silent()),
        Ok(Err(error)) => {
            let (failed, cause) = web::explain(&error, provider.title());
            return Err((failed, Outcome::Failure(cause)));
        }
        Ok(Ok(response)) => response,
    };
    let streams =
        response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if response.status() != 200 || !streams {
        let (mut failed, outcome) = provider.refusal(response.status().as_u16());
        failed.retry_after = web::retry_after(&response, now).filter(|_| failed.failure.retryable);
        return Err((failed, outcome));
    }
    let mut lines = Lines::default();
    let read = read(provider, response, silence, answer, &mut lines, recorder).await;
    lines.finish(|line, printed| recorder.line(LogStream::Stdout, line, printed));
    recorder.state_loss();
    read
}

async fn read(
    provider: Provider,
    response: Response,
    silence: Duration,
    answer: &mut Answer,
    lines: &mut Lines,
    recorder: &mut Recorder,
) -> Result<(), Refusal> {
    let (bytes, room) = (response.bytes_stream().boxed(), ANSWER_CAP);
    // An endless line would be buffered for ever, so the stream ends at the cap and counts as cut.
    let bounded = stream::unfold((bytes, room), |(mut bytes, room)| async move {
        let chunk = bytes.next().await?;
        let room = room.checked_sub(chunk.as_ref().map_or(0, tokio_util::bytes::Bytes::len))?;
        Some((chunk, (bytes, room)))
    });
    let mut events = Box::pin(bounded.eventsource());
    loop {
        let event = match timeout(silence, events.next()).await {
            Err(_) => return Err(provider.silent()),
            Ok(None | Some(Err(EventStreamError::Transport(_)))) => {
                return if finished(provider, answer) { Ok(()) } else { Err(provider.cut()) };
            }
            Ok(Some(Err(_))) => return Err(provider.malformed()),
            Ok(Some(Ok(event))) => event,
        };
        match provider.take(answer, &event.data)? {
            Arrived::Nothing => {}
            Arrived::Text(text) => {
                lines.push(text.as_bytes(), |line, printed| recorder.line(LogStream::Stdout, line, printed));
            }
            Arrived::End => return Ok(()),
        }
    }
}

/// Some servers that speak the protocol of OpenAI leave out the last mark, after they have said why the answer stopped.
fn finished(provider: Provider, answer: &Answer) -> bool {
    provider == Provider::OpenAi && answer.stop_reason.is_some()
}
