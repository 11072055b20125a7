//! Signing in on a connection and out again. What is secret is asked for at the terminal or read from standard input, and is
//! never an argument, which every process of this machine could read.

use super::{Session, connections::one};
use crate::{
    arguments::{Format, SignInArguments},
    exit::Exit,
    screen::Screen,
    trouble::Trouble,
};
use console::view::{BegunInBrowser, ConnectionView};
use domain::Secret;
use serde_json::{Value, json};
use std::io::Read;

/// Longest input that is read, in bytes.
const LONGEST: u64 = 16 * 1024;

pub(super) async fn sign_in(
    session: &mut Session<'_>,
    given: &SignInArguments,
    screen: &mut Screen<'_>,
) -> Result<Exit, Trouble> {
    if given.browser {
        return in_browser(session, &given.target, screen).await;
    }
    let asked: &[&str] = if given.invitation { &["Invitation", "Password"] } else { &["Password"] };
    let secrets = if given.password_stdin { read(session.input, asked)? } else { ask(session, asked)? };
    let request = json!({ "connection": given.target, "by": by(given, &secrets) });
    signed_in(session, request, screen).await
}

/// The terminal opens no browser: it may not run where the screen is.
async fn in_browser(session: &mut Session<'_>, connection: &str, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    let begun: BegunInBrowser = session.ask("connections.begin_sign_in", json!({ "connection": connection })).await?;
    screen.note(&format!("Open this page in a browser on this machine, within ten minutes:\n{}", begun.url));
    signed_in(session, json!({ "connection": connection, "by": "browser" }), screen).await
}

async fn signed_in(session: &mut Session<'_>, request: Value, screen: &mut Screen<'_>) -> Result<Exit, Trouble> {
    let view: ConnectionView = session.ask("connections.sign_in", request).await?;
    let exit = one(&view, screen)?;
    if let (Format::Table, Some(who)) = (screen.format(), &view.who) {
        screen.line(&format!("signed in as {}", who.principal))?;
    }
    Ok(exit)
}

pub(super) async fn sign_out(
    session: &mut Session<'_>,
    connection: &str,
    everywhere: bool,
    screen: &mut Screen<'_>,
) -> Result<Exit, Trouble> {
    let request = json!({ "connection": connection, "everywhere": everywhere });
    let view: ConnectionView = session.ask("connections.sign_out", request).await?;
    let exit = one(&view, screen)?;
    let Some(error) = &view.status.error else { return Ok(exit) };
    screen.note(&error.message);
    Ok(Exit::of_error(&error.code))
}

/// Secrets are never serialised with the request types, so the request is put together here.
fn by(given: &SignInArguments, secrets: &[Secret]) -> Value {
    match (&given.email, secrets) {
        (Some(email), [password]) => json!({ "password": { "email": email, "password": password.expose() } }),
        (None, [token, password]) => {
            let (token, password) = (token.expose(), password.expose());
            json!({ "invitation": { "token": token, "name": given.name, "password": password } })
        }
        _ => Value::Null,
    }
}

fn ask(session: &Session<'_>, asked: &[&str]) -> Result<Vec<Secret>, Trouble> {
    let one = |question: &&str| match (session.ask_secretly)(question)? {
        Some(secret) => Ok(secret),
        None => Err(Trouble::given(
            "there is no terminal at which something secret could be asked for",
            "Give it on standard input with --password-stdin.",
        )),
    };
    asked.iter().map(one).collect()
}

/// One line each. A password may begin or end with a space.
fn read(input: &mut dyn Read, asked: &[&str]) -> Result<Vec<Secret>, Trouble> {
    let mut text = String::new();
    let failed = |_| Trouble::given("standard input cannot be read", "Give what is secret as lines of text.");
    input.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
    let lines: Vec<_> = text.lines().filter(|line| !line.is_empty()).map(Secret::new).collect();
    if lines.len() == asked.len() {
        return Ok(lines);
    }
    let wanted = asked.join(", then ").to_lowercase();
    let message = format!("standard input has {} lines and not {}", lines.len(), asked.len());
    Err(Trouble::given(message, format!("Give one a line: {wanted}.")))
}

#[cfg(test)]
mod tests {
    use super::{by, read};
    use crate::arguments::{Arguments, ConnectionsVerb, SignInArguments, TerminalVerb, Verb};
    use clap::Parser as _;
    use serde_json::json;

    fn given(line: &str) -> SignInArguments {
        let line = format!("breakwater connections sign-in harbour {line}");
        let verb = Arguments::try_parse_from(line.split_whitespace()).expect("it is understood").verb;
        let Some(Verb::Terminal(TerminalVerb::Connections(ConnectionsVerb::SignIn(given)))) = verb else {
            panic!("{line} signs in");
        };
        given
    }

    #[test]
    fn lines_of_standard_input_become_a_request() {
        let lines = read(&mut " pass word \r\n".as_bytes(), &["Password"]).expect("one line");
        let request = by(&given("--email a@b.c"), &lines);
        let expected = json!({ "password": { "email": "a@b.c", "password": " pass word " } });
        assert_eq!(request, expected, "a password is taken as it is");
        let lines = read(&mut "bwi_1\npass word".as_bytes(), &["Invitation", "Password"]).expect("two lines");
        let request = by(&given("--invitation --name Ada"), &lines);
        let expected = json!({ "invitation": { "token": "bwi_1", "name": "Ada", "password": "pass word" } });
        assert_eq!(request, expected, "what an invitation came with goes first");
    }

    #[test]
    fn too_few_or_too_many_lines_are_refused_without_being_repeated() {
        for text in ["", "\n", "canary-1\ncanary-2"] {
            let trouble = read(&mut text.as_bytes(), &["Password"]).expect_err("one line is wanted");
            assert!(!trouble.lines().concat().contains("canary"), "no secret is repeated: {:?}", trouble.lines());
        }
        assert!(read(&mut "canary-1".as_bytes(), &["Invitation", "Password"]).is_err(), "two are wanted");
    }
}
