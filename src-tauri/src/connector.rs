//! Makes ports to control planes, and finds out what lives at an address: the one place that knows every kind of client.

use client_breakwater::{BreakwaterClient, BuildError, Limits};
use client_fuzzyllama::FuzzyLlamaClient;
use client_nofx::NofxClient;
use client_store_platform::StorePlatformClient;
use console::{
    ConnectError, Connector, Probe,
    view::{Hop, HopResult},
};
use control_plane::{CallContext, ControlPlane, Credential, Error};
use domain::{ControlPlaneKind, CorrelationId};
use std::{sync::Arc, time::Duration};
use tokio::{
    net::{TcpStream, lookup_host},
    time::{Instant, timeout},
};
use uuid::Uuid;

/// How long each hop may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The hops, in their order.
const HOPS: [&str; 5] = ["Name", "Connect", "Certificate", "Live", "Sign in"];

/// Every kind of client that this program has.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clients;

fn client(
    kind: ControlPlaneKind,
    address: &str,
    credential: Option<Credential>,
    limits: Limits,
) -> Result<Arc<dyn ControlPlane>, ConnectError> {
    let refused = |error: BuildError| ConnectError::AddressRefused { detail: error.to_string() };
    let token = credential.as_ref().and_then(Credential::token).cloned();
    match (kind, address.strip_prefix("unix:")) {
        #[cfg(unix)]
        (ControlPlaneKind::Breakwater, Some(socket)) => {
            Ok(Arc::new(BreakwaterClient::unix(socket, limits).map_err(refused)?))
        }
        (_, Some(_)) => {
            Err(ConnectError::AddressRefused { detail: "nothing of this kind listens on a socket".to_owned() })
        }
        (ControlPlaneKind::Breakwater, None) => {
            Ok(Arc::new(BreakwaterClient::tcp(address, credential, limits).map_err(refused)?))
        }
        (ControlPlaneKind::StorePlatform, None) => {
            Ok(Arc::new(StorePlatformClient::new(address, token.as_ref(), limits).map_err(refused)?))
        }
        (ControlPlaneKind::Nofx, None) => Ok(Arc::new(NofxClient::new(address, token, limits).map_err(refused)?)),
        (ControlPlaneKind::Fuzzyllama, None) => {
            Ok(Arc::new(FuzzyLlamaClient::new(address, token, limits).map_err(refused)?))
        }
    }
}

/// What else than ours lives at an address that answers, and by what that is seen.
async fn recognise(address: &str, context: &CallContext, limits: Limits) -> Option<(ControlPlaneKind, String)> {
    let (store_platform, nofx, fuzzyllama) = tokio::join!(
        client_store_platform::recognise(address, context, limits),
        client_nofx::recognise(address, context, limits),
        client_fuzzyllama::recognise(address, context, limits),
    );
    let looked = [
        (ControlPlaneKind::StorePlatform, store_platform),
        (ControlPlaneKind::Nofx, nofx),
        (ControlPlaneKind::Fuzzyllama, fuzzyllama),
    ];
    let (kind, because) = looked.into_iter().find_map(|(kind, because)| Some((kind, because?)))?;
    Some((kind, format!("this looks like {because}")))
}

#[async_trait::async_trait]
impl Connector for Clients {
    fn connect(
        &self,
        kind: ControlPlaneKind,
        address: &str,
        credential: Option<Credential>,
    ) -> Result<Arc<dyn ControlPlane>, ConnectError> {
        client(kind, address, credential, Limits::default())
    }

    async fn probe(&self, address: &str, credential: Option<Credential>) -> Probe {
        let mut route = Route::default();
        let (kind, because) = route.walk(address, credential).await.unzip();
        Probe { kind, because, hops: route.finish() }
    }
}

/// Hops walked so far.
#[derive(Debug, Default)]
struct Route {
    hops: Vec<Hop>,
    since: Option<Instant>,
}

impl Route {
    /// Walks as far as it goes; says what lives at the end, and by what that is seen.
    async fn walk(&mut self, address: &str, credential: Option<Credential>) -> Option<(ControlPlaneKind, String)> {
        let limits = Limits { connect: PATIENCE, read: PATIENCE, call: PATIENCE, ..Limits::default() };
        let ours = match client(ControlPlaneKind::Breakwater, address, credential.clone(), limits) {
            Ok(ours) => ours,
            Err(error) => return self.stop(HopResult::Fail, &error.to_string()),
        };
        self.reach(address).await?;
        let context = CallContext::new(CorrelationId::new(Uuid::now_v7().to_string()));
        let is_encrypted = address.starts_with("https://");
        self.start();
        let live = match ours.facts(&context).await {
            Ok(facts) => facts.live,
            // The connection was made before, so what failed is what comes on top of it.
            Err(Error::Unreachable { detail }) if is_encrypted => return self.stop(HopResult::Fail, &detail),
            Err(error) => Err(error),
        };
        self.pass(certificate(is_encrypted));
        let (kind, because, plane) = match live {
            Ok(seen) => {
                self.pass(&seen);
                let because = format!("this is Breakwater, because its liveness answers {seen} as ours does");
                (ControlPlaneKind::Breakwater, because, ours)
            }
            Err(error) => {
                let Some((kind, reason)) = recognise(address, &context, limits).await else {
                    return self.stop(HopResult::Fail, &error.to_string());
                };
                self.pass(&reason);
                match client(kind, address, credential, limits) {
                    Ok(plane) => (kind, reason, plane),
                    Err(error) => return self.stop(HopResult::Fail, &error.to_string()),
                }
            }
        };
        match plane.identity(&context).await {
            Ok(identity) => {
                let principal = identity.principal.as_deref().unwrap_or("nobody in particular");
                self.pass(&format!("version {}, signed in as {principal}", identity.version));
            }
            Err(Error::Unauthorised) => self.push(HopResult::Needed, "it asks for a valid token"),
            Err(Error::Incompatible { detail }) => return self.stop(HopResult::Fail, &detail),
            Err(error) => self.push(HopResult::Fail, &error.to_string()),
        }
        Some((kind, because))
    }

    /// Name and connection.
    async fn reach(&mut self, address: &str) -> Option<()> {
        self.start();
        if let Some(socket) = address.strip_prefix("unix:") {
            self.pass("a socket on this machine");
            #[cfg(unix)]
            match timeout(PATIENCE, tokio::net::UnixStream::connect(socket)).await {
                Ok(Ok(_)) => self.pass(socket),
                Ok(Err(error)) => return self.stop(HopResult::Fail, &error.kind().to_string()),
                Err(_) => return self.stop(HopResult::Fail, "no answer within 5 s"),
            }
            return Some(());
        }
        let Some(place) = host_and_port(address) else { return self.stop(HopResult::Fail, "there is no host in it") };
        let found: Vec<_> = match timeout(PATIENCE, lookup_host(&place)).await {
            Ok(Ok(found)) => found.collect(),
            Ok(Err(_)) => return self.stop(HopResult::Fail, "no address is known for this name"),
            Err(_) => return self.stop(HopResult::Fail, "the name was not answered within 5 s"),
        };
        let shown: Vec<_> = found.iter().map(|address| address.ip().to_string()).collect();
        self.pass(&shown.join(", "));
        match timeout(PATIENCE, TcpStream::connect(found.as_slice())).await {
            Ok(Ok(stream)) => self.pass(&stream.peer_addr().map_or_else(|_| place, |peer| peer.to_string())),
            Ok(Err(error)) => return self.stop(HopResult::Fail, &error.kind().to_string()),
            Err(_) => return self.stop(HopResult::Fail, "no connection within 5 s"),
        }
        Some(())
    }

    fn start(&mut self) {
        self.since = Some(Instant::now());
    }

    fn pass(&mut self, seen: &str) {
        self.push(HopResult::Pass, seen);
    }

    /// The last hop that was walked.
    fn stop<T>(&mut self, result: HopResult, seen: &str) -> Option<T> {
        self.push(result, seen);
        None
    }

    fn push(&mut self, result: HopResult, seen: &str) {
        let name = HOPS.get(self.hops.len()).copied().unwrap_or_default().to_owned();
        let duration_ms = self.since.map(|since| u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX));
        self.hops.push(Hop { name, result, detail: seen.to_owned(), duration_ms });
        self.start();
    }

    /// Names the hops that were not walked.
    fn finish(mut self) -> Vec<Hop> {
        for name in HOPS.iter().skip(self.hops.len()) {
            let detail = "an earlier hop failed".to_owned();
            self.hops.push(Hop { name: (*name).to_owned(), result: HopResult::NotTried, detail, duration_ms: None });
        }
        self.hops
    }
}

const fn certificate(is_encrypted: bool) -> &'static str {
    if is_encrypted { "this machine trusts it" } else { "not encrypted, so there is none" }
}

/// `host:port` of an address, with the port of its scheme where it names none.
fn host_and_port(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next().filter(|host| !host.is_empty())?;
    let has_port =
        host.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    let is_bare_v6 = host.ends_with(']');
    if has_port && !is_bare_v6 {
        return Some(host.to_owned());
    }
    Some(format!("{host}:{}", if scheme == "https" { 443 } else { 80 }))
}

#[cfg(test)]
mod tests {
    use super::{Clients, HOPS, host_and_port};
    use console::{Connector as _, view::HopResult};
    use domain::{ControlPlaneKind, Secret};
    use std::sync::Arc;
    use testkit::{
        Loopback, Service,
        stand_in::{Dialect, FuzzyLlama, Nofx, StorePlatform},
    };

    /// What is found at a bare address, and by what.
    async fn found<S: Service>(plane: Arc<S>, token: Option<&str>) -> (Option<ControlPlaneKind>, String, HopResult) {
        let served = Loopback::serve(plane).await;
        let probe = Clients.probe(&served.url(), token.map(|token| Secret::new(token).into())).await;
        let hop = |name: &str| probe.hops.iter().find(|hop| hop.name == name).cloned().expect("every hop is named");
        (probe.kind, hop("Live").detail, hop("Sign in").result)
    }

    #[tokio::test]
    async fn each_kind_of_plane_is_recognised_by_what_it_answers() {
        let (kind, because, signed_in) = found(Arc::new(StorePlatform::default()), None).await;
        assert_eq!((kind, signed_in), (Some(ControlPlaneKind::StorePlatform), HopResult::Pass), "{because}");
        assert!(because.contains("because"), "it says by what: {because}");
        for (dialect, word, token) in
            [(Dialect::Express, "Express", None), (Dialect::Serverless, "serverless", Some("any"))]
        {
            let (kind, because, signed_in) = found(Arc::new(Nofx::new(dialect)), token).await;
            assert_eq!((kind, signed_in), (Some(ControlPlaneKind::Nofx), HopResult::Pass), "{because}");
            assert!(because.contains(word), "the dialect is found, not asked for: {because}");
        }
        let (kind, because, signed_in) = found(FuzzyLlama::new(), None).await;
        assert_eq!((kind, signed_in), (Some(ControlPlaneKind::Fuzzyllama), HopResult::Needed), "{because}");
        let (kind, because, signed_in) = found(FuzzyLlama::new(), Some("ops@example.com:Passw0rd1")).await;
        assert_eq!((kind, signed_in), (Some(ControlPlaneKind::Fuzzyllama), HopResult::Pass), "{because}");
    }

    /// Answers everything with the same page.
    #[derive(Debug)]
    struct SomeSite;

    impl Service for SomeSite {
        fn answer(self: Arc<Self>, _: testkit::Asked) -> futures::future::BoxFuture<'static, testkit::Said> {
            Box::pin(futures::future::ready(testkit::Said::text(200, "text/html", "<html>welcome</html>")))
        }
    }

    #[tokio::test]
    async fn a_site_that_is_no_control_plane_is_taken_for_none() {
        let (kind, because, _) = found(Arc::new(SomeSite), Some("a-token")).await;
        assert_eq!(kind, None, "nothing was recognised: {because}");
    }

    #[test]
    fn hosts_and_ports_are_found_in_any_address() {
        let cases = [
            ("http://127.0.0.1:4100", "127.0.0.1:4100"),
            ("https://planes.example/base", "planes.example:443"),
            ("http://[::1]", "[::1]:80"),
            ("http://[::1]:4100/", "[::1]:4100"),
        ];
        for (address, place) in cases {
            assert_eq!(host_and_port(address).as_deref(), Some(place), "{address}");
        }
        assert_eq!(host_and_port("nonsense"), None, "what is no address has no host");
    }

    #[tokio::test]
    async fn a_probe_names_the_first_hop_that_fails_and_those_not_tried() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let free =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
        let probe = Clients.probe(&format!("http://{free}"), None).await;
        let results: Vec<_> = probe.hops.iter().map(|hop| hop.result).collect();
        let expected =
            [HopResult::Pass, HopResult::Fail, HopResult::NotTried, HopResult::NotTried, HopResult::NotTried];
        assert_eq!(results, expected, "the name is good, nobody listens, the rest was not tried");
        assert_eq!(probe.hops.len(), HOPS.len(), "every hop is named");
        assert_eq!(probe.kind, None, "nothing was recognised");
    }
}
