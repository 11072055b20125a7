//! Canaries, and everything that is said while they are about.

use crate::{
    house::House,
    search::{Canary, found, found_below},
};
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::Value;
use uuid::Uuid;

/// Canaries by what they are, and everything that was said.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) canaries: Vec<Canary>,
    said: Vec<(String, Vec<u8>)>,
}

impl Record {
    /// A secret with characters that are written differently in an address, and of a case of its own.
    pub(crate) fn canary(&mut self, what: &'static str) -> String {
        let unique = Uuid::new_v4().simple().to_string();
        let secret = format!("Cn+{}/{unique}", what.replace(' ', "-"));
        self.canaries.push(Canary::new(what, &secret, &unique));
        secret
    }

    /// A secret that the plane made.
    pub(crate) fn made(&mut self, what: &'static str, secret: &Value) -> String {
        let secret = secret.as_str().unwrap_or_else(|| panic!("{what} is made, not {secret}")).to_owned();
        assert!(secret.len() >= 20, "{what} is long enough to be found");
        self.canaries.push(Canary::whole(what, &secret));
        secret
    }

    pub(crate) fn keep(&mut self, place: impl Into<String>, said: impl Into<Vec<u8>>) {
        self.said.push((place.into(), said.into()));
    }

    /// Sends a request, keeps the whole answer, and gives its status and body.
    pub(crate) fn ask(&mut self, place: &str, request: RequestBuilder) -> (u16, Value) {
        let (status, body, whole) = answered(request);
        self.keep(place, whole);
        (status, body)
    }

    /// Runs a verb and keeps what it printed.
    pub(crate) fn verb(&mut self, house: &House, arguments: &[&str]) {
        let output = house.say(arguments);
        self.keep(format!("breakwater {}", arguments.join(" ")), [output.stdout, output.stderr].concat());
    }

    pub(crate) fn leaks(&self, house: &House) -> Vec<String> {
        let said = self.said.iter().flat_map(|(place, said)| found(&self.canaries, place, said));
        said.chain(found_below(&self.canaries, &house.data()))
            .chain(found_below(&self.canaries, &house.home()))
            .collect()
    }
}

pub(crate) fn answered(request: RequestBuilder) -> (u16, Value, String) {
    let answer = request.send().expect("an answer");
    let (status, headers) = (answer.status().as_u16(), format!("{:?}", answer.headers()));
    let body = answer.text().expect("the answer is text");
    let whole = format!("{headers}\n{body}");
    (status, serde_json::from_str(&body).unwrap_or_default(), whole)
}

/// The plane over TCP, where a key opens it.
pub(crate) struct Plane {
    pub(crate) http: Client,
    pub(crate) base: String,
    pub(crate) key: String,
}

impl Plane {
    pub(crate) fn open(&self, path: &str, body: &Value) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.base)).json(body)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.open(path, body).bearer_auth(&self.key)
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.key)
    }
}
