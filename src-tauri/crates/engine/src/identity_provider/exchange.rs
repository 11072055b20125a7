//! One question to the provider and its answer: no redirection, ten seconds, and half a mebibyte at most.

use super::{IdentityError, ProviderDocument};
use crate::tools::web::{self, Redirects};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How long an answer may take, from the first byte sent to the last one read.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Largest answer, in bytes.
const LARGEST: usize = 512 * 1024;

/// What happened when nothing came back in time.
pub(super) const LATE: &str = "it did not answer in time";

/// The way to the provider.
#[derive(Debug)]
pub(super) struct Exchange {
    client: Client,
}

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Answer {
    document: ProviderDocument,
    pub(super) status: StatusCode,
    body: Vec<u8>,
}

impl Exchange {
    /// A proxy of the environment is for the world outside, never for a provider on this machine.
    pub(super) fn new(is_on_loopback: bool) -> reqwest::Result<Self> {
        let builder = || {
            let builder = web::builder(Redirects::Shown);
            if is_on_loopback { builder.no_proxy() } else { builder }
        };
        Ok(Self { client: web::build(builder)? })
    }

    /// Reads a public document.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        url: &Url,
        document: ProviderDocument,
    ) -> Result<T, IdentityError> {
        let answer = self.send(self.client.get(url.clone()), document).await?;
        if answer.status == StatusCode::OK { answer.json() } else { Err(answer.failed()) }
    }

    /// The start of a question that carries something.
    pub(super) fn post(&self, url: &Url) -> RequestBuilder {
        self.client.post(url.clone())
    }

    /// Sends it and reads what comes back.
    pub(super) async fn send(
        &self,
        request: RequestBuilder,
        document: ProviderDocument,
    ) -> Result<Answer, IdentityError> {
        let unreachable = |detail| IdentityError::Unreachable { document, detail };
        let exchange = async {
            let request = request.header(reqwest::header::ACCEPT, "application/json");
            let mut response = request.send().await.map_err(|error| unreachable(explain(&error)))?;
            let body = read(&mut response).await.map_err(|error| unreachable(explain(&error)))?;
            let Some(body) = body else {
                let detail = format!("is larger than {} KiB", LARGEST / 1024);
                return Err(IdentityError::Failing { document, detail });
            };
            Ok(Answer { document, status: response.status(), body })
        };
        tokio::time::timeout(PATIENCE, exchange).await.unwrap_or_else(|_| Err(unreachable(LATE)))
    }
}

impl Answer {
    /// The body, as what it has to be.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, IdentityError> {
        let detail = || "came in a form that cannot be read".to_owned();
        serde_json::from_slice(&self.body)
            .map_err(|_| IdentityError::Failing { document: self.document, detail: detail() })
    }

    /// What a status that nobody wanted means.
    pub(super) fn failed(&self) -> IdentityError {
        let detail = format!("was answered with status {}", self.status.as_u16());
        IdentityError::Failing { document: self.document, detail }
    }
}

/// The body, unless it is too large.
async fn read(response: &mut Response) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// The text of the error itself is not used: it quotes the address.
fn explain(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        LATE
    } else if error.is_connect() {
        "it could not be reached, or is not trusted"
    } else {
        "the connection broke off before the answer was complete"
    }
}
