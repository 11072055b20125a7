//! What this program writes about itself: JSON by the day in the data directory, and for a person on standard error if
//! asked for. No secret gets there: secrets have no text form.

use crate::data_dir::DataDir;
use std::{
    io::{self, IsTerminal as _},
    panic,
};
use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{EnvFilter, Layer as _, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Days that are kept.
const DAYS: usize = 7;
/// What is kept when nobody says otherwise.
const KEPT: &str = "warn,breakwater_app=info,engine=info,server=info,console=info,desktop=info,web=info";

/// Starts writing; it ends when the answer is dropped. Not being able to write never stops the program.
pub(crate) fn start(dir: &DataDir, verbose: u8) -> Option<WorkerGuard> {
    let (file, guard) = match appender(dir) {
        Some(appender) => {
            let (writer, guard) = tracing_appender::non_blocking(appender);
            let layer = fmt::layer().json().with_writer(writer).with_filter(EnvFilter::new(KEPT));
            (Some(layer), Some(guard))
        }
        None => (None, None),
    };
    let asked = std::env::var("BREAKWATER_LOG").ok().filter(|filter| !filter.is_empty());
    let wanted = asked.or_else(|| {
        Some(match verbose {
            0 => return None,
            1 => KEPT.to_owned(),
            _ => "info,breakwater_app=debug,engine=debug,server=debug,console=debug,web=debug".to_owned(),
        })
    });
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    // Read leniently, the library would repeat what it does not understand on standard error, before any answer of ours.
    let filter = wanted.and_then(|filter| EnvFilter::try_new(filter).ok());
    let screen = filter.map(|filter| fmt::layer().with_ansi(colour).with_writer(io::stderr).with_filter(filter));
    // It only fails if there is a subscriber already, as in a test that calls two faces.
    let _ = tracing_subscriber::registry().with(file).with(screen).try_init();
    report_panics();
    guard
}

fn appender(dir: &DataDir) -> Option<RollingFileAppender> {
    let logs = dir.make_logs().ok()?;
    RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("breakwater")
        .filename_suffix("jsonl")
        .max_log_files(DAYS)
        .build(logs)
        .ok()
}

/// A panic is a fault of this program. Where it happened is written down; its message is not, since it can hold
/// anything that was being worked on.
fn report_panics() {
    let shown = panic::take_hook();
    panic::set_hook(Box::new(move |report| {
        let place = report.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a fault of this program");
        if cfg!(debug_assertions) {
            shown(report);
        } else {
            use std::io::Write as _;
            let _ = writeln!(io::stderr(), "breakwater: a fault of this program at {place}; see the log");
        }
    }));
}
