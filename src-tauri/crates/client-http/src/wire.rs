//! A way to one plane: sends a call, receives its answer, both within bounds.

use crate::{
    answer::{Answer, is_type},
    call::Call,
    events,
    limits::{BuildError, Limits},
    meter::Meter,
    transport::{incompatible, transport},
};
use control_plane::{CallContext, Error};
use domain::{CorrelationId, Spending};
use eventsource_stream::Event;
use futures::stream::BoxStream;
use reqwest::{
    ClientBuilder, Response, Url,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue},
};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// A way to one plane; cheap to clone.
#[derive(Debug, Clone)]
pub struct Wire {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) correlation: HeaderName,
    pub(crate) limits: Limits,
    pub(crate) meter: Arc<Meter>,
}

impl Wire {
    /// To an `http://` or `https://` address. `correlation` is the header in which the plane takes a correlation id.
    ///
    /// # Errors
    /// If the address cannot be used, or no secure connection can be set up.
    pub fn tcp(base_url: &str, correlation: HeaderName, limits: Limits) -> Result<Self, BuildError> {
        let base = Url::parse(base_url).map_err(|_| BuildError::Address { reason: "it is not a URL" })?;
        let reason = match base.scheme() {
            "http" | "https" if !base.username().is_empty() || base.password().is_some() => Some("it holds a password"),
            "http" | "https" if base.query().is_some() || base.fragment().is_some() => {
                Some("it goes on after the path")
            }
            "http" | "https" => None,
            _ => Some("it starts with neither http:// nor https://"),
        };
        if let Some(reason) = reason {
            return Err(BuildError::Address { reason });
        }
        let builder = builder(&limits);
        // A proxy of the environment is for the world outside, never for this machine itself.
        let builder = if is_loopback(&base) { builder.no_proxy() } else { builder };
        Ok(Self { http: build(builder)?, base, headers: HeaderMap::new(), correlation, limits, meter: Arc::default() })
    }

    /// To a socket of this machine.
    ///
    /// # Errors
    /// If no client can be made at all.
    #[cfg(unix)]
    pub fn unix(socket: std::path::PathBuf, correlation: HeaderName, limits: Limits) -> Result<Self, BuildError> {
        let base = Url::parse("http://localhost").map_err(|_| BuildError::Address { reason: "it is not a URL" })?;
        let http = build(builder(&limits).no_proxy().unix_socket(socket))?;
        Ok(Self { http, base, headers: HeaderMap::new(), correlation, limits, meter: Arc::default() })
    }

    /// Sends this header with every call. Its value is not shown in any debug output.
    ///
    /// # Errors
    /// [`BuildError::Token`] if it holds characters that no header can carry.
    pub fn with_secret(mut self, name: HeaderName, value: &str) -> Result<Self, BuildError> {
        let mut value = HeaderValue::from_str(value).map_err(|_| BuildError::Token)?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Sends a bearer token with every call.
    ///
    /// # Errors
    /// [`BuildError::Token`] if it holds characters that no header can carry.
    pub fn with_bearer(self, token: &domain::Secret) -> Result<Self, BuildError> {
        self.with_secret(AUTHORIZATION, &format!("Bearer {}", token.expose()))
    }

    /// Waits at least this long for each answer, for a plane that holds one back until there is something to say.
    #[must_use]
    pub fn patient(mut self, patience: Duration) -> Self {
        self.limits.read = self.limits.read.max(patience);
        self.limits.call = self.limits.call.max(patience);
        self
    }

    /// How long and how much is waited for.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What was sent lately, and what the plane says that may still be sent. Clones count together.
    pub fn spending(&self) -> Spending {
        self.meter.spending()
    }

    /// Sends a call and reads its whole answer, whatever its status.
    ///
    /// # Errors
    /// If no whole answer arrives within the limits.
    pub async fn ask(&self, context: &CallContext, call: Call) -> Result<Answer, Error> {
        let work = async { self.open(context, call, "application/json").await?.whole().await };
        timeout(self.limits.call, work).await.unwrap_or(Err(Error::TimedOut))
    }

    /// Sends a call and gives its answer as soon as the head is there, whatever its status.
    ///
    /// # Errors
    /// If no head arrives within the limits.
    pub async fn open(&self, context: &CallContext, call: Call, accept: &'static str) -> Result<Opened, Error> {
        let url = call.url(&self.base).ok_or_else(|| Error::NotFound { what: call.subject() })?;
        let mut headers = self.headers.clone();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        let correlation = CorrelationId::accept(context.correlation_id.as_str());
        if let Some(value) = correlation.and_then(|id| HeaderValue::from_str(id.as_str()).ok()) {
            headers.insert(self.correlation.clone(), value);
        }
        self.meter.count(call.method());
        let request = self.http.request(call.method().clone(), url);
        headers.extend(call.headers);
        let request = match call.body {
            Some(body) => request.headers(headers).body(body),
            None => request.headers(headers),
        };
        match timeout(self.limits.read, request.send()).await {
            Ok(Ok(response)) => {
                self.meter.hear(response.headers());
                Ok(Opened { response, limits: self.limits })
            }
            Ok(Err(error)) => Err(transport(&error)),
            Err(_) => Err(Error::TimedOut),
        }
    }
}

/// An answer of which the head has arrived.
#[derive(Debug)]
pub struct Opened {
    response: Response,
    limits: Limits,
}

impl Opened {
    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// Whether it says that it is of this type, parameters aside.
    pub fn is_type(&self, wanted: &str) -> bool {
        is_type(self.response.headers(), wanted)
    }

    /// Reads the rest of it. The status of a refusal says enough if its body does not arrive.
    ///
    /// # Errors
    /// If the body of a success does not arrive within the limits.
    pub async fn whole(self) -> Result<Answer, Error> {
        let Self { mut response, limits } = self;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let is_success = response.status().is_success();
        match body(&mut response, &limits).await {
            Ok(body) => Ok(Answer { status, headers, body }),
            Err(_) if !is_success => Ok(Answer { status, headers, body: Vec::new() }),
            Err(error) => Err(error),
        }
    }

    /// Reads it as server-sent events; the first error, silence included, is the last item.
    pub fn events(self) -> BoxStream<'static, Result<Event, Error>> {
        events::events(self.response, self.limits)
    }
}

async fn body(response: &mut Response, limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    loop {
        match timeout(limits.read, response.chunk()).await {
            Ok(Ok(Some(chunk))) if body.len() + chunk.len() > limits.body => {
                return Err(incompatible(format!("an answer of more than {} bytes", limits.body)));
            }
            Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
            Ok(Ok(None)) => return Ok(body),
            Ok(Err(error)) => return Err(transport(&error)),
            Err(_) => return Err(Error::TimedOut),
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn builder(limits: &Limits) -> ClientBuilder {
    // Fails only if a provider is there already, which is just as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(limits.connect)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        // Shorter than our server keeps an idle connection, so that no call is sent into one that is being closed.
        .pool_idle_timeout(Duration::from_secs(20))
        .referer(false)
        .tls_info(true)
        .user_agent(concat!("breakwater/", env!("CARGO_PKG_VERSION")))
}

fn build(builder: ClientBuilder) -> Result<reqwest::Client, BuildError> {
    builder.build().map_err(|error| BuildError::Tls { detail: error.without_url().to_string() })
}
