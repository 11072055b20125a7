//! Picks the face: no verb opens the window, `serve` the page, `plane` only the control plane, anything else answers on
//! the terminal.

use crate::{
    audit, backup, data_dir::DataDir, journal, page, plane, start_error::StartError, terminal, tokens, window,
};
use cli::{Arguments, Exit, Format, PlaneArguments, PlaneVerb, Screen, Settings, Verb};
use std::{
    io::{self, IsTerminal as _},
    process::ExitCode,
};
use tokio::runtime::Runtime;

/// Reads the arguments, goes to the face that they ask for, and answers the exit code. Wrong usage ends the process in
/// here, with code 2.
pub fn run() -> ExitCode {
    let arguments = Arguments::from_command_line();
    // It only fails if a provider was chosen before, and nothing ran before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = &arguments.settings;
    let done = DataDir::open(settings.data_dir.as_deref()).and_then(|dir| {
        let _journal = journal::start(&dir, settings.verbose);
        go(&arguments, &dir)
    });
    let exit = done.unwrap_or_else(|error| {
        on_screen(settings, |screen| screen.error(error.code(), &error.to_string(), error.hint(), error.faults()));
        Exit::of_error(error.code())
    });
    exit.into()
}

fn go(arguments: &Arguments, dir: &DataDir) -> Result<Exit, StartError> {
    let settings = &arguments.settings;
    if settings.offline && matches!(arguments.verb, Some(Verb::Plane(_) | Verb::Token(_) | Verb::Audit(_))) {
        return Err(StartError::Offline);
    }
    let runtime = Runtime::new().map_err(StartError::Runtime)?;
    match &arguments.verb {
        None => window::run(&runtime, dir, settings.offline).map(|()| Exit::Done),
        Some(Verb::Serve(given)) => runtime.block_on(page::run(dir, given, settings)).map(|()| Exit::Done),
        Some(Verb::Plane(PlaneArguments { verb: Some(PlaneVerb::Backup { out }), .. })) => {
            runtime.block_on(backup::run(dir, out.as_deref(), settings.format())).map(|()| Exit::Done)
        }
        Some(Verb::Plane(given)) if given.check => {
            runtime.block_on(plane::check(dir, given, settings.format())).map(|()| Exit::Done)
        }
        Some(Verb::Plane(given)) => runtime.block_on(plane::run(dir, given, settings.format())).map(|()| Exit::Done),
        Some(Verb::Token(verb)) => on_screen(settings, |screen| runtime.block_on(tokens::run(dir, verb, screen))),
        Some(Verb::Audit(verb)) => on_screen(settings, |screen| runtime.block_on(audit::run(dir, verb, screen))),
        Some(Verb::Terminal(verb)) => {
            on_screen(settings, |screen| runtime.block_on(terminal::run(dir, settings, verb, screen)))
        }
    }
}

/// Lends standard output and standard error to one answer.
fn on_screen<T>(settings: &Settings, show: impl FnOnce(&mut Screen<'_>) -> T) -> T {
    let wants_colour = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb");
    let colour = settings.format() == Format::Table && wants_colour && io::stdout().is_terminal();
    let (mut out, mut err) = (io::BufWriter::new(io::stdout()), io::stderr());
    show(&mut Screen::new(&mut out, &mut err, settings.format(), colour))
}
