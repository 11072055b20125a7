//! The way back from an identity provider: a listener for one browser, on a free port of this machine (RFC 8252, section 7.3).
//!
//! Whoever comes with the `state` of the sign-in is heard, once, and sees a page that says so; everybody else is sent away and
//! ends nothing. Deliberately absent: whether the sign-in succeeds, which the console shows.

use crate::headers;
use axum::{
    Router,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    middleware,
    response::{Html, IntoResponse, Response},
    routing,
};
use console::{AwaitedReturn, BrowserReturn, CameBack, NotLetIn};
use domain::Secret;
use serde::Deserialize;
use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};
use subtle::ConstantTimeEq as _;
use tokio::{net::TcpListener, sync::mpsc};
use tokio_util::sync::CancellationToken;

/// Providers compare it as it is registered with them, so it never changes.
const PATH: &str = "/signed-in";
/// Most characters of a provider's word for why it let nobody in.
const LONGEST_WORD: usize = 60;
/// How long the browser may take to read its page.
const FAREWELL: Duration = Duration::from_secs(1);

const BACK: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Breakwater</title>\
<h1>Back to Breakwater</h1>\
<p>The identity provider has answered. Close this page: the console goes on by itself, and says whether you are signed in.</p></html>";
const NOT_AWAITED: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Breakwater</title>\
<h1>Nothing waits for this page</h1>\
<p>It belongs to another sign-in, or to one that is over. Begin again in Breakwater.</p></html>";

/// Listens on 127.0.0.1.
#[derive(Debug)]
pub struct WayBack;

#[async_trait::async_trait]
impl BrowserReturn for WayBack {
    async fn listen(&self) -> io::Result<Box<dyn AwaitedReturn>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = format!("http://{}{PATH}", listener.local_addr()?);
        Ok(Box::new(Listening { listener, address }))
    }
}

#[derive(Debug)]
struct Listening {
    listener: TcpListener,
    address: String,
}

type Heard = Result<CameBack, NotLetIn>;

/// What a request is held against, and who is told of the one that fits.
#[derive(Debug)]
struct Awaited {
    state: String,
    heard: mpsc::Sender<Heard>,
}

/// What a provider leads back with (RFC 6749, section 4.1.2; RFC 9207); what else it adds is of no use here.
#[derive(Deserialize)]
struct Back {
    state: String,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

impl Back {
    fn heard(self) -> Heard {
        match (self.code, self.error) {
            (Some(code), None) => Ok(CameBack { state: self.state, code: Secret::new(code), issuer: self.iss }),
            (_, error) => Err(NotLetIn { error: word(&error.unwrap_or_default()) }),
        }
    }
}

/// The provider's word, or ours if that is none.
fn word(text: &str) -> String {
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_word && (1..=LONGEST_WORD).contains(&text.len()) { text.to_owned() } else { "it does not say why".to_owned() }
}

#[async_trait::async_trait]
impl AwaitedReturn for Listening {
    fn address(&self) -> &str {
        &self.address
    }

    async fn came_back(self: Box<Self>, state: &str) -> Heard {
        let (sender, mut heard) = mpsc::channel(1);
        let router = Router::new()
            .route(PATH, routing::get(hear))
            .fallback(async || not_awaited())
            .layer(middleware::from_fn(headers::add))
            .with_state(Arc::new(Awaited { state: state.to_owned(), heard: sender }));
        let end = CancellationToken::new();
        let serving = axum::serve(self.listener, router).with_graceful_shutdown(end.clone().cancelled_owned());
        let mut serving = std::pin::pin!(serving.into_future());
        let came = tokio::select! {
            came = heard.recv() => came,
            _ = &mut serving => None,
        };
        end.cancel();
        if tokio::time::timeout(FAREWELL, serving).await.is_err() {
            tracing::debug!("a browser that came back did not read its page to the end");
        }
        came.unwrap_or_else(|| Err(NotLetIn { error: word("") }))
    }
}

async fn hear(State(awaited): State<Arc<Awaited>>, back: Result<Query<Back>, QueryRejection>) -> Response {
    let is_ours = |back: &Back| bool::from(back.state.as_bytes().ct_eq(awaited.state.as_bytes()));
    let Some(back) = back.ok().map(|Query(back)| back).filter(is_ours) else { return not_awaited() };
    match awaited.heard.try_send(back.heard()) {
        Ok(()) => Html(BACK).into_response(),
        Err(_) => not_awaited(),
    }
}

fn not_awaited() -> Response {
    (StatusCode::NOT_FOUND, Html(NOT_AWAITED)).into_response()
}
