//! A person signs in to a plane on TCP at the terminal and out again, one process a word: what is said, with which exit code,
//! and that nothing secret is in it.

use crate::{
    house::{House, text},
    search::{Canary, found, found_below},
    session,
};
use control_plane_api::paths::{self, fill};
use credentials::{CredentialStore as _, Keychain};
use domain::Secret;
use serde_json::{Value, json};
use std::process::Output;

const PASSWORD: &str = "Cn-lights-of-the-harbour-7c31";
const WRONG: &str = "Cn-wrong-password-9d02";
const SIGN_IN: [&str; 6] = ["connections", "sign-in", "harbour", "--email", "ana@example.org", "--password-stdin"];

/// The desk of a person, and everything that was said there.
struct Desk {
    house: House,
    plan: String,
    said: Vec<(String, Vec<u8>)>,
}

impl Desk {
    fn new() -> Self {
        let house = House::new(Vec::new());
        let plan =
            json!({"goal": "say hello", "steps": [{"name": "hello", "tool": "shell", "inputs": {"argv": ["true"]}}]});
        let plan = house.file("plan.json", &plan.to_string());
        Self { house, plan, said: Vec::new() }
    }

    /// Says something with lines on standard input: the exit code, and both outputs.
    fn say(&mut self, arguments: &[&str], input: &str) -> (i32, String, String) {
        let Output { status, stdout, stderr } = self.house.say_with(arguments, input);
        let told = (status.code().expect("it ends by itself"), text(&stdout), text(&stderr));
        self.said.push((arguments.join(" "), [stdout, stderr].concat()));
        told
    }

    /// An act that needs somebody who is let in.
    fn start_run(&mut self) -> (i32, String, String) {
        let plan = self.plan.clone();
        self.say(&["runs", "create", "-f", &plan, "--connection", "harbour"], "")
    }

    /// How the connection stands.
    fn connection(&mut self) -> Value {
        let (code, said, _) = self.say(&["connections", "ls", "--connection", "harbour", "-o", "json"], "");
        assert_eq!(code, 0, "connections are listed: {said}");
        let listed: Value = serde_json::from_str(&said).expect("it is JSON");
        listed.get(0).cloned().unwrap_or(listed)
    }
}

/// What the keychain has of the session.
fn kept(connection: &Value) -> Option<Value> {
    let name = format!("connection:{}:session", connection["id"].as_str().expect("an id"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let kept = runtime.block_on(Keychain::new("breakwater").get(&name)).expect("the keychain answers");
    kept.map(|secret: Secret| serde_json::from_str(secret.expose()).expect("a session"))
}

/// The tokens of the session that is kept, each of which must be found nowhere else.
fn tokens(connection: &Value) -> Vec<Canary> {
    let kept = kept(connection).expect("somebody is signed in");
    let token = |what: &'static str, name: &str| Canary::whole(what, kept[name].as_str().expect("a token"));
    vec![token("access token", "access"), token("refresh token", "refresh")]
}

/// Invites somebody, as the operator of the plane does with a token.
fn invitation(plane: &House, base: &str) -> String {
    let key = text(&plane.say(&["token", "create", "ci"]).stdout);
    let path = fill(paths::TEAM_INVITATIONS, &[engine::accounts::HOME]).expect("a path");
    let http = reqwest::blocking::Client::builder().no_proxy().build().expect("a client");
    let invite = json!({"email": "ana@example.org", "role": "member"});
    let answer = http.post(format!("{base}{path}")).bearer_auth(key.trim()).json(&invite).send().expect("an answer");
    let reply: Value = answer.json().expect("it is JSON");
    reply["data"]["token"].as_str().unwrap_or_else(|| panic!("an invitation, not {reply}")).to_owned()
}

#[test]
fn a_person_signs_in_and_out_at_the_terminal() {
    if !session::is_inside("sign_in::a_person_signs_in_and_out_at_the_terminal") {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (plane, mut desk) = (House::new(Vec::new()), Desk::new());
    let (running, base) = plane.stay(&["plane", "--listen", "127.0.0.1:0", "-vv"], "http://");
    let invited = invitation(&plane, &base);
    let (code, _, why) = desk.say(&["connections", "add", "harbour", &base, "--environment", "local"], "");
    assert_eq!(code, 0, "a connection needs no token: {why}");
    let (code, _, why) = desk.start_run();
    assert_eq!(code, 4, "nobody is signed in: {why}");
    assert!(why.contains("breakwater connections sign-in 'harbour'"), "it says how to: {why}");

    let accept = ["connections", "sign-in", "harbour", "--invitation", "--name", "Ana", "--password-stdin", "-vv"];
    let (code, said, why) = desk.say(&accept, &format!("{invited}\n{PASSWORD}"));
    assert_eq!(code, 0, "an invitation is taken up: {why}");
    assert!(said.contains("signed in as ana@example.org"), "it says as whom: {said}");
    let mut canaries = tokens(&desk.connection());
    let (code, _, why) = desk.start_run();
    assert_eq!(code, 0, "whoever signed in is let in by the next process too: {why}");
    let (code, _, why) = desk.say(&accept, &format!("{invited}\n{PASSWORD}"));
    assert_eq!(code, 3, "an invitation that was taken up is not there: {why}");

    let (code, _, why) = desk.say(&["connections", "sign-out", "harbour", "-vv"], "");
    assert_eq!(code, 0, "the session ends on both sides: {why}");
    assert_eq!(kept(&desk.connection()), None, "nothing of it is kept");
    for input in [WRONG, "", &format!("{PASSWORD}\n{WRONG}")] {
        let (code, said, why) = desk.say(&[&SIGN_IN[..], &["-vv"]].concat(), input);
        assert_eq!((code, said.as_str()), (4, ""), "it is refused: {why}");
        let reason = if input == WRONG { "do not fit" } else { "standard input has" };
        assert!(why.contains(reason), "it says why: {why}");
        assert_eq!(kept(&desk.connection()), None, "and keeps nothing");
    }
    let (code, _, why) = desk.start_run();
    assert_eq!(code, 4, "still nobody is signed in: {why}");

    let (code, said, why) = desk.say(&[&SIGN_IN[..], &["-vv"]].concat(), PASSWORD);
    assert_eq!(code, 0, "the password is good: {why}");
    assert!(said.contains("signed in as ana@example.org"), "it says as whom: {said}");
    canaries.extend(tokens(&desk.connection()));
    let (code, _, why) = desk.start_run();
    assert_eq!(code, 0, "and lets in: {why}");
    let (code, _, why) = desk.say(&["connections", "sign-out", "harbour", "--everywhere", "-vv"], "");
    assert_eq!(code, 0, "every session ends: {why}");
    let (code, said, why) = desk.start_run();
    assert_eq!((code, said.as_str()), (4, ""), "a verb afterwards does nothing: {why}");
    assert!(why.contains("signed out") || why.contains("signed in"), "it says that nobody is signed in: {why}");
    assert!(why.contains("breakwater connections sign-in 'harbour'"), "and how to sign in again: {why}");
    let (code, _, why) = desk.say(&["connections", "sign-out", "harbour"], "");
    assert_eq!(code, 4, "nobody can sign out twice: {why}");

    let (code, said, why) = desk.say(&["connections", "rm", "harbour"], "");
    assert_eq!((code, said.trim()), (0, "harbour is removed"), "the connection can go: {why}");
    desk.said.push(("the plane".to_owned(), running.end()));
    canaries.extend([("password", PASSWORD), ("wrong password", WRONG)].map(|(what, text)| Canary::whole(what, text)));
    canaries.push(Canary::whole("invitation", &invited));
    let mut leaks: Vec<_> = desk.said.iter().flat_map(|(place, said)| found(&canaries, place, said)).collect();
    for folder in [desk.house.data(), desk.house.home(), plane.data(), plane.home()] {
        leaks.extend(found_below(&canaries, &folder));
    }
    assert!(leaks.is_empty(), "secrets are written down or told:\n{}", leaks.join("\n"));
}
