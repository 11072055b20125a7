//! No setting and no header lets anybody in who has no credential.
//!
//! Every setting is given every odd value, one at a time; what is not refused is served for real, and asked for runs
//! without a credential, with headers that elsewhere open doors.

use super::{
    super::Settings,
    faults::{set, table_text},
    house::{GOOD, House},
};
use crate::{data_dir::DataDir, plane};
use domain::{NewApiKey, Permission, Secret};
use engine::{Act, Engine, accounts::Caller};
use reqwest::{Certificate, Client};
use server::Server;
use std::{fs, net::SocketAddr};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use toml::{Table, Value};

/// Headers that elsewhere say who somebody is, where they come from, or that they ask for something else.
const ODD: [(&str, &str); 9] = [
    ("authorization", "Bearer null"),
    ("x-forwarded-for", "127.0.0.1, ::1"),
    ("forwarded", "for=127.0.0.1;proto=https"),
    ("x-forwarded-proto", "https"),
    ("x-real-ip", "127.0.0.1"),
    ("x-original-url", "/health/live"),
    ("x-http-method-override", "OPTIONS"),
    ("x-forwarded-user", "root"),
    ("cookie", "token=admin; session=admin"),
];

/// A plane with these settings, on loopback whatever they say: what is reached from elsewhere is judged more strictly.
struct Served {
    client: Client,
    url: String,
    stop: CancellationToken,
}

impl Served {
    async fn start(engine: &Engine, settings: &Settings, authority: &Certificate) -> Self {
        let mut config = plane::bounds(settings);
        // So many requests would meet the limit of an address, which is another fence than the one that is tried here.
        config.limits.open.limit = u32::MAX;
        let server = Server::new(engine.clone(), config);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let (stop, identity) = (CancellationToken::new(), settings.listen.identity.clone());
        let scheme = if identity.is_some() { "https" } else { "http" };
        let ended = stop.clone();
        tokio::spawn(async move {
            match identity {
                Some(identity) => server.serve_tls(listener, identity, ended).await,
                None => server.serve_tcp(listener, ended).await,
            }
        });
        let client = Client::builder().no_proxy().tls_certs_only([authority.clone()]).build().expect("a client");
        Self { client, url: format!("{scheme}://{address}/api/v1/runs"), stop }
    }

    /// The status of an answer to a request with those odd headers whose bit is set.
    async fn ask(&self, bits: u32) -> u16 {
        let request = ODD.iter().zip(0_u32..).filter(|(_, bit)| bits >> bit & 1 == 1);
        let request =
            request.fold(self.client.get(&self.url), |request, ((name, value), _)| request.header(*name, *value));
        request.send().await.expect("an answer").status().as_u16()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A token that is let in.
async fn token(engine: &Engine) -> Secret {
    let caller = Caller::Operator { name: "operator".to_owned() };
    let act = Act { caller, correlation_id: "operator".into(), idempotency_key: None };
    let permissions = Permission::ALL.to_vec();
    let new = NewApiKey { name: "test".to_owned(), team: None, permissions, expires_at: None };
    engine.create_api_key(&new, None, &act).await.expect("a token").secret
}

/// What somebody might write in the hope that it opens a door.
fn odd_values() -> Vec<Value> {
    let texts = [
        "",
        "*",
        "none",
        "off",
        "disabled",
        "anonymous",
        "localhost",
        "127.0.0.1",
        "0.0.0.0:0",
        "http://127.0.0.1",
        "good.key",
    ];
    let lists = [vec![], vec!["*"], vec![""], vec!["localhost"], vec!["0.0.0.0/0"]];
    let numbers = [-1, 0, 1, 8, 30, 1_024, 65_536, i64::MAX];
    let list = |items: Vec<&str>| Value::Array(items.into_iter().map(Value::from).collect());
    let secrets = ["keychain", "file", "env", "none"];
    let secret = |kind: &str| Value::Table(Table::from_iter([(kind.to_owned(), Value::from("oidc"))]));
    let others = [Value::Boolean(true), Value::Boolean(false), Value::Table(Table::new()), Value::Float(f64::INFINITY)];
    let all = texts.into_iter().map(Value::from).chain(lists.into_iter().map(list));
    all.chain(numbers.into_iter().map(Value::from)).chain(secrets.into_iter().map(secret)).chain(others).collect()
}

fn places(table: &Table) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in table {
        found.push(key.clone());
        if let Value::Table(inner) = value {
            found.extend(places(inner).into_iter().map(|rest| format!("{key}.{rest}")));
        }
    }
    found
}

#[tokio::test]
async fn no_setting_and_no_header_opens_the_door() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let house = House::new();
    let data = tempfile::tempdir().expect("a folder");
    let dir = DataDir::open(Some(data.path())).expect("it can be used");
    let engine = plane::open_idle_engine(&dir).await.expect("the engine opens");
    let token = token(&engine).await;
    let pem = fs::read(house.dir().join("good.pem")).expect("it is there");
    let authority = Certificate::from_pem(&pem).expect("a certificate");
    let all = (1_u32 << ODD.len()) - 1;

    for text in ["", "listen.trusted_proxies = 1", GOOD] {
        let settings = house.judge(text).await.expect("it is good");
        let served = Served::start(&engine, &settings, &authority).await;
        for bits in 0..=all {
            assert_eq!(served.ask(bits).await, 401, "{text:?} with the headers {bits:b}");
        }
        let with_token = served.client.get(&served.url).bearer_auth(token.expose()).send().await.expect("an answer");
        assert_eq!(
            with_token.status().as_u16(),
            200,
            "{text:?}: a token is let in, so the door is the one that answers"
        );
    }

    let good: Table = GOOD.parse().expect("it is TOML");
    let (mut served_ones, mut refused_ones) = (0_u32, 0_u32);
    for place in places(&good) {
        for odd in odd_values() {
            let mut table = good.clone();
            set(&mut table, &place, odd.clone());
            let Ok(settings) = house.judge(&table_text(&table)).await else {
                refused_ones += 1;
                continue;
            };
            served_ones += 1;
            let served = Served::start(&engine, &settings, &authority).await;
            for bits in (0..ODD.len()).map(|bit| 1 << bit).chain([0, all]) {
                assert_eq!(served.ask(bits).await, 401, "{place} = {odd} with the headers {bits:b}");
            }
        }
    }
    assert!(served_ones > 20 && refused_ones > 200, "both kinds occur: {served_ones} served, {refused_ones} refused");
    engine.shutdown(std::time::Duration::from_secs(1)).await;
}
