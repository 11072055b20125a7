//! `breakwater serve`: the console in a browser, with the built-in control plane in this process unless another one has
//! it.

use crate::{
    assembly::{self, Choice},
    custody::Custody,
    data_dir::DataDir,
    signals,
    start_error::StartError,
};
use cli::{Format, ServeArguments, Settings};
use domain::Secret;
use std::{
    fmt::Write as _,
    io::{self, Write as _},
};
use tokio::net::TcpListener;
use web::WebConfig;

/// Serves until it is asked to stop.
pub(crate) async fn run(dir: &DataDir, given: &ServeArguments, settings: &Settings) -> Result<(), StartError> {
    let asked = signals::watch();
    let address = given.listen;
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let taken = listener.local_addr().map_err(failed)?;
    if !taken.ip().is_loopback() {
        return Err(web::ServeError::NotLoopback { address: taken }.into());
    }
    let custody = if settings.offline { Custody::none(dir) } else { Custody::open(dir).await? };
    let console = assembly::console(dir, Choice::live(&custody).await).await;
    let (entrance, session) = (random(), random());
    let said = say(&format!("http://{taken}/?token={}", entrance.expose()), settings.format());
    let serving = async {
        let config = WebConfig::new(entrance, session);
        let served = match said {
            Ok(()) => web::serve(listener, console.clone(), config, asked.clone()).await.map_err(Into::into),
            Err(error) => Err(StartError::Output(error)),
        };
        asked.cancel();
        assembly::end(&console).await;
        served
    };
    // The plane takes no more work from the moment on at which the end is asked for, however long a page still talks.
    let (served, ()) = tokio::join!(serving, custody.hold(&console, &asked));
    served
}

fn say(address: &str, format: Format) -> io::Result<()> {
    let mut out = io::stdout();
    if format == Format::Table {
        writeln!(out, "{address}")?;
        writeln!(out, "Open this address in a browser on this machine; it works once. Ctrl-C ends the console.")?;
    } else {
        writeln!(out, "{}", serde_json::json!({"address": address}))?;
    }
    out.flush()
}

/// 32 bytes from the operating system's generator, as text.
fn random() -> Secret {
    let bytes: [u8; 32] = rand::random();
    let mut text = String::with_capacity(64);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Secret::new(text)
}
