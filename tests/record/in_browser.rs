//! Somebody signs in at an identity provider from the terminal: real processes, a real keychain, a provider on loopback, and
//! whoever follows its redirections in place of a browser.

use crate::{
    house::{House, text},
    session,
};
use control_plane_api::paths::{self, fill};
use domain::SystemClock;
use reqwest::blocking::Client;
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::Stdio,
    sync::Arc,
};
use testkit::identity_provider::{CLIENT_ID, IdentityProvider, Person, SecretIn};

const CLIENT_SECRET: &str = "the-secret-of-the-client";
const ANA: &str = "ana@example.org";

/// A plane that people sign in to through this provider, with Ana invited; and its address.
fn plane(house: &House, provider: &IdentityProvider) -> (crate::house::Staying, String) {
    let settings = format!(
        "[sign_in.oidc]\nissuer = \"{}\"\nclient_id = \"{CLIENT_ID}\"\nclient_secret = {{ env = \"OIDC_SECRET\" }}\n\
         label = \"Harbor accounts\"\n",
        provider.issuer(),
    );
    fs::write(house.data().join("plane.toml"), settings).expect("the settings are written");
    let (plane, address) = house.stay(&["plane", "--listen", "127.0.0.1:0"], "http://");
    let made = house.say(&["token", "create", "test"]);
    assert!(made.status.success(), "a key is made: {}", text(&made.stderr));
    let invitations = fill(paths::TEAM_INVITATIONS, &[engine::accounts::HOME]).expect("a path");
    let invite = Client::new().post(format!("{address}{invitations}")).bearer_auth(text(&made.stdout).trim());
    let invited = invite.json(&json!({"email": ANA, "role": "member"})).send().expect("an answer");
    assert!(invited.status().is_success(), "Ana is invited: {}", invited.text().unwrap_or_default());
    (plane, address)
}

/// Signs in as a person does who opens what the terminal says; answers the code, what was printed, and the last page.
fn sign_in(house: &House) -> (Option<i32>, String, String) {
    let mut command = house.command(&["connections", "sign-in", "harbour", "--browser", "-o", "json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut told = BufReader::new(child.stderr.take().expect("stderr is piped"));
    let mut line = String::new();
    told.read_line(&mut line).expect("it speaks");
    let note: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("a note is JSON: {error}: {line}"));
    let note = note["note"].as_str().unwrap_or_default();
    let page = note.split_whitespace().find(|word| word.starts_with("http://")).expect("it says what to open");
    let page = Client::new().get(page).send().expect("the provider leads back").text().expect("a page");
    let output = child.wait_with_output().expect("it ends");
    (output.status.code(), text(&output.stdout), page)
}

#[test]
fn whoever_was_invited_signs_in_at_the_provider_and_works_from_the_terminal() {
    if !session::is_inside("in_browser::whoever_was_invited_signs_in_at_the_provider_and_works_from_the_terminal") {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let provider = runtime.block_on(IdentityProvider::start(Arc::new(SystemClock)));
    provider.require_secret(CLIENT_SECRET, SecretIn::Header);
    let house = House::new(vec![("OIDC_SECRET".to_owned(), CLIENT_SECRET.to_owned())]);
    let (plane, address) = plane(&house, &provider);
    let ana = House::new(Vec::new());
    let added = ana.say(&["connections", "add", "harbour", &address, "--environment", "local"]);
    assert!(added.status.success(), "the connection is there: {}", text(&added.stderr));

    provider.sign_in_as(Person::new("subject-2", "eve@example.org", "Eve"));
    let (code, printed, page) = sign_in(&ana);
    assert!(page.contains("Back to Breakwater"), "the browser is led back: {page}");
    assert_eq!((code, printed.as_str()), (Some(4), ""), "somebody whom nobody invited does not come in");
    provider.sign_in_as(Person::new("subject-1", ANA, "Ana"));
    let (code, printed, page) = sign_in(&ana);
    assert!(page.contains("Back to Breakwater"), "the browser is led back: {page}");
    assert_eq!(code, Some(0), "Ana comes in: {printed}");
    let view: Value = serde_json::from_str(&printed).expect("the reply is JSON");
    assert!(view["who"]["principal"].as_str().is_some_and(|who| who.contains(ANA)), "it says who: {view}");
    let runs = ana.say(&["runs", "ls", "--connection", "harbour", "-o", "json"]);
    assert!(runs.status.success(), "and she works there: {}", text(&runs.stderr));
    plane.end();
}
