//! Verbs that are answered on the terminal.

use crate::{
    assembly::{self, Choice},
    background,
    data_dir::DataDir,
    hidden_input, signals, socket,
    start_error::StartError,
    step_secrets,
};
use cli::{Exit, Fact, Screen, Session, Settings, TerminalVerb};
use console::view::BuiltInPlane;
use domain::Secret;
use std::{env, io};

/// What the connection to the built-in control plane is called.
const BUILT_IN: &str = "local";
/// The token of the connection that is named with `--connection`, for one command.
const TOKEN: &str = "BREAKWATER_TOKEN";

/// Carries out one verb. One that acts on the built-in control plane starts it in the background if nobody runs it; one
/// that reads answers from the cache then.
pub(crate) async fn run(
    dir: &DataDir,
    settings: &Settings,
    verb: &TerminalVerb,
    screen: &mut Screen<'_>,
) -> Result<Exit, StartError> {
    let is_running = !settings.offline && socket::is_served(&dir.socket()).await;
    let is_built_in = settings.connection.as_deref().is_none_or(|name| name == BUILT_IN);
    let plane = match (is_running, verb.acts() && is_built_in) {
        (true, _) => BuiltInPlane::Attached,
        (false, true) if settings.offline => return Err(StartError::Offline),
        (false, true) => {
            background::start(dir).await?;
            screen.note(&format!(
                "started the built-in control plane in the background; it ends {} s after its last work",
                background::IDLE_EXIT
            ));
            BuiltInPlane::Attached
        }
        (false, false) => BuiltInPlane::NotRunning,
    };
    let console = assembly::console(dir, Choice::on_demand(plane, settings.offline)).await;
    let mut input = io::stdin();
    let facts = if matches!(verb, TerminalVerb::Doctor) { facts(dir) } else { Vec::new() };
    let token = env::var(TOKEN).ok().filter(|token| !token.is_empty()).map(Secret::new);
    let mut session = Session {
        console: &console,
        settings,
        input: &mut input,
        facts,
        ask_secretly: hidden_input::ask,
        until_asked: || Box::pin(signals::watch().cancelled_owned()),
        token,
    };
    let exit = cli::run(&mut session, verb, screen).await;
    console.shutdown().await;
    Ok(exit)
}

/// What is known of this installation besides what the console knows.
fn facts(dir: &DataDir) -> Vec<Fact> {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .into_iter()
        .any(|variable| env::var_os(variable).is_some_and(|value| !value.is_empty()));
    let display = if display || !cfg!(target_os = "linux") {
        Fact::good("display", "there is one")
    } else {
        // Ordinary on a server, so nothing is wrong.
        Fact::good("display", "there is none; `breakwater serve` opens the console in a browser")
    };
    vec![
        Fact::good("socket", dir.socket().display().to_string()),
        Fact::good("logs", dir.logs().display().to_string()),
        Fact::good("secrets for steps", format!("keychain service {}", step_secrets::SERVICE)),
        display,
    ]
}
