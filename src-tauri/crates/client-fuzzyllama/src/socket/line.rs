//! One connection to the socket: requests that the plane holds back until it has something to say.

use super::{Opening, Packet, SocketNews, packet::SEPARATOR, packets};
use crate::error::{Refusal, refused};
use client_http::{Call, Method, Wire as HttpWire, incompatible, until_error};
use control_plane::{CallContext, Error, Hints};
use futures::stream;
use serde_json::json;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// With its slash at the end, without which the plane knows nothing of it.
const PATH: &str = "/socket.io/";

/// What this is to a person.
const SUBJECT: &str = "the socket";

/// Longest silence, whatever the plane says of its pings.
const PATIENCE: Duration = Duration::from_mins(1);

/// Between two polls. Agents at work say a word every few milliseconds, and each would be an answer of its own.
const BREATH: Duration = Duration::from_millis(200);

/// Most bytes of the name of a connection.
const MAX_SID: usize = 128;

/// A connection that the plane has accepted.
#[derive(Debug)]
pub(crate) struct Line {
    wire: HttpWire,
    context: CallContext,
    sid: String,
}

impl Line {
    /// Connects through a wire that carries an access token, and waits until the plane has accepted that. That the
    /// transport is up proves nothing.
    pub(crate) async fn open(wire: &HttpWire, context: &CallContext) -> Result<Self, Error> {
        let opening = async {
            let (line, patience) = Self::shake_hands(wire, context).await?;
            line.say("40".to_owned()).await?;
            while !line.is_accepted().await? {
                sleep(BREATH).await;
            }
            Ok(Self { wire: line.wire.patient(patience), ..line })
        };
        timeout(wire.limits().call, opening).await.unwrap_or(Err(Error::TimedOut))
    }

    async fn shake_hands(wire: &HttpWire, context: &CallContext) -> Result<(Self, Duration), Error> {
        let answer = wire.ask(context, call(Method::GET)).await?;
        if !answer.is_success() {
            return Err(refused(&Refusal::of(SUBJECT, &answer)));
        }
        match packets(&answer.body)?.into_iter().next() {
            Some(Packet::Open(Opening { sid, ping_interval, ping_timeout })) if sid.len() <= MAX_SID => {
                let patience = Duration::from_millis(ping_interval.saturating_add(ping_timeout)).min(PATIENCE);
                Ok((Self { wire: wire.clone(), context: context.clone(), sid }, patience))
            }
            _ => Err(incompatible("the socket does not begin with its name")),
        }
    }

    async fn is_accepted(&self) -> Result<bool, Error> {
        for news in self.hear().await? {
            match news {
                SocketNews::Accepted => return Ok(true),
                SocketNews::Down { .. } => return Err(Error::Unauthorised),
                SocketNews::Refused => {
                    return Err(Error::Forbidden {
                        message: "the control plane refuses the socket".to_owned(),
                        remedy: None,
                    });
                }
                _ => {}
            }
        }
        Ok(false)
    }

    /// Asks to be told of these projects. Of one that is gone meanwhile the plane says so, and goes on with the others.
    pub(crate) async fn join<'a>(&self, projects: impl Iterator<Item = &'a str>) -> Result<(), Error> {
        let wishes: Vec<_> = projects.map(|id| format!("42{}", json!(["join:project", { "projectId": id }]))).collect();
        if wishes.is_empty() { Ok(()) } else { self.say(wishes.join(&SEPARATOR.to_string())).await }
    }

    /// A hint for each answer that tells of a change.
    pub(crate) fn hints(self) -> Hints {
        until_error(stream::unfold(self, |line| async move { Some((line.until_change().await, line)) }))
    }

    async fn until_change(&self) -> Result<(), Error> {
        loop {
            sleep(BREATH).await;
            let news = self.hear().await?;
            if news.iter().any(|news| matches!(news, SocketNews::Down { .. })) {
                return Err(lost());
            }
            if news.iter().any(|news| matches!(news, SocketNews::Changed { .. })) {
                return Ok(());
            }
        }
    }

    /// What the plane says next. A ping is answered, and only once, however many come together.
    async fn hear(&self) -> Result<Vec<SocketNews>, Error> {
        let packets = packets(&self.exchange(call(Method::GET)).await?)?;
        if packets.contains(&Packet::Close) {
            return Err(lost());
        }
        if packets.contains(&Packet::Ping) {
            self.say("3".to_owned()).await?;
        }
        let news = |packet| if let Packet::News(news) = packet { Some(news) } else { None };
        Ok(packets.into_iter().filter_map(news).collect())
    }

    async fn say(&self, packets: String) -> Result<(), Error> {
        self.exchange(call(Method::POST).text(packets)).await.map(|_| ())
    }

    async fn exchange(&self, call: Call) -> Result<Vec<u8>, Error> {
        let answer = self.wire.ask(&self.context, call.query("sid", &self.sid)).await?;
        match answer.status {
            _ if answer.is_success() => Ok(answer.body),
            // The plane does not know the connection any more.
            400 => Err(lost()),
            _ => Err(refused(&Refusal::of(SUBJECT, &answer))),
        }
    }
}

fn call(method: Method) -> Call {
    Call::whole(method, PATH).query("EIO", "4").query("transport", "polling")
}

fn lost() -> Error {
    Error::Unreachable { detail: "the control plane has closed the socket".to_owned() }
}
